"""What a shopper is about to order: lines, their sum, and whether they can be ordered together. Pure.

定期 and 頒布会 are applied for alone: an application has one type and one cycle. 予約 and 通常 may be ordered together; the order
is then a 予約 [?].
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

from reconciler.embedded.contract.responses import OrderType
from reconciler.embedded.resources.shopping.products import Product
from reconciler.lib.frozen_class import frozen

BasketFault = Literal["EMPTY", "MIXED", "CYCLES"]
APPLIED_FOR: Final = frozenset[OrderType]({"SUBSCRIPTION", "HANPUKAI"})
MONTHLY_CEILING: Final = 100_000
"""Yen that Amazon allows for a recurring payment in one month."""


@frozen
class BasketLine:
    product: Product
    quantity: int

    @property
    def subtotal(self) -> int:
        return self.product.price * self.quantity


@frozen
class Basket:
    lines: tuple[BasketLine, ...] = ()

    @classmethod
    def of_items(cls, items: Iterable[Mapping[str, Any]]) -> "Basket":
        return cls(lines=tuple(_line(item) for item in items))

    @property
    def total(self) -> int:
        return sum(line.subtotal for line in self.lines)

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def sale_types(self) -> frozenset[OrderType]:
        return frozenset(line.product.sale_type for line in self.lines)

    @property
    def fault(self) -> BasketFault | None:
        """Why these lines are no order of their own."""
        if not self.lines:
            return "EMPTY"
        if self.sale_types & APPLIED_FOR and self.sale_types - APPLIED_FOR:
            return "MIXED"
        terms = {(line.product.sale_type, line.product.cycle_months) for line in self.lines}
        return "CYCLES" if self.sale_types & APPLIED_FOR and len(terms) > 1 else None

    @property
    def order_type(self) -> OrderType:
        """Of a basket without a fault."""
        found = self.sale_types
        return next(iter(found)) if len(found) == 1 else "PREORDER"

    @property
    def applied_for(self) -> bool:
        return self.fault is None and bool(self.sale_types & APPLIED_FOR)

    @property
    def cycle_months(self) -> int:
        return self.lines[0].product.cycle_months or 1

    @property
    def exceeds_ceiling(self) -> bool:
        return self.applied_for and self.total > MONTHLY_CEILING

    def items(self) -> list[dict[str, Any]]:
        return [_item(line) for line in self.lines]

    def fingerprint(self) -> str:
        """Of everything that a shopper agrees to."""
        return hashlib.sha256(json.dumps(self.items()).encode()).hexdigest()[:32]


def _item(line: BasketLine) -> dict[str, Any]:
    product = line.product
    return {
        "productId": product.product_id,
        "name": product.name,
        "price": product.price,
        "saleType": product.sale_type,
        "cycleMonths": product.cycle_months,
        "quantity": line.quantity,
    }


def _line(item: Mapping[str, Any]) -> BasketLine:
    product = Product(
        product_id=item["productId"],
        name=item["name"],
        price=item["price"],
        sale_type=item["saleType"],
        cycle_months=item["cycleMonths"],
    )
    return BasketLine(product=product, quantity=item["quantity"])
