"""The admin screens, one module each: sign-in, lists of shops, and the screens of one shop."""

from reconciler.embedded.pages.admin import (
    amazon_pay,
    amazon_settings,
    applications,
    changes,
    comparison,
    messages,
    orders,
    payment_methods,
    preview,
    shops,
    sign_in,
    storefront,
)

_SCREENS = (
    sign_in, shops, amazon_settings, payment_methods, amazon_pay, storefront, messages, orders, changes, applications,
    comparison, preview,
)  # fmt: skip
ROUTERS = tuple(screen.router for screen in _SCREENS)

__all__ = ["ROUTERS"]
