"""What follows from each state of each object at Amazon, as one table: the effect, its reason, and what it means for a person.

A row holds for the states and reason codes it names; a row without codes holds for every other code. With `when` a row holds only
for an order that is 未入金 (UNPAID), or only in the last days of an authorization of such an order (LAPSING). The first row that
holds decides. docs/ipn.md prints this table; the texts are translated by the catalogue. Pure.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.lib.frozen_class import frozen
from reconciler.ports.payments import ObjectKind


class Effect(StrEnum):
    """PAID: the order becomes 入金済み. MAIL: to the shop's 通知メールアドレス. ALARM: in log and metrics."""

    RECORDED = "recorded"
    ALARM = "alarm"
    MAIL = "mail"
    PAID = "paid"


class When(StrEnum):
    ALWAYS = "always"
    UNPAID = "unpaid"
    LAPSING = "lapsing"


@frozen
class EffectRow:
    """`notices` are the kinds of notification that say so. No `states`: every state that no other row names."""

    kind: ObjectKind
    notices: tuple[str, ...]
    states: tuple[str, ...]
    codes: tuple[str, ...] = ()
    when: When = When.ALWAYS
    effects: tuple[Effect, ...] = (Effect.RECORDED,)
    outcome: ProcessingOutcome
    text: Message

    @property
    def pays(self) -> bool:
        return Effect.PAID in self.effects

    @property
    def mails(self) -> bool:
        return Effect.MAIL in self.effects

    @property
    def alarms(self) -> bool:
        return Effect.ALARM in self.effects


_Line = tuple[str, str, str, When, tuple[Effect, ...], ProcessingOutcome, Message]
"""Notices with bars between, states and codes with blanks; then the condition, the effects, the reason and the text."""


def _rows(kind: ObjectKind, *lines: _Line) -> tuple[EffectRow, ...]:
    return tuple(
        EffectRow(
            kind=kind,
            notices=tuple(notices.split("|")),
            states=tuple(states.split()),
            codes=tuple(codes.split()),
            when=when,
            effects=effects,
            outcome=outcome,
            text=text,
        )
        for notices, states, codes, when, effects, outcome, text in lines
    )


_O = ProcessingOutcome
_ALWAYS: Final = When.ALWAYS
_UNPAID: Final = When.UNPAID
_RECORD: Final = (Effect.RECORDED,)
_ALARM: Final = (Effect.ALARM,)
_MAIL: Final = (Effect.MAIL,)
_LOUD: Final = (Effect.ALARM, Effect.MAIL)
_PAY: Final = (Effect.PAID,)

_BOTH_C: Final = "PaymentCapture|CHARGE"
_BOTH_R: Final = "PaymentRefund|REFUND"
_V1_O: Final = "OrderReferenceNotification"
_V1_A: Final = "BillingAgreementNotification"
_V2_P: Final = "CHARGE_PERMISSION"
_STOP: Final = "StopShipmentAtypicalAuth"
_V1_CHARGEBACK: Final = "Chargeback Detailed Notification"

_SHIP: Final = msg("Amazon sees unusual activity: do not ship until Amazon has decided")
_FAILED: Final = msg("the payment failed: no money was captured")
_AUTHORIZED: Final = msg("the payment is authorized or will be; nothing was captured yet")
_LAPSED: Final = msg("the authorization ended before it was captured, and the order is 未入金: authorize it again")
_UNUSED: Final = msg("the authorization was used, or the shop or an order that is paid needs it no more")
_ANSWER: Final = msg("a customer disputes the payment: answer in Seller Central before the deadline")
_PAYABLE: Final = msg("the order can be paid")
_SUSPENDED: Final = msg("no payment of the order is possible until the customer changes the payment method")
_ENDED: Final = msg("Amazon or the customer ended the payment of an order that is 未入金: no capture is possible")
_SETTLED: Final = msg("the order is paid, or the shop ended the payment itself")
_IN_FORCE: Final = msg("the agreement of a 定期 is in force; its payment method or address may have changed")
_NO_CHARGES: Final = msg("no 定期 order can be charged until the customer changes the payment method")
_OVER: Final = msg("the customer or Amazon ended the agreement of a 定期: no further order can be charged")
_OWN: Final = msg("the shop ended the agreement of a 定期 itself: no further order can be charged")

