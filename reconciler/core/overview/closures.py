"""Closures of shops by runs: how many, and for how long buyers found a closed shop."""

from __future__ import annotations

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class Closure:
    """One closure that ended `at`, when the shop was open again."""

    shop: ShopKey
    run: str
    at: str
    seconds: float


@frozen
class ClosureDay:
    """The closures that ended on a day in UTC (`2026-11-28`), also a day without any."""

    day: str
    count: int = 0
    seconds: float = 0.0
    longest: float = 0.0


@frozen
class ClosureFigures:
    """Closures since `since`. `days` are all days since then, oldest first; `latest` the newest first. `still_closed` are
    shops that a run closed and has not opened again, or may not have.
    """

    since: str
    days: tuple[ClosureDay, ...] = ()
    latest: tuple[Closure, ...] = ()
    longest: Closure | None = None
    still_closed: tuple[ShopKey, ...] = ()

    @property
    def count(self) -> int:
        return sum(day.count for day in self.days)

    @property
    def seconds(self) -> float:
        return sum(day.seconds for day in self.days)

    @property
    def mean(self) -> float | None:
        """Seconds of one closure on average; None where there was none."""
        return self.seconds / self.count if self.count else None
