"""What the preview shows in place of a cart, a buyer and an order: samples, which cannot be bought."""

from typing import Final

from reconciler.embedded.contract.responses import OrderType
from reconciler.embedded.pages.language import _
from reconciler.embedded.resources.shopping.amazon_buyers import AmazonBuyer
from reconciler.embedded.resources.shopping.basket import Basket, BasketLine
from reconciler.embedded.resources.shopping.products import Product

SAMPLE_CARD: Final = "1111"
SAMPLE_BUYER: Final = AmazonBuyer(
    buyer_id=0,
    email="buyer@shop.example",
    name="見本 太郎",
    addresses=(("〒000-0000 見本県見本市1-2-3", "見本 太郎"),),
)


def sample_basket(sale_type: OrderType = "REGULAR") -> Basket:
    cycle = None if sale_type == "REGULAR" else 1
    product = Product(product_id="sample", name=_("見本の商品"), price=2500, sale_type=sale_type, cycle_months=cycle)
    return Basket(lines=(BasketLine(product=product, quantity=2),))
