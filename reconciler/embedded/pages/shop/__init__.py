"""What a shopper sees of a shop: its goods, the cart, the ways to an order, members and their sign-in, the page of a closed shop,
and the preview of the six screens that Amazon設定 changes.
"""

from reconciler.embedded.pages.shop import (
    amazon_login,
    cart,
    checkout,
    complete,
    goods,
    links,
    member_login,
    mypage,
    order,
    preview,
    registration,
)

ROUTERS = (
    goods.router,
    cart.router,
    cart.payment_router,
    order.router,
    checkout.router,
    complete.router,
    member_login.router,
    amazon_login.router,
    links.router,
    mypage.router,
    registration.router,
    preview.router,
)

__all__ = ["ROUTERS"]
