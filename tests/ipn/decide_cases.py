"""Cases for `decide`: one shop, one order, captures by chosen ids, amounts and states."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import PaymentCase
from reconciler.ipn.verify.notification import AmazonEnvironment, CaptureNotification, Notification
from reconciler.ports.payments import CaptureState, Charge, Order
from tests.support.sns_signer import CAPTURE, NOW, REFERENCE, SELLER

SHOP = ShopKey("kyoto-tea")
MAIL = "amazon-pay@kyoto-tea.example"


def order(total: str = "1000", *, paid: bool = False, status: str = "AWAITING_PAYMENT", **more: object) -> Order:
    chosen = {"number": "100000020732", "reference": REFERENCE, "currency": "JPY", "version": '"1"', **more}
    return Order(shop=SHOP, status=status, paid=paid, total=Decimal(total), **chosen)  # type: ignore[arg-type]


def capture(
    state: str = "Completed",
    *,
    id: str = CAPTURE,  # noqa: A002  # the notice's own name
    amount: str = "1000",
    after: int = 0,
    reason: str | None = None,
    currency: str = "JPY",
) -> CaptureNotification:
    """`after` seconds from NOW is when the state started, by Amazon."""
    return CaptureNotification(
        kind="PaymentCapture",
        seller=SELLER,
        environment=AmazonEnvironment.LIVE,
        sample=False,
        id=id,
        state=state,
        updated=NOW + timedelta(seconds=after),
        reason=reason,
        amount=Decimal(amount),
        currency=currency,
    )


def charge(state: str = "Captured", *, amount: str | None = "1000", **more: object) -> Charge:
    chosen = {
        "id": CAPTURE,
        "permission": REFERENCE,
        "reason": None,
        "currency": None if amount is None else "JPY",
        "updated": NOW,
        **more,
    }
    return Charge(state=state, amount=None if amount is None else Decimal(amount), **chosen)  # type: ignore[arg-type]


def case(
    event: Notification | Charge,
    *,
    facts: Sequence[CaptureState] = (),
    orders: Sequence[Order] = (),
    to: str | None = MAIL,
    now: datetime = NOW,
    tries: int = 0,
    elsewhere: bool = False,
) -> PaymentCase:
    return PaymentCase(
        event=event, shop=SHOP, facts=facts, orders=orders, to=to, now=now, tries=tries, elsewhere=elsewhere
    )
