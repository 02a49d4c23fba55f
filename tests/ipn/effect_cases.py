"""A case for each row of the table of effects: the notification that Amazon would send, in either API, and the order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, get_args

from reconciler.embedded import World
from reconciler.embedded.contract.responses import ChargeState, DisputeState, PermissionState, RefundState
from reconciler.ipn.process.effects import ROWS, EffectRow, When, find_row
from reconciler.ports.payments import ObjectKind
from tests.ipn.worker_harness import SHOP
from tests.support.sns_signer import (
    NOW,
    agreement_message,
    authorization_message,
    capture_message,
    charge_message,
    chargeback_message,
    order_reference_message,
    refund_message,
)

NUMBER: Final = "100000040001"
ORDER_REFERENCE: Final = "P03-7128087-7259534"
AGREEMENT: Final = "B03-1442027-5744374"
CHARGE: Final = f"{ORDER_REFERENCE}-C000001"
AUTHORIZED_BEFORE: Final = timedelta(days=27)
"""Ago; Amazon cancels after 30 days."""

_NEWER: Final[dict[str, tuple[str, ...]]] = {
    "CHARGE": get_args(ChargeState),
    "REFUND": get_args(RefundState),
    "CHARGEBACK": get_args(DisputeState),
    "CHARGE_PERMISSION": get_args(PermissionState),
}
_ONLY_NEWER: Final = frozenset(
    {"CaptureInitiated", "Captured", "AuthorizationInitiated", "Authorized", "RefundInitiated", "Refunded"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCase:
    row: EffectRow
    notice: str
    state: str
    code: str | None

    def __str__(self) -> str:
        return f"{self.notice}-{self.state}-{self.code}-{self.row.when}"

    @property
    def newer(self) -> bool:
        return self.notice in _NEWER

    @property
    def paid(self) -> bool:
        """Whether the order is 入金済み, because an order that is not has another row."""
        return find_row(self.row.kind, self.state, self.code, frozenset({When.UNPAID})) is not self.row and (
            self.row.when is When.ALWAYS
        )

    @property
    def reference(self) -> str:
        return AGREEMENT if self.row.kind is ObjectKind.AGREEMENT else ORDER_REFERENCE

    @property
    def lapsing(self) -> bool:
        return self.row.when is When.LAPSING

    def order(self) -> dict[str, Any]:
        paid = "RECEIVED" if self.paid else "NOTRECEIVED"
        return {"orderNo": NUMBER, "shopKey": SHOP, "amazonOrderReferenceId": self.reference, "paymentStatus": paid}

    def message(self, world: World) -> str:
        """What Amazon sends; of the newer API, after the object is in its state at Amazon."""
        return self._newer(world) if self.newer else self._older()

    def _older(self) -> str:
        match self.row.kind:
            case ObjectKind.CAPTURE:
                return capture_message(capture=CHARGE, state=self.state, reason=self.code)
            case ObjectKind.AUTHORIZATION:
                expires = NOW + (timedelta(days=3) if self.lapsing else timedelta(days=29))
                object_id = f"{ORDER_REFERENCE}-A000001"
                return authorization_message(
                    authorization=object_id, state=self.state, reason=self.code, expires=expires
                )
            case ObjectKind.REFUND:
                return refund_message(refund=f"{ORDER_REFERENCE}-R000001", state=self.state, reason=self.code)
            case ObjectKind.CHARGEBACK:
                return chargeback_message(ORDER_REFERENCE, self.state)
            case ObjectKind.REFERENCE:
                return order_reference_message(ORDER_REFERENCE, self.state, self.code)
            case ObjectKind.AGREEMENT:
                return agreement_message(AGREEMENT, self.state, self.code)

    def _newer(self, world: World) -> str:
        said = {"shopKey": SHOP, "state": self.state, "reasonCode": self.code}
        charge = {"chargeId": CHARGE, "shopKey": SHOP, "chargePermissionId": ORDER_REFERENCE}
        match self.notice:
            case "CHARGE":
                world.seed({"charges": [{**charge, **said}]})
                return charge_message(CHARGE)
            case "REFUND":
                refund = f"{ORDER_REFERENCE}-R000001"
                world.seed({"charges": [charge], "refunds": [{"refundId": refund, "chargeId": CHARGE, **said}]})
                return charge_message(refund, ObjectType="REFUND")
            case "CHARGEBACK":
                dispute = f"{ORDER_REFERENCE}-B000001"
                world.seed({"charges": [charge], "disputes": [{"disputeId": dispute, "chargeId": CHARGE, **said}]})
                return charge_message(dispute, ObjectType="CHARGEBACK")
            case _:
                kind = "Recurring" if self.row.kind is ObjectKind.AGREEMENT else "OneTime"
                world.seed({"chargePermissions": [{"chargePermissionId": self.reference, "type": kind, **said}]})
                return charge_message(self.reference, ObjectType="CHARGE_PERMISSION", ChargePermissionId=self.reference)


def effect_cases() -> Iterator[EffectCase]:
    for row in ROWS:
        for notice in row.notices:
            known = _NEWER.get(notice)
            states = row.states or ((),) if known else row.states or ("SOMETHING_NEW",)
            for state in states:
                fits = state in known if known is not None else state not in _ONLY_NEWER
                for code in row.codes or (None,):
                    if fits:
                        yield EffectCase(row=row, notice=notice, state=str(state), code=code)
