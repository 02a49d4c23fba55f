"""Where people can go: every page that a browser can open by its address, as a name and an address with `{shop}` in it.

One list for the accessibility, the width, the pictures and the times of all pages. What takes a step to reach is in `states`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Who = Literal["operator", "merchant", "preview", "stranger"]
"""`preview`: the merchant, after [プレビュー]. `stranger`: signed in nowhere."""


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    who: Who
    path: str

    def address(self, shop: str) -> str:
        return self.path.format(shop=shop)


_SHOP: Final = "/admin/shops/{shop}"
_SELLER: Final = "/admin/seller-central/{shop}"

PLACES: Final = (
    Place("sign-in", "stranger", "/admin/sign-in"),
    Place("shops", "operator", "/admin/shops"),
    Place("shops-found", "operator", "/admin/shops?key={shop}"),
    Place("shops-none", "operator", "/admin/shops?key=nowhere"),
    Place("amazon-settings", "merchant", f"{_SHOP}/amazon-settings"),
    Place("help-ids", "merchant", "/admin/help/ids"),
    Place("payment-methods", "merchant", f"{_SHOP}/payment-methods"),
    Place("amazon-pay", "merchant", f"{_SHOP}/amazon-pay"),
    Place("storefront", "merchant", f"{_SHOP}/storefront"),
    Place("messages", "merchant", f"{_SHOP}/messages"),
    Place("message", "merchant", f"{_SHOP}/messages/AFTER_LOGIN"),
    Place("message-without-label", "merchant", f"{_SHOP}/messages/CART_BUTTON"),
    Place("orders", "merchant", f"{_SHOP}/orders"),
    Place("orders-unpaid", "merchant", f"{_SHOP}/orders?tab=unpaid"),
    Place("order", "merchant", f"{_SHOP}/orders/100000000001"),
    Place("order-cancelled", "merchant", f"{_SHOP}/orders/100000000003"),
    Place("changes", "merchant", f"{_SHOP}/changes"),
    Place("applications", "merchant", f"{_SHOP}/applications"),
    Place("applications-operator", "operator", f"{_SHOP}/applications"),
    Place("comparison", "merchant", f"{_SHOP}/comparison"),
    Place("not-found", "merchant", f"{_SHOP}/nothing"),
    Place("another-shop", "merchant", "/admin/shops/kyoto-tea/amazon-settings"),
    Place("seller-transactions", "merchant", f"{_SELLER}/transactions?environment=SANDBOX"),
    Place("seller-transaction", "merchant", f"{_SELLER}/transactions/100000000001?environment=SANDBOX"),
    Place("seller-endpoints", "merchant", f"{_SELLER}/endpoints"),
    Place("seller-integration", "merchant", f"{_SELLER}/integration"),
    Place("seller-mails", "merchant", f"{_SELLER}/mails"),
    Place("preview-cart", "preview", "/shop/{shop}/cart"),
    Place("preview-order", "preview", "/shop/{shop}/order"),
    Place("preview-subscription", "preview", "/shop/{shop}/subscription"),
    Place("preview-purchase-login", "preview", "/shop/{shop}/purchase-login"),
    Place("preview-after-login", "preview", "/shop/{shop}/after-login"),
    Place("preview-member-login", "preview", "/shop/{shop}/member-login"),
    Place("preview-complete", "preview", "/shop/{shop}/complete"),
    Place("preview-login-link", "preview", "/shop/{shop}/login-link"),
    Place("preview-amazon-sign-in", "preview", "/amazon/preview/sign-in?shop={shop}&to=after-login"),
    Place("preview-amazon-consent", "preview", "/amazon/preview/consent?shop={shop}&to=after-login"),
    Place("purchase-login", "stranger", "/shop/{shop}/purchase-login"),
    Place("member-login", "stranger", "/shop/{shop}/member-login"),
    Place("register", "stranger", "/shop/{shop}/register"),
    Place("password-help", "stranger", "/shop/{shop}/password-help"),
    Place("terms", "stranger", "/shop/{shop}/terms"),
    Place("amazon-sign-in", "stranger", "/amazon/sign-in?shop={shop}&state=s"),
    Place("amazon-privacy", "stranger", "/amazon/privacy?shop={shop}"),
    Place("amazon-error", "stranger", "/amazon/sign-in?shop=nowhere&state=s"),
    Place("preview-goods", "preview", "/shop/{shop}/"),
    Place("preview-amazon-payment", "preview", "/amazon/preview/checkout?shop={shop}&to=order"),
    Place("shop-goods", "stranger", "/shop/{shop}/"),
    Place("shop-cart-empty", "stranger", "/shop/{shop}/cart"),
)  # fmt: skip
