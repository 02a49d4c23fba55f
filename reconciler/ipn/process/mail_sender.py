"""How long until something is tried again. In: how often it was tried. Out: a time. Pure.

Sends the mails that are due, each at most once.

In: the outbox. Out: mails, and the state of each. A mail is SENDING on disk before its text is sent, SENT after. If the process
is killed or the connection breaks in between, it may have been sent: it stays SENDING, which operators see, and is never sent
again automatically: one mail too few is better than a second one about the same failure. If two senders run at once, each mail
belongs to the one that marked it first. A mail on which our own code fails is deferred with an error in the log and blocks no
other.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from typing import Final

import anyio
import structlog

from reconciler.ipn.runtime.wakeup import WakeupEvent
from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.lib.backoff import backoff
from reconciler.ports import Clock
from reconciler.ports.inbox import InboxUnavailable, MailState, Outbox, OutboxMail, PendingMail
from reconciler.ports.mailer import Mail, Mailer, MailRefused, MailUnavailable, MailUncertain

_FIRST_WAIT: Final = 60.0
_LONGEST_WAIT: Final = 3600.0
"""Seconds after the first try of a mail that could not be sent, and at most."""
_HOUR: Final = timedelta(hours=1)
_BATCH: Final = 20
_LOOK: Final = 30.0
_GRACE: Final = 20.0
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderOptions:
    """Who the mails come from, and how many an hour go to one shop."""

    address: str
    name: str
    hourly: int


class _End(Enum):
    GONE = auto()
    LATER = auto()
    SERVER_AWAY = auto()


class _TakenElsewhere(Exception):
    """Another postman has this mail in hand, or had."""


@dataclass(slots=True)
class _InFlight:
    """`state` is the state of the mail on disk as far as known."""

    owed: OutboxMail
    state: MailState


class MailSender:
    def __init__(
        self, outbox: Outbox, mailer: Mailer, sender: SenderOptions, clock: Clock, watch: WorkerObserver
    ) -> None:
        self._outbox = outbox
        self._mailer = mailer
        self._sender = sender
        self._clock = clock
        self._watch = watch

    async def run(self, bell: WakeupEvent) -> None:
        """Until it is cancelled; a mail that is under way is seen through."""
        while True:
            try:
                more = await self.send_due()
            except InboxUnavailable:
                _log.warning("outbox-unavailable")
                more = False
            if not more:
                await bell.wait(self._clock, _LOOK)

    async def send_due(self) -> bool:
        """Whether there may be more to send at once. Raises InboxUnavailable."""
        due = await self._outbox.due(self._clock.now(), limit=_BATCH)
        for mail in due:
            # Cancelled between two mails, never within one: that would leave it uncertain for nothing.
            with anyio.move_on_after(_GRACE, shield=True) as grace:
                end = await self._send(mail)
            if grace.cancelled_caught or end is _End.SERVER_AWAY:
                return False
            await anyio.lowlevel.checkpoint()
        return len(due) == _BATCH

    async def _send(self, owed: OutboxMail) -> _End:
        """Raises InboxUnavailable."""
        hand = _InFlight(owed, owed.state)
        try:
            return await self._tried(hand)
        except _TakenElsewhere:
            _log.info("mail-taken-elsewhere", mail=owed.number)
            return _End.GONE
        except InboxUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # a fault of ours on one mail must not stop all others
            return await self._put_off(hand, type(error).__name__)

    async def _tried(self, hand: _InFlight) -> _End:
        """Raises _TakenElsewhere, InboxUnavailable."""
        owed = hand.owed
        free = await self._free_at(owed)
        if free is not None:
            await self._mark(hand, MailState.HELD, after_this=free)
            return _End.LATER
        try:
            await self._mailer.send(self._mail(owed), lambda: self._begin(hand))
        except MailUnavailable as error:
            await self._mark(hand, MailState.OWED, why=str(error), after_this=_wait(owed.tries))
            return _End.SERVER_AWAY
        except MailRefused as error:
            await self._mark(hand, MailState.FAILED, why=str(error))
        except MailUncertain as error:
            self._tell(owed, MailState.SENDING, why=str(error))
        else:
            await self._mark(hand, MailState.SENT)
        return _End.GONE

    async def _put_off(self, hand: _InFlight, kind: str) -> _End:
        """Once its text may have left it stays SENDING. Raises InboxUnavailable."""
        _log.error("mail-internal-error", mail=hand.owed.number, shop=hand.owed.mail.shop, kind=kind, alarm=True)
        if hand.state is MailState.SENDING:
            self._tell(hand.owed, MailState.SENDING, why=kind)
            return _End.GONE
        with suppress(_TakenElsewhere):
            await self._mark(hand, MailState.OWED, why=kind, after_this=_wait(hand.owed.tries))
        return _End.LATER

    async def _free_at(self, owed: OutboxMail) -> timedelta | None:
        """How long the shop's mails must wait; None where this one may go now."""
        now = self._clock.now()
        sent = await self._outbox.sent_since(owed.mail.shop, now - _HOUR)
        return _HOUR / self._sender.hourly if sent >= self._sender.hourly else None

    async def _begin(self, hand: _InFlight) -> None:
        """Raises _TakenElsewhere, InboxUnavailable."""
        await self._put(hand, MailState.SENDING)

    async def _mark(
        self, hand: _InFlight, state: MailState, *, why: str | None = None, after_this: timedelta | None = None
    ) -> None:
        """Raises _TakenElsewhere, InboxUnavailable."""
        await self._put(hand, state, after_this)
        self._tell(hand.owed, state, why=why)

    async def _put(self, hand: _InFlight, state: MailState, after_this: timedelta | None = None) -> None:
        now = self._clock.now()
        again = None if after_this is None else now + after_this
        if not await self._outbox.mark(hand.owed.number, state, now, was=hand.state, next_try=again):
            raise _TakenElsewhere
        hand.state = state

    def _tell(self, owed: OutboxMail, state: MailState, *, why: str | None = None) -> None:
        self._watch.mailed(state)
        _log.info("mail", mail=owed.number, event_key=owed.mail.event, shop=owed.mail.shop, state=state.value, why=why)

    def _mail(self, owed: OutboxMail) -> Mail:
        return Mail(
            message_id=message_id(owed.mail, self._sender.address),
            to=owed.mail.to,
            sender_name=self._sender.name,
            sender=self._sender.address,
            subject=owed.mail.subject,
            text=owed.mail.text,
        )


def message_id(mail: PendingMail, sender: str) -> str:
    """The same for the same event of the same shop, each time it is tried."""
    name = hashlib.sha256(f"{mail.shop} {mail.event}".encode()).hexdigest()[:32]
    return f"<{name}@{sender.rpartition('@')[2]}>"


def _wait(tries: int) -> timedelta:
    """After a try that failed; so many were made before it."""
    return timedelta(seconds=backoff(tries + 1, first=_FIRST_WAIT, longest=_LONGEST_WAIT))
