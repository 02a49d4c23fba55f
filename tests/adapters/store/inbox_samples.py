"""Arrivals, facts and mails to fill an inbox with."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from reconciler.ports.inbox import (
    Completion,
    MessageStatus,
    PendingMail,
    ReceivedMessage,
)
from reconciler.ports.payments import CaptureState, Source
from reconciler.ports.quarantine import RejectedMessage
from tests.adapters.store.fakes import SHOP, START

LANE = "P03-0772540-6944847"
CAPTURE = f"{LANE}-C000001"


def message_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def arrival(number: int = 1, **other) -> ReceivedMessage:
    usual = ReceivedMessage(
        message_id=message_id(number),
        shop=SHOP,
        published=START,
        received=START + timedelta(seconds=1),
        kind="PaymentCapture",
        object_id=CAPTURE,
        lane=f"lane-{number}",
        status=MessageStatus.WAITING,
        body=b"{}",
        digest=f"{number:064x}",
    )
    return replace(usual, **other)


def refusal(reason: str = "bad-signature", body: bytes = b"{}", **other) -> RejectedMessage:
    return replace(RejectedMessage(received=START, shop=SHOP, reason=reason, body=body), **other)


def fact(**other) -> CaptureState:
    usual = CaptureState(
        shop=SHOP,
        capture=CAPTURE,
        reference=LANE,
        state="Completed",
        updated=START,
        amount=Decimal(1000),
        currency="JPY",
        completed=True,
        source=Source.NOTICE,
    )
    return replace(usual, **other)


def mail(event: str = f"capture:{CAPTURE}:Declined", **other) -> PendingMail:
    usual = PendingMail(event=event, shop=SHOP, to="pay@kyoto-tea.example", subject="件名", text="本文")
    return replace(usual, **other)


def done(reason: str = "paid", **other) -> Completion:
    return replace(Completion(status=MessageStatus.DONE, reason=reason, at=START), **other)


def parked(seconds: float | None = 60, reason: str = "unknown-order", **other) -> Completion:
    again = None if seconds is None else START + timedelta(seconds=seconds)
    return replace(Completion(status=MessageStatus.PARKED, reason=reason, at=START, next_try=again), **other)
