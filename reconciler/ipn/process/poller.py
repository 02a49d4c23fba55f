"""Compares unpaid orders with Amazon, since a notification that was lost is never sent again.

In: shops. Out: `PollFinding`s, with the effects of a notification: the order marked, the state stored as known by polling, a
mail for a failure under the key of a notification's mail. A reference that is being processed is left to the worker.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import anyio
import structlog

from reconciler.core.values import ShopKey
from reconciler.ipn.process.in_progress import InProgressKeys
from reconciler.ipn.process.processor import PaymentEvent, PaymentProcessor, ProcessingResult
from reconciler.ipn.telemetry.observer import WorkerObserver
from reconciler.ipn.verify.reasons import ProcessingOutcome
from reconciler.ports import BackendError
from reconciler.ports.inbox import InboxUnavailable, Source
from reconciler.ports.payments import Charge, Order

_SHOPS_AT_ONCE: Final = 8
_SOON: Final = timedelta(minutes=1)
_log = structlog.get_logger()

Shops = Callable[[], AsyncIterator[ShopKey]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFinding:
    """The result for one charge of an unpaid order; for the shop as a whole if it could not be read (`order` None)."""

    shop: ShopKey
    reason: ProcessingOutcome
    order: str | None = None
    charge: str | None = None
    alarm: bool = False


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
        except BackendError as error:
            _log.warning("poll-shop-failed", shop=shop, kind=type(error).__name__)
            found.append(PollFinding(shop=shop, reason=ProcessingOutcome.UNREACHABLE))
        for each in found:
            self._watch.polled(each.reason.value)
        return found

    async def _order(self, order: Order) -> list[PollFinding]:
        assert order.reference is not None
        with self._lanes.claim(order.reference) as free:
            if not free:
                return []
            charges = await self._effects.payments.charges(order.shop, order.reference)
            return [await self._charge(order, charge) for charge in charges]

    async def _charge(self, order: Order, charge: Charge) -> PollFinding:
        end = await self._effects.process(PaymentEvent(shop=order.shop, event=charge, source=Source.POLL))
        await self._write_down(end)
        finding = PollFinding(
            shop=order.shop, reason=end.reason, order=order.number, charge=charge.id, alarm=end.decision.alarm
        )
        write = _log.warning if finding.alarm else _log.info
        write("polled", shop=order.shop, order=order.number, charge=charge.id, reason=end.reason.value)
        return finding

    async def _write_down(self, end: ProcessingResult) -> None:
        """Raises InboxUnavailable."""
        if end.decision.fact is not None or end.mail is not None:
            await self._effects.desk.record_fact(end.decision.fact, end.mail)
