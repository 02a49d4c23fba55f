"""A practice Amazon: signing in, agreeing to be named to a shop, paying. Nothing of Amazon's is copied but words and places."""

from reconciler.embedded.pages.amazon import payment, preview, sign_in

ROUTERS = (preview.router, sign_in.router, payment.router)

__all__ = ["ROUTERS"]
