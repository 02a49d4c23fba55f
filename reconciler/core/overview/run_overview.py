"""Runs, and one run with its waves, shops and steps."""

from __future__ import annotations

from reconciler.core.overview.closures import Closure
from reconciler.core.overview.fleet_overview import FleetName
from reconciler.core.results.table_result import NamedCell
from reconciler.core.runs.run_summary import RunStatus, RunSummary
from reconciler.core.runs.step_history import StepRecord
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class RunQuery:
    """All that is given must hold. `words` is a part of a run's id, actor, command or commit; `before` is the id of a run:
    older ones are listed.
    """

    status: RunStatus | None = None
    shop: ShopKey | None = None
    words: str = ""
    before: str | None = None


@frozen
class RunPage:
    """`runs` newest first. `older` is the `before` of the next page; None: this is the last one. With `searched`, so many
    runs were searched for matches and older ones were not.
    """

    name: FleetName
    runs: tuple[RunSummary, ...] = ()
    older: str | None = None
    searched: int | None = None


@frozen
class WaveLine:
    """`passed` is None for a wave that did not end; `why` are the codes that halted the run after it."""

    wave: int
    name: str
    shops: int
    started: str
    ended: str | None = None
    passed: bool | None = None
    why: tuple[str, ...] = ()


@frozen
class RunShop:
    """`outcome` as `runs show` says it (key: `applied`, `failed`, `refused`, `unfinished`). `steps_done` counts acknowledged
    steps. `closed_seconds` is None where the run did not close the shop, or it is still closed.
    """

    shop: ShopKey
    outcome: NamedCell
    steps_done: int = 0
    code: str | None = None
    started: str | None = None
    ended: str | None = None
    closed_seconds: float | None = None
    steps: tuple[StepRecord, ...] = ()


@frozen
class RunOverview:
    """`shops` is one page of the run's shops, `total` counts them all; those in which something went wrong come first.
    `closures` are the longest ones, `closed_seconds` the sum of all.
    """

    name: FleetName
    run: RunSummary
    waves: tuple[WaveLine, ...] = ()
    shops: tuple[RunShop, ...] = ()
    total: int = 0
    page: int = 1
    closures: tuple[Closure, ...] = ()
    closure_count: int = 0
    closed_seconds: float = 0.0
    pages: int = 1
