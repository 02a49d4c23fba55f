"""Compares unpaid orders with Amazon, and refunds and disputes that are not decided, since a notification that was lost is never
sent again.

In: shops. Out: `PollFinding`s, with the effects of a notification: the order marked, the state stored as known by polling, a
mail for a failure under the key of a notification's mail. A reference that is being processed is left to the worker.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Final

import anyio
import structlog

from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.values import ShopKey
from reconciler.ipn.process.in_progress import InProgressKeys
from reconciler.ipn.process.processor import PaymentEvent, PaymentProcessor, ProcessingResult
from reconciler.ipn.process.reminders import remind_of_deadlines
from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Rejected
from reconciler.ports.inbox import InboxUnavailable
from reconciler.ports.payments import Charge, ObjectKind, Order, PaymentObject, Source
from reconciler.ports.shop_directory import DirectoryUnavailable

_SHOPS_AT_ONCE: Final = 8
_SOON: Final = timedelta(seconds=15)
_OPEN: Final = "Open"
_REFUNDING: Final = ("Pending", "RefundInitiated")
_DISPUTED: Final = ("ActionRequired", "UnderReview")
_log = structlog.get_logger()

Shops = Callable[[], AsyncIterator[ShopKey]]


@frozen
class PollFinding:
    """The result for one charge of an unpaid order, or for another object that a person has to know of (its id is in `charge`);
    for the shop as a whole if it could not be read (`order` and `charge` None): `problem` is what the backend said then.
    """

    shop: ShopKey
    reason: ProcessingOutcome
    order: str | None = None
    charge: str | None = None
    alarm: bool = False
    problem: Diagnostic | None = None


class PaymentPoller:
    def __init__(self, effects: PaymentProcessor, lanes: InProgressKeys, watch: WorkerObserver) -> None:
        self._effects = effects
        self._lanes = lanes
        self._watch = watch

    async def run(self, shops: Shops, every: timedelta, done: Callable[[], None]) -> None:
        """Soon and then regularly, until it is cancelled; `done` is called after each round.

        Not at once: after a start the inbox comes first, and a process that restarts in a loop sends no requests.
        """
        await self._effects.clock.sleep(min(every, _SOON).total_seconds())
        while True:
            try:
                await self.poll(shops)
            except (BackendError, InboxUnavailable) as error:
                _log.warning("poll-failed", kind=type(error).__name__)
            done()
            await self._effects.clock.sleep(every.total_seconds())

    async def poll(self, shops: Shops) -> tuple[PollFinding, ...]:
        """By shop, order and charge. Raises BackendError where not even the shops can be listed, InboxUnavailable."""
        found: list[PollFinding] = []
        limit = anyio.CapacityLimiter(_SHOPS_AT_ONCE)

        lost: list[InboxUnavailable] = []

        async def of_shop(shop: ShopKey) -> None:
            async with limit:
                try:
                    found.extend([] if lost else await self._shop(shop))
                except InboxUnavailable as error:
                    lost.append(error)

        keys = [shop async for shop in shops()]
        async with anyio.create_task_group() as group:
            for shop in keys:
                group.start_soon(of_shop, shop)
        if lost:
            raise lost[0]
        return tuple(sorted(found, key=lambda each: (each.shop, each.order or "", each.charge or "")))

    async def _shop(self, shop: ShopKey) -> list[PollFinding]:
        found: list[PollFinding] = []
        try:
            async for order in self._effects.orders.awaiting_payment(shop):
                found.extend(await self._order(order))
            found.extend(await self._undecided(shop))
            found.extend(await self._reminders(shop))
        except (BackendError, DirectoryUnavailable) as error:
            _log.warning("poll-shop-failed", shop=shop, kind=type(error).__name__)
            found.append(_unread(shop, error))
        for each in found:
            self._watch.polled(each.reason.value)
        return found

    async def _order(self, order: Order) -> list[PollFinding]:
        assert order.reference is not None
        with self._lanes.claim(order.reference) as free:
            if not free:
                return []
            charges = await self._effects.payments.charges(order.shop, order.reference)
            found = [await self._finding(order.shop, charge, order.number) for charge in charges]
            beside = [await self._finding(order.shop, what, order.number) for what in await self._beside(order)]
        return [*found, *_loud(beside)]

    async def _beside(self, order: Order) -> list[PaymentObject]:
        """The charge permission, and the authorizations that only notifications reported."""
        assert order.reference is not None
        permission = await self._effects.payments.permission(order.shop, order.reference)
        known = await self._effects.desk.objects(order.shop, order.reference)
        open_ones = [
            each.what for each in known if each.what.kind is ObjectKind.AUTHORIZATION and each.what.state == _OPEN
        ]
        return [*([] if permission is None else [permission]), *open_ones]

    async def _undecided(self, shop: ShopKey) -> list[PollFinding]:
        """Refunds and disputes whose end was not reported. Raises BackendError, InboxUnavailable."""
        desk, payments = self._effects.desk, self._effects.payments
        found: list[PollFinding] = []
        for kind, states, asked in (
            (ObjectKind.REFUND, _REFUNDING, payments.refund),
            (ObjectKind.CHARGEBACK, _DISPUTED, payments.dispute),
        ):
            for known in await desk.unsettled_objects(shop, kind, states):
                with self._lanes.claim(known.what.permission or known.what.reference) as free:
                    what = await asked(shop, known.what.id) if free else None
                    if what is not None and what.state != known.what.state:
                        found.append(await self._finding(shop, what, known.order))
        return _loud(found)

    async def _reminders(self, shop: ShopKey) -> list[PollFinding]:
        """Raises InboxUnavailable, DirectoryUnavailable."""
        reason = ProcessingOutcome.CHARGEBACK
        found: list[PollFinding] = []
        for known in await remind_of_deadlines(self._effects, shop):
            self._watch.alarmed(reason.value)
            assert known.what.deadline is not None
            deadline = known.what.deadline.isoformat()
            _log.warning(
                "deadline-near", shop=shop, order=known.order, object=known.what.id, deadline=deadline, alarm=True
            )
            found.append(PollFinding(shop=shop, reason=reason, order=known.order, charge=known.what.id, alarm=True))
        return found

    async def _finding(self, shop: ShopKey, event: Charge | PaymentObject, order: str | None) -> PollFinding:
        end = await self._effects.process(PaymentEvent(shop=shop, event=event, source=Source.POLL))
        await self._write_down(end)
        finding = PollFinding(
            shop=shop, reason=end.reason, order=end.order or order, charge=event.id, alarm=end.decision.alarm
        )
        write = _log.warning if finding.alarm else _log.info
        if finding.alarm:
            self._watch.alarmed(finding.reason.value)
        write("polled", shop=shop, order=finding.order, charge=event.id, reason=end.reason.value)
        return finding

    async def _write_down(self, end: ProcessingResult) -> None:
        """Raises InboxUnavailable."""
        if end.decision.fact is not None or end.mail is not None or end.known is not None:
            await self._effects.desk.record_fact(end.decision.fact, end.mail, end.known)


def _unread(shop: ShopKey, error: BackendError | DirectoryUnavailable) -> PollFinding:
    reason = ProcessingOutcome.BACKEND_REFUSES if isinstance(error, Rejected) else ProcessingOutcome.UNREACHABLE
    problem = diagnostic(error.code, error.text, shop=shop) if isinstance(error, BackendError) else None
    return PollFinding(shop=shop, reason=reason, problem=problem)


def _loud(found: Sequence[PollFinding]) -> list[PollFinding]:
    """What a person has to know of."""
    return [each for each in found if each.alarm]
