"""Drains the inbox: each message that is due is settled or deferred.

In: the work queue, and a wake-up when a message was stored. Out: effects at the backend, and each message settled with its
effects in one transaction. A bounded number of lanes is processed concurrently, only a few per shop: a shop with many messages,
or a slow backend, blocks no other. Within a lane one message is processed at a time. A message that cannot be understood, or on
which our own code fails, is parked with an error in the log and blocks no other. When the worker is cancelled, it finishes the
messages in hand within a bounded time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

import anyio
import structlog

from reconciler.core.values import ShopKey
from reconciler.ipn.process.decide import DecisionAction, park
from reconciler.ipn.process.in_progress import InProgressKeys
from reconciler.ipn.process.processor import PaymentEvent, PaymentProcessor, ProcessingResult
from reconciler.ipn.runtime.wakeup import WakeupEvent
from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.json_object import read_object
from reconciler.ipn.verify.reasons import ProcessingOutcome, Refused
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import Completion, InboxMessage, InboxUnavailable, MessageStatus

GRACE: Final = 15.0
"""Seconds for a message in hand once the worker is stopped."""

_AT_ONCE: Final = 32
_OF_A_SHOP: Final = 4
_LOOK: Final = 5.0
"""Seconds until a message is noticed that another process stored."""

_TROUBLE: Final = 2.0
COMPANY: Final = 0.05
"""Seconds that new messages wait for others while some are in hand: to look costs as much computing as to receive several."""

_log = structlog.get_logger()


@frozen(kw_only=False)
class _InHand:
    scope: anyio.CancelScope
    shop: ShopKey


class Worker:
    """`owed` is called when a mail came to be owed."""

    def __init__(
        self,
        effects: PaymentProcessor,
        lanes: InProgressKeys,
        bell: WakeupEvent,
        watch: WorkerObserver,
        *,
        owed: Callable[[], None] = lambda: None,
        at_once: int = _AT_ONCE,
    ) -> None:
        self._effects = effects
        self._desk = effects.desk
        self._clock = effects.clock
        self._lanes = lanes
        self._bell = bell
        self._watch = watch
        self._owed = owed
        self._at_once = at_once
        self._in_hand: dict[int, _InHand] = {}
        self._freed = anyio.Event()

    async def run(self) -> None:
        """Until it is cancelled."""
        async with anyio.create_task_group() as group:
            try:
                while True:
                    self._freed = anyio.Event()
                    for entry in await self._due():
                        await group.start(self._see_through, entry)
                    await self._wait()
            except anyio.get_cancelled_exc_class():
                for held in self._in_hand.values():
                    held.scope.deadline = anyio.current_time() + GRACE
                raise

    async def _due(self) -> list[InboxMessage]:
        """As many as there is room for, of no shop more than a few with those in hand."""
        chosen: list[InboxMessage] = []
        shops = Counter(held.shop for held in self._in_hand.values())
        room = self._at_once - len(self._in_hand)
        with suppress(InboxUnavailable):
            while (limit := min(room - len(chosen), _OF_A_SHOP)) > 0:
                more = await self._asked(chosen, shops, limit)
                for entry in more:
                    if shops[entry.arrival.shop] < _OF_A_SHOP:
                        shops[entry.arrival.shop] += 1
                        chosen.append(entry)
                if len(more) < limit:
                    break
        return chosen

    async def _asked(self, chosen: list[InboxMessage], shops: Counter[ShopKey], limit: int) -> Sequence[InboxMessage]:
        """Fewer than `limit`: there are no more. Raises InboxUnavailable."""
        lanes = [*self._lanes.busy, *(entry.arrival.lane for entry in chosen)]
        full = [shop for shop, count in shops.items() if count >= _OF_A_SHOP]
        return await self._desk.due(self._clock.now(), limit=limit, without=lanes, without_shops=full)

    async def _wait(self) -> None:
        """Until there may be something to do. Room that became free is used at once."""
        await self._bell.wait(self._clock, await self._pause())
        if self._in_hand:
            with anyio.move_on_after(COMPANY):
                await self._freed.wait()

    async def _pause(self) -> float:
        """Until the next deferred message is due; a stored or settled message wakes it earlier."""
        if self._in_hand:
            return _TROUBLE
        try:
            due = await self._desk.next_due()
        except InboxUnavailable:
            return _TROUBLE
        if due is None:
            return _LOOK
        return min(max((due - self._clock.now()).total_seconds(), _TROUBLE), _LOOK)

    async def _see_through(
        self, entry: InboxMessage, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        with anyio.CancelScope(shield=True) as scope, self._lanes.claim(entry.arrival.lane) as free:
            self._in_hand[entry.number] = _InHand(scope, entry.arrival.shop)
            task_status.started()
            try:
                if free:  # else polling was quicker, and the message stays due
                    await self._work(entry)
            finally:
                del self._in_hand[entry.number]
                self._freed.set()
                self._bell.set()

    async def _work(self, entry: InboxMessage) -> None:
        try:
            end = await self._end(entry)
            await self._settle(entry, end)
        except InboxUnavailable:
            # It stays as it is and comes again; the lane is kept for a moment, so that this is not done without pause.
            _log.warning("inbox-unavailable", entry=entry.number)
            await self._clock.sleep(_TROUBLE)

    async def _end(self, entry: InboxMessage) -> ProcessingResult:
        try:
            notification = _notice(entry)
        except Refused as refused:
            _log.error("message-unreadable", entry=entry.number, reason=refused.ground.value, detail=refused.detail)
            return self._aside(entry, ProcessingOutcome.POISON)
        try:
            return await self._effects.process(_news(entry, notification))
        except InboxUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  # a fault of ours on one message must not stop all others
            _log.error("internal-error", entry=entry.number, kind=type(error).__name__)
            return self._aside(entry, ProcessingOutcome.FAULT)

    def _aside(self, entry: InboxMessage, reason: ProcessingOutcome) -> ProcessingResult:
        return ProcessingResult(decision=park(reason, now=self._clock.now(), tries=entry.tries), reason=reason)

    async def _settle(self, entry: InboxMessage, end: ProcessingResult) -> None:
        now = self._clock.now()
        standing = MessageStatus.PARKED if end.decision.action is DecisionAction.PARK else MessageStatus.DONE
        settlement = Completion(
            status=standing,
            reason=end.reason.value,
            at=now,
            next_try=end.decision.next_try,
            order=end.order,
            fact=end.decision.fact,
            mail=end.mail,
            known=end.known,
        )
        if await self._desk.complete(entry.number, settlement):
            self._tell(entry, standing, end, now - entry.arrival.received)
            if end.mail is not None:
                self._owed()

    def _tell(self, entry: InboxMessage, standing: MessageStatus, end: ProcessingResult, lag: timedelta) -> None:
        self._watch.settled(standing, end.reason.value, lag.total_seconds())
        write = _log.warning if end.decision.alarm else _log.info
        if end.decision.alarm:
            self._watch.alarmed(end.reason.value)
        said = None if end.known is None else end.known.said
        write(
            "processed",
            entry=entry.number,
            message=entry.arrival.message_id,
            shop=entry.arrival.shop,
            kind=entry.arrival.kind,
            object=entry.arrival.object_id,
            standing=standing.value,
            reason=end.reason.value,
            order=end.order,
            alarm=end.decision.alarm,
            mail=None if end.mail is None else end.mail.event,
            state=None if said is None else said.state,
            code=None if said is None else said.code,
            amount=None if said is None or said.amount is None else format(said.amount, "f"),
            currency=None if said is None else said.currency,
        )


def _news(entry: InboxMessage, notification: notice.Notification) -> PaymentEvent:
    return PaymentEvent(
        shop=entry.arrival.shop, event=notification, tries=entry.tries, message_id=entry.arrival.message_id
    )


def _notice(entry: InboxMessage) -> notice.Notification:
    """The body was read and verified when it came; what it holds is read here for the first time in full. Raises Refused."""
    message = read_object(entry.arrival.body.decode()).get("Message")
    return notice.read(message if isinstance(message, str) else "")
