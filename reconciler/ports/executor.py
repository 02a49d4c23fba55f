"""The executor of a run's shops, and what the shops share on any machine.

Today one process does all of it. What several machines would have to share is here or in the journal and the leases: places,
turns, counts, the request to stop, and the events of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.core.values import ShopKey

if TYPE_CHECKING:
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.planning.failure_limit import FailureCounts
    from reconciler.core.planning.plan import ShopPlan
    from reconciler.core.runs.events import Event
    from reconciler.core.runs.report import ShopOutcome

ShopTask = Callable[["ShopPlan"], Coroutine[Any, Any, None]]


class Executor(Protocol):
    async def run(self, work: Sequence[ShopPlan], task: ShopTask) -> None:
        """Runs `task` on every shop, in any order and many at once, and returns when all have ended. How many may be in flight
        is the run's matter, not the executor's.
        """
        ...


class StopRequest(Protocol):
    """Read between two steps. `signalled`: a person or the system asked the run to stop. `forced`: they asked again, so that a
    shop which cannot be reopened is no longer waited for. `why`: something of our own failed, and nothing new may start.
    """

    @property
    def signalled(self) -> bool: ...

    @property
    def forced(self) -> bool: ...

    @property
    def why(self) -> Diagnostic | None: ...

    @property
    def requested(self) -> bool: ...

    def request(self) -> None: ...

    def abort(self, why: Diagnostic) -> None:
        """The first reason is the one that is reported."""
        ...


class OutcomeCounts(Protocol):
    """What became of the shops of one run so far, over all who work on them."""

    def start(self, shops: int) -> None:
        """`shops` more shops start now."""
        ...

    def add(self, shop: ShopKey, outcome: ShopOutcome) -> None:
        """A shop counts once for each outcome, however often it is added."""
        ...

    def add_unhealthy(self, shop: ShopKey) -> None: ...

    def applied(self, shop: ShopKey) -> bool:
        """Whether nothing was wrong with the shop when it was finished."""
        ...

    def totals(self) -> FailureCounts: ...


class RunControl(Protocol):
    """What the shops of one run share."""

    @property
    def stop(self) -> StopRequest: ...

    @property
    def counts(self) -> OutcomeCounts: ...

    def add_event(self, event: Event) -> None: ...

    def events(self) -> Sequence[Event]:
        """All that happened, in the order of each shop: what the report is made of."""
        ...

    def shop_slot(self) -> AbstractAsyncContextManager[object]:
        """A place among the shops that are worked on at once."""
        ...

    def closure_slot(self, shop: ShopKey) -> AbstractAsyncContextManager[object]:
        """A place among the shops that are closed at one time. It is taken before the one in flight, so that shops which stay
        open do not wait behind it. Where a stop is requested during the wait, it may be entered without a place.
        """
        ...

    def seller_turn(self, seller: str) -> AbstractAsyncContextManager[object]:
        """The right to write the list of endpoints that the shops of one seller share."""
        ...


class SharedControl(RunControl, Protocol):
    """Of an apply that is a part of a larger one. Its shops are finished once they are started: `stop` is requested where they
    must not be written any more, `run_stop` also where no further one is to start.
    """

    @property
    def run_stop(self) -> StopRequest: ...
