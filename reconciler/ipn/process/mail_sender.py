"""Sends the mails that are due, each at most once to an address.

In: the outbox, and the shops' addresses. Out: mails, and the state of each. A mail is SENDING on disk before its text is sent,
SENT after. If the process is killed or the connection breaks in between, it may have been sent: it becomes UNKNOWN, which is an
alarm, and is never sent to that address again automatically: one mail too few is better than a second one about the same failure.

A mail goes to the 通知メールアドレス that the shop has now. What was refused permanently, or is UNKNOWN, goes to the shop's new
address once it changes. If two senders run at once, each mail belongs to the one that marked it first. A mail on which our own
code fails is deferred with an error in the log and blocks no other.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum, auto
from typing import Final

import anyio
import structlog

from reconciler.core.values import ShopKey
from reconciler.ipn.runtime.wakeup import WakeupEvent
from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.lib.backoff import backoff
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock
from reconciler.ports.inbox import InboxUnavailable, MailState, Outbox, OutboxMail, PendingMail
from reconciler.ports.mailer import (
    Mail,
    Mailer,
    MailProblem,
    MailRefused,
    MailReply,
    MailUnavailable,
    MailUncertain,
)
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory

_FIRST_WAIT: Final = 60.0
_LONGEST_WAIT: Final = 3600.0
"""Seconds after the first try of a mail that could not be sent, and at most."""
_HOUR: Final = timedelta(hours=1)
_BATCH: Final = 20
_LOOK: Final = 30.0
_PATIENCE: Final = 20.0
"""Seconds for one mail at the server."""
_ABANDONED: Final = timedelta(minutes=2)
"""A mail that has been SENDING for longer is in no process's hands."""

_OF_ONE_RECEIVER: Final = frozenset({MailProblem.RECEIVER_DEFERRED, MailProblem.CONTENT_DEFERRED})
"""Problems that other mails need not have."""

_log = structlog.get_logger()


@frozen
class SenderOptions:
    """Who the mails come from, how many an hour go to one shop, and how many seconds the server may take for one."""

    address: str
    name: str
    hourly: int
    patience: float = _PATIENCE


class _End(Enum):
    GONE = auto()
    LATER = auto()
    SERVER_AWAY = auto()


class _TakenElsewhere(Exception):
    """Another sender has this mail in hand, or had."""


@dataclass(slots=True)
class _InFlight:
    """`state` is the state of the mail on disk as far as known, `to` its address."""

    owed: OutboxMail
    state: MailState
    to: str = field(init=False)

    def __post_init__(self) -> None:
        self.to = self.owed.mail.to


