"""The part of a seed that only the screens show: goods, what an order holds, members, accounts at the practice Amazon."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from reconciler.embedded.contract.requests import Email, Identifier
from reconciler.embedded.contract.responses import OrderType
from reconciler.embedded.resources.shopping.basket import APPLIED_FOR, Basket, BasketLine
from reconciler.embedded.resources.shopping.order_details import OrderDetails
from reconciler.embedded.resources.shopping.products import Product
from reconciler.embedded.seeding.seed_model import SecretSource, SeedModel, ShopKey

Name = Annotated[str, Field(min_length=1, max_length=64)]
Line = Annotated[str, Field(min_length=1, max_length=120)]


class _SeedGoods(SeedModel):
    product_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,32}$")]
    name: Annotated[str, Field(min_length=1, max_length=120)]
    price: Annotated[int, Field(ge=1, le=9_999_999)]
    """Yen."""
    cycle_months: Annotated[int, Field(ge=1, le=12)] | None = None
    """Of 定期 and 頒布会; absent: 1."""

    def sold_as(self, sale_type: OrderType) -> Product:
        cycle = (self.cycle_months or 1) if sale_type in APPLIED_FOR else None
        values = self.model_dump(include={"product_id", "name", "price"})
        return Product(**values, sale_type=sale_type, cycle_months=cycle)


class SeedProduct(_SeedGoods):
    shop_key: ShopKey
    sale_type: OrderType = "REGULAR"

    def product(self) -> Product:
        return self.sold_as(self.sale_type)


class SeedItem(_SeedGoods):
    """Goods of an order, sold as the type of the order says; not necessarily among the products of the shop."""

    quantity: Annotated[int, Field(ge=1, le=99)] = 1


class SeedOrderer(SeedModel):
    name: Name
    email: Email


class SeedContents(SeedModel):
    """What 受注詳細 shows of an order: all three, or none."""

    items: tuple[SeedItem, ...] = ()
    buyer: SeedOrderer | None = None
    address: tuple[Line, ...] = ()
    """Of the delivery: postal code, address, name."""

    @model_validator(mode="after")
    def _all_or_none(self) -> Self:
        if len({bool(self.items), self.buyer is not None, bool(self.address)}) > 1:
            raise ValueError("items, buyer and address are given together")
        return self

    def contents(self, order_type: OrderType) -> OrderDetails | None:
        if self.buyer is None:
            return None
        lines = [BasketLine(product=item.sold_as(order_type), quantity=item.quantity) for item in self.items]
        basket = Basket(lines=tuple(lines))
        return OrderDetails(
            basket=basket, buyer_name=self.buyer.name, buyer_email=self.buyer.email, address=self.address
        )


class SeedMember(SeedModel):
    shop_key: ShopKey
    login_id: Annotated[str, Field(pattern=r"^[!-~]{1,254}$")]
    password: SecretSource
    name: Name
    email: Email


class SeedBuyer(SeedModel):
    """An account at the practice Amazon."""

    email: Email
    password: SecretSource
    name: Name
    addresses: tuple[tuple[Line, ...], ...] = ()
    """Each a list of lines: postal code, address, name."""


class SeedOrigin(SeedModel):
    """許可されたJavaScriptオリジン of a seller at the practice Seller Central."""

    seller_id: Identifier
    origin: Annotated[str, Field(pattern=r"^https?://[^/\s]{1,190}$")]
