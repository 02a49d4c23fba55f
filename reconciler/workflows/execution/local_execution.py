"""One process works on all shops of a run: a task for each, and in memory what they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field

import anyio

from reconciler.core.planning.failure_limit import FailureCounts
from reconciler.core.planning.plan import ShopPlan
from reconciler.core.runs.events import Event
from reconciler.core.runs.report import ShopOutcome
from reconciler.core.values import ShopKey
from reconciler.ports.executor import ShopTask, StopRequest
from reconciler.workflows.execution.cancellation import StopToken

_FAILED = (ShopOutcome.UNKNOWN, ShopOutcome.FAILED, ShopOutcome.PARTLY)


class LocalExecutor:
    """Implements ports.executor.Executor with a task group."""

    async def run(self, work: Sequence[ShopPlan], task: ShopTask) -> None:
        async with anyio.create_task_group() as group:
            for shop in work:
                group.start_soon(task, shop)


@dataclass(slots=True)
class LocalCounts:
    """Implements ports.executor.OutcomeCounts."""

    started: int = 0
    unhealthy: set[ShopKey] = field(default_factory=set)
    shops: dict[ShopOutcome, set[ShopKey]] = field(default_factory=lambda: defaultdict(set))

    def start(self, shops: int) -> None:
        self.started += shops

    def add(self, shop: ShopKey, outcome: ShopOutcome) -> None:
        self.shops[outcome].add(shop)

    def add_unhealthy(self, shop: ShopKey) -> None:
        self.unhealthy.add(shop)

    def applied(self, shop: ShopKey) -> bool:
        return shop in self.shops[ShopOutcome.APPLIED]

    def totals(self) -> FailureCounts:
        return FailureCounts(
            started=self.started,
            failed=len(set[ShopKey]().union(*(self.shops[outcome] for outcome in _FAILED))),
            missed=len(self.shops[ShopOutcome.MISSED]),
            unhealthy=len(self.unhealthy),
            left_closed=len(self.shops[ShopOutcome.LEFT_CLOSED]),
        )


class LocalRunControl:
    """Implements ports.executor.RunControl. `closures` None: as many shops may be closed as are in flight."""

    def __init__(self, *, in_flight: int, closures: int | None = None, stop: StopRequest | None = None) -> None:
        self.stop: StopRequest = stop or StopToken()
        self.counts = LocalCounts()
        self._events: list[Event] = []
        self._in_flight = anyio.CapacityLimiter(in_flight)
        self._closures = None if closures is None else anyio.CapacityLimiter(closures)
        self._sellers: Mapping[str, anyio.Lock] = defaultdict(anyio.Lock)

    def add_event(self, event: Event) -> None:
        self._events.append(event)

    def events(self) -> Sequence[Event]:
        return self._events

    def shop_slot(self) -> AbstractAsyncContextManager[object]:
        return self._in_flight

    def closure_slot(self, shop: ShopKey) -> AbstractAsyncContextManager[object]:  # noqa: ARG002  # the port's form
        return nullcontext() if self._closures is None else self._closures

    def seller_turn(self, seller: str) -> AbstractAsyncContextManager[object]:
        return self._sellers[seller]