@frozen
class MailSender:
    outbox: Outbox
    mailer: Mailer
    sender: SenderOptions
    directory: ShopDirectory
    clock: Clock
    watch: WorkerObserver

    async def run(self, bell: WakeupEvent) -> None:
        """Until it is cancelled; a mail that is under way is seen through."""
        while True:
            try:
                more = await self.send_due()
            except InboxUnavailable:
                _log.warning("outbox-unavailable")
                more = False
            if not more:
                await bell.wait(self.clock, _LOOK)

    async def send_due(self) -> bool:
        """Whether there may be more to send at once. Raises InboxUnavailable."""
        await self._give_up_interrupted()
        await self._readdress()
        due = await self.outbox.due(self.clock.now(), limit=_BATCH)
        for mail in due:
            # Cancelled between two mails, never within one: that would leave it uncertain for nothing.
            with anyio.CancelScope(shield=True):
                end = await self._send(mail)
            if end is _End.SERVER_AWAY:
                return False
            await anyio.lowlevel.checkpoint()
        return len(due) == _BATCH

    async def _give_up_interrupted(self) -> None:
        """What a killed process was sending may have been sent. Raises InboxUnavailable."""
        for mail in await self.outbox.interrupted(self.clock.now() - _ABANDONED):
            with suppress(_TakenElsewhere):
                hand = _InFlight(mail, MailState.SENDING)
                await self._mark(hand, MailState.UNKNOWN, MailReply(problem=MailProblem.INTERRUPTED))

    async def _readdress(self) -> None:
        """Undelivered mails of shops whose address has changed are due again. Raises InboxUnavailable."""
        for shop, old in await self.outbox.undelivered_addresses():
            new = await self._address(shop, fresh=False)
            if new is None or new == old:
                continue
            count = await self.outbox.readdress(shop, old, new, self.clock.now())
            if count:
                _log.info("mails-readdressed", shop=shop, count=count)

    async def _address(self, shop: ShopKey, *, fresh: bool) -> str | None:
        """None where it is not known, or there is none."""
        try:
            identity = await self.directory.by_key(shop, fresh=fresh)
        except DirectoryUnavailable:
            return None
        return None if identity is None else identity.email

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
        free = await self._free_at(hand.owed)
        if free is not None:
            await self._mark(hand, MailState.HELD, after_this=free)
            return _End.LATER
        await self._redirect(hand)
        if hand.to in hand.owed.doubtful:
            await self._mark(hand, MailState.UNKNOWN)
            return _End.GONE
        try:
            reply = await self._passed_on(hand)
        except MailUnavailable as error:
            await self._mark(hand, MailState.OWED, error.reply, after_this=_wait(hand.owed.tries))
            return _End.LATER if error.reply.problem in _OF_ONE_RECEIVER else _End.SERVER_AWAY
        except MailRefused as error:
            await self._mark(hand, MailState.FAILED, error.reply)
        except MailUncertain as error:
            await self._mark(hand, MailState.UNKNOWN, error.reply)
        else:
            await self._sent(hand, reply)
        return _End.GONE

    async def _sent(self, hand: _InFlight, reply: MailReply) -> None:
        """Also where it was given up before, because the answer took so long. Raises _TakenElsewhere, InboxUnavailable."""
        try:
            await self._mark(hand, MailState.SENT, reply)
        except _TakenElsewhere:
            hand.state = MailState.UNKNOWN
            await self._mark(hand, MailState.SENT, reply)

    async def _redirect(self, hand: _InFlight) -> None:
        """To the address that the shop has now. Raises _TakenElsewhere, InboxUnavailable."""
        now = await self._address(hand.owed.mail.shop, fresh=True)
        if now is None or now == hand.to:
            return
        if not await self.outbox.redirect(hand.owed.number, now, was=hand.state):
            raise _TakenElsewhere
        hand.to = now

    async def _passed_on(self, hand: _InFlight) -> MailReply:
        """Raises MailUnavailable, MailRefused, MailUncertain, _TakenElsewhere, InboxUnavailable."""
        try:
            with anyio.fail_after(self.sender.patience):
                return await self.mailer.send(self._mail(hand), lambda: self._begin(hand))
        except TimeoutError:
            kind = MailUncertain if hand.state is MailState.SENDING else MailUnavailable
            raise kind(MailProblem.NO_ANSWER) from None

    async def _put_off(self, hand: _InFlight, kind: str) -> _End:
        """Once its text may have left it is UNKNOWN. Raises InboxUnavailable."""
        _log.error("mail-internal-error", mail=hand.owed.number, shop=hand.owed.mail.shop, kind=kind, alarm=True)
        reply = MailReply(problem=MailProblem.INTERNAL_ERROR)
        with suppress(_TakenElsewhere):
            if hand.state is MailState.SENDING:
                await self._mark(hand, MailState.UNKNOWN, reply)
                return _End.GONE
            await self._mark(hand, MailState.OWED, reply, after_this=_wait(hand.owed.tries))
        return _End.LATER

    async def _free_at(self, owed: OutboxMail) -> timedelta | None:
        """How long the shop's mails must wait; None where this one may go now."""
        now = self.clock.now()
        sent = await self.outbox.sent_since(owed.mail.shop, now - _HOUR)
        return _HOUR / self.sender.hourly if sent >= self.sender.hourly else None

    async def _begin(self, hand: _InFlight) -> None:
        """Raises _TakenElsewhere, InboxUnavailable."""
        await self._put(hand, MailState.SENDING)

    async def _mark(
        self, hand: _InFlight, state: MailState, reply: MailReply | None = None, *, after_this: timedelta | None = None
    ) -> None:
        """Raises _TakenElsewhere, InboxUnavailable."""
        await self._put(hand, state, reply, after_this)
        self._tell(hand.owed, state, reply or MailReply())

    async def _put(
        self, hand: _InFlight, state: MailState, reply: MailReply | None = None, after_this: timedelta | None = None
    ) -> None:
        now = self.clock.now()
        again = None if after_this is None else now + after_this
        if not await self.outbox.mark(hand.owed.number, state, now, was=hand.state, next_try=again, reply=reply):
            raise _TakenElsewhere
        hand.state = state

    def _tell(self, owed: OutboxMail, state: MailState, reply: MailReply) -> None:
        """The server's text is in the outbox only: the log holds words of closed lists and numbers."""
        self.watch.mailed(state, reply.problem)
        problem = None if reply.problem is None else reply.problem.value
        level = "error" if state.undelivered else "info" if problem is None else "warning"
        getattr(_log, level)(
            "mail",
            mail=owed.number,
            event_key=owed.mail.event,
            shop=owed.mail.shop,
            order=owed.mail.order,
            state=state.value,
            problem=problem,
            code=reply.code,
            alarm=state.undelivered,
        )

    def _mail(self, hand: _InFlight) -> Mail:
        mail = hand.owed.mail
        return Mail(
            message_id=message_id(mail, self.sender.address),
            to=hand.to,
            sender_name=self.sender.name,
            sender=self.sender.address,
            subject=mail.subject,
            text=mail.text,
        )


def message_id(mail: PendingMail, sender: str) -> str:
    """The same for the same event of the same shop, each time it is tried."""
    name = hashlib.sha256(f"{mail.shop} {mail.event}".encode()).hexdigest()[:32]
    return f"<{name}@{sender.rpartition('@')[2]}>"


def _wait(tries: int) -> timedelta:
    """After a try that failed; so many were made before it."""
    return timedelta(seconds=backoff(tries + 1, first=_FIRST_WAIT, longest=_LONGEST_WAIT))