_CAPTURES: Final = _rows(
    ObjectKind.CAPTURE,
    (_BOTH_C, "Pending CaptureInitiated", _STOP, _ALWAYS, _LOUD, _O.DO_NOT_SHIP, _SHIP),
    (
        _BOTH_C, "Pending CaptureInitiated", "", _ALWAYS, _RECORD, _O.PENDING,
        msg("the capture is in progress; its result follows"),
    ),
    (
        _BOTH_C, "Completed Captured", _STOP, _ALWAYS, (*_PAY, *_LOUD), _O.PAID_DO_NOT_SHIP,
        msg("captured, but Amazon sees unusual activity: do not ship, and ask Amazon Pay"),
    ),
    (_BOTH_C, "Completed Captured", "", _ALWAYS, _PAY, _O.PAID, msg("the money was captured")),
    (
        _BOTH_C, "Declined", "AmazonRejected", _ALWAYS, _MAIL, _O.DECLINED,
        msg("Amazon rejected the payment: no money was captured; ask the customer for another payment"),
    ),
    (
        _BOTH_C, "Declined", "ProcessingFailure", _ALWAYS, _MAIL, _O.DECLINED,
        msg("Amazon could not process the payment: no money was captured; try it again"),
    ),
    (_BOTH_C, "Declined", "", _ALWAYS, _MAIL, _O.DECLINED, _FAILED),
    (
        "PaymentCapture", "Closed", "", _UNPAID, _ALARM, _O.CLOSED_UNPAID,
        msg("only a completed capture can be closed, but the order is 未入金: see Seller Central"),
    ),
    (
        "PaymentCapture", "Closed", "MaxAmountRefunded MaxRefundsProcessed", _ALWAYS, _RECORD, _O.CLOSED,
        msg("captured earlier and refunded; no further refund is possible"),
    ),
    (
        "PaymentCapture", "Closed", "", _ALWAYS, _RECORD, _O.CLOSED,
        msg("captured earlier; no further refund is possible"),
    ),
)  # fmt: skip

_AUTHORIZATIONS: Final = _rows(
    ObjectKind.AUTHORIZATION,
    ("PaymentAuthorize|CHARGE", "Pending Open AuthorizationInitiated Authorized", _STOP, _ALWAYS, _LOUD, _O.DO_NOT_SHIP, _SHIP),
    (
        "PaymentAuthorize|CHARGE", "Open Authorized", "", When.LAPSING, _LOUD, _O.LAPSING,
        msg("the authorization lapses soon, and the order is 未入金: capture it, or cancel the order"),
    ),
    ("PaymentAuthorize", "Pending Open", "", _ALWAYS, _RECORD, _O.AUTHORIZATION, _AUTHORIZED),
    ("CHARGE", "AuthorizationInitiated Authorized", "", _ALWAYS, _RECORD, _O.NOT_CAPTURED, _AUTHORIZED),
    (
        "PaymentAuthorize", "Declined", "InvalidPaymentMethod", _ALWAYS, _MAIL, _O.DECLINED,
        msg("the payment method was declined: ask the customer to change it"),
    ),
    ("PaymentAuthorize", "Declined", "", _ALWAYS, _MAIL, _O.DECLINED, _FAILED),
    ("PaymentAuthorize", "Closed", "ExpiredUnused AmazonClosed", _UNPAID, _LOUD, _O.LAPSED, _LAPSED),
    ("PaymentAuthorize", "Closed", "", _ALWAYS, _RECORD, _O.AUTHORIZATION, _UNUSED),
    (
        "CHARGE", "Canceled", "ExpiredUnused AmazonCanceled BuyerCanceled ChargePermissionCanceled", _UNPAID, _LOUD,
        _O.LAPSED, _LAPSED,
    ),
    ("CHARGE", "Canceled", "", _ALWAYS, _RECORD, _O.NOT_CAPTURED, _UNUSED),
)  # fmt: skip

_REFUNDS: Final = _rows(
    ObjectKind.REFUND,
    (
        _BOTH_R, "Pending RefundInitiated", "", _ALWAYS, _RECORD, _O.REFUND_PENDING,
        msg("the refund is in progress; its result follows"),
    ),
    (
        _BOTH_R, "Completed Refunded", "", _ALWAYS, _RECORD, _O.REFUNDED,
        msg("the customer got the money back; the order stays 入金済み"),
    ),
    (
        _BOTH_R, "Declined", "AmazonRejected", _ALWAYS, _LOUD, _O.REFUND_DECLINED,
        msg("Amazon rejected the refund: the customer got no money; refund it in another way"),
    ),
    (
        _BOTH_R, "Declined", "ProcessingFailure", _ALWAYS, _LOUD, _O.REFUND_DECLINED,
        msg("Amazon could not process the refund: the customer got no money; refund it again"),
    ),
    (
        _BOTH_R, "Declined", "", _ALWAYS, _LOUD, _O.REFUND_DECLINED,
        msg("the refund failed: the customer got no money"),
    ),
)  # fmt: skip

_CHARGEBACKS: Final = _rows(
    ObjectKind.CHARGEBACK,
    (_V1_CHARGEBACK, "RECEIVED", "", _ALWAYS, _LOUD, _O.CHARGEBACK, _ANSWER),
    ("CHARGEBACK", "ActionRequired", "", _ALWAYS, _LOUD, _O.CHARGEBACK, _ANSWER),
    (
        "CHARGEBACK", "UnderReview", "", _ALWAYS, _ALARM, _O.CHARGEBACK,
        msg("a customer disputes the payment, and Amazon reviews it"),
    ),
    (
        "CHARGEBACK", "Resolved", "", _ALWAYS, _MAIL, _O.CHARGEBACK_CLOSED,
        msg("the dispute was decided: see in Seller Central who has the money"),
    ),
    (
        "CHARGEBACK", "Closed", "", _ALWAYS, _RECORD, _O.CHARGEBACK_CLOSED,
        msg("the dispute ended; it was decided earlier"),
    ),
    (
        f"{_V1_CHARGEBACK}|CHARGEBACK", "", "", _ALWAYS, _LOUD, _O.CHARGEBACK,
        msg("a dispute is in a state that this version does not know: see Seller Central"),
    ),
)  # fmt: skip

