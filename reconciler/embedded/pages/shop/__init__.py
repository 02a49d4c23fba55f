"""What a shopper sees of a shop: the page of a closed shop, and the preview of the six screens that Amazon設定 changes."""

from reconciler.embedded.pages.shop import preview

ROUTERS = (preview.router,)

__all__ = ["ROUTERS"]