_REFERENCES: Final = _rows(
    ObjectKind.REFERENCE,
    (_V1_O, "Draft Open", "", _ALWAYS, _RECORD, _O.REFERENCE, _PAYABLE),
    (_V2_P, "Chargeable", "", _ALWAYS, _RECORD, _O.REFERENCE, _PAYABLE),
    (
        _V2_P, "NonChargeable", "ChargeInProgress", _ALWAYS, _RECORD, _O.REFERENCE,
        msg("a charge of the order is in progress"),
    ),
    (_V1_O, "Suspended", "", _UNPAID, _LOUD, _O.REFERENCE_SUSPENDED, _SUSPENDED),
    (_V2_P, "NonChargeable", "", _UNPAID, _LOUD, _O.REFERENCE_SUSPENDED, _SUSPENDED),
    (_V1_O, "Canceled", "Stale AmazonCanceled", _UNPAID, _LOUD, _O.REFERENCE_ENDED, _ENDED),
    (_V1_O, "Closed", "Expired AmazonClosed", _UNPAID, _LOUD, _O.REFERENCE_ENDED, _ENDED),
    (
        _V2_P, "Closed", "BuyerCanceled AmazonCanceled AmazonClosed Expired", _UNPAID, _LOUD, _O.REFERENCE_ENDED,
        _ENDED,
    ),
    (_V1_O, "Suspended Canceled", "", _ALWAYS, _RECORD, _O.REFERENCE, _SETTLED),
    (_V2_P, "NonChargeable", "", _ALWAYS, _RECORD, _O.REFERENCE, _SETTLED),
    (f"{_V1_O}|{_V2_P}", "Closed", "", _ALWAYS, _RECORD, _O.REFERENCE, _SETTLED),
)  # fmt: skip

_AGREEMENTS: Final = _rows(
    ObjectKind.AGREEMENT,
    (_V1_A, "Draft Open", "", _ALWAYS, _RECORD, _O.AGREEMENT, _IN_FORCE),
    (_V2_P, "Chargeable", "", _ALWAYS, _RECORD, _O.AGREEMENT, _IN_FORCE),
    (
        _V2_P, "NonChargeable", "ChargeInProgress", _ALWAYS, _RECORD, _O.AGREEMENT,
        msg("a charge of the agreement is in progress"),
    ),
    (_V1_A, "Suspended", "", _ALWAYS, _LOUD, _O.AGREEMENT_SUSPENDED, _NO_CHARGES),
    (_V2_P, "NonChargeable", "", _ALWAYS, _LOUD, _O.AGREEMENT_SUSPENDED, _NO_CHARGES),
    (_V1_A, "Closed", "SellerClosed", _ALWAYS, _ALARM, _O.AGREEMENT_ENDED, _OWN),
    (_V2_P, "Closed", "MerchantClosed", _ALWAYS, _ALARM, _O.AGREEMENT_ENDED, _OWN),
    (_V1_A, "Canceled", "", _ALWAYS, _LOUD, _O.AGREEMENT_ENDED, _OVER),
    (f"{_V1_A}|{_V2_P}", "Closed", "", _ALWAYS, _LOUD, _O.AGREEMENT_ENDED, _OVER),
)  # fmt: skip

ROWS: Final = (*_CAPTURES, *_AUTHORIZATIONS, *_REFUNDS, *_CHARGEBACKS, *_REFERENCES, *_AGREEMENTS)


def find_row(kind: ObjectKind, state: str, code: str | None, whens: frozenset[When]) -> EffectRow | None:
    """`whens` are the conditions that hold for the order. None: a state that this version does not know."""
    rows = [row for row in ROWS if row.kind is kind and (row.when is When.ALWAYS or row.when in whens)]
    named = [row for row in rows if state in row.states] or [row for row in rows if not row.states]
    return next((row for row in named if code in row.codes), next((row for row in named if not row.codes), None))


def text_of(outcome: str | None, kind: ObjectKind, state: str, code: str | None) -> Message | None:
    """What the row means that led to this outcome, else what Amazon's words mean for an order that is 未入金."""
    rows = [row for row in ROWS if row.kind is kind and row.outcome == outcome and state in (row.states or (state,))]
    row = next((row for row in rows if code in row.codes), next((row for row in rows if not row.codes), None))
    row = row or find_row(kind, state, code, frozenset({When.UNPAID}))
    return None if row is None else row.text
