"""The list of runs, and one run with its waves, shops, steps and closures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.overview.run_overview import RunOverview, RunPage, RunQuery, RunShop, WaveLine
from reconciler.core.overview.shop_rows import PAGE_SIZE
from reconciler.core.results.table_result import NamedCell
from reconciler.core.runs.events import ShopReopened, StepDone, WaveFinished, WaveStarted
from reconciler.lib.utc import format_utc
from reconciler.ports.journal import RunFilter
from reconciler.workflows.history import run_summary
from reconciler.workflows.overview.fleet import name_fleet
from reconciler.workflows.runs import OUTCOME_WORDS, RunShopProgress, fold_shops

if TYPE_CHECKING:
    from reconciler.core.runs.run_summary import RunSummary
    from reconciler.core.values import ShopKey
    from reconciler.ports.journal import History, JournalEntry
    from reconciler.ports.overview.overview_store import OverviewStores
    from reconciler.workflows.session import Session

PAGE: Final = 50
SEARCHED: Final = 500
"""Runs among which those of a status are looked for: it follows from a run's events."""
_CLOSURES: Final = 20
_MILLISECONDS: Final = 1000


def run_page(session: Session, query: RunQuery) -> RunPage:
    """Raises SetupError where the store cannot be read."""
    with session.store.history() as history:
        found = () if history is None else tuple(_matching(history, query))
    shown, more = found[:PAGE], len(found) > PAGE
    return RunPage(
        name=name_fleet(session),
        runs=shown,
        older=shown[-1].run if more else None,
        searched=None if query.status is None else SEARCHED,
    )


def _matching(history: History, query: RunQuery) -> Iterator[RunSummary]:
    """One more than is shown."""
    limit = PAGE + 1 if query.status is None else SEARCHED
    wanted = RunFilter(words=query.words, before=query.before)
    count = 0
    for row in history.runs(query.shop, wanted=wanted, limit=limit):
        summary = run_summary(row)
        if query.status in (None, summary.status):
            count += 1
            yield summary
        if count > PAGE:
            return


def run_overview(session: Session, stores: OverviewStores, run: str, page: int = 1) -> RunOverview | None:
    """`run` is a whole id. None where there is no such run. Raises SetupError where the store cannot be read."""
    with session.store.history() as history, stores.open() as store:
        rows = () if history is None else history.runs(wanted=RunFilter(run=run), limit=1)
        if history is None or store is None or not rows:
            return None
        total = store.count_run_shops(run)
        many, seconds = store.closed_time(run)
        return RunOverview(
            name=name_fleet(session),
            run=run_summary(rows[0]),
            waves=tuple(_waves(list(history.run_events(run)))),
            shops=tuple(_shop(history, run, shop) for shop in store.run_shops(run, page=page)),
            total=total,
            page=page,
            pages=max(1, -(-total // PAGE_SIZE)),
            closures=tuple(store.closures(run=run, longest_first=True, limit=_CLOSURES)),
            closure_count=many,
            closed_seconds=seconds,
        )


def _waves(entries: Sequence[JournalEntry]) -> list[WaveLine]:
    waves: dict[int, WaveLine] = {}
    for entry in entries:
        event, at = entry.event, format_utc(entry.at)
        if isinstance(event, WaveStarted):
            waves[event.wave] = WaveLine(wave=event.wave, name=event.name, shops=event.shops, started=at)
        if isinstance(event, WaveFinished) and event.wave in waves:
            why = tuple(each.code.number for each in event.why)
            waves[event.wave] = replace(waves[event.wave], ended=at, passed=not why, why=why)
    return [waves[number] for number in sorted(waves)]


def _shop(history: History, run: str, shop: ShopKey) -> RunShop:
    entries = [entry for entry in history.events(run, shop) if getattr(entry.event, "shop", None) == shop]
    progress = fold_shops(entries).get(shop, RunShopProgress())
    return RunShop(
        shop=shop,
        outcome=NamedCell(progress.outcome, OUTCOME_WORDS[progress.outcome]),
        steps_done=progress.steps,
        code=progress.code,
        started=format_utc(entries[0].at) if entries else None,
        ended=progress.ended,
        closed_seconds=_closed_seconds(entries),
        steps=tuple(history.step_records(run, shop)),
    )


def _closed_seconds(entries: Sequence[JournalEntry]) -> float | None:
    reopened = [each.event for each in entries if isinstance(each.event, StepDone | ShopReopened)]
    times = [event.closed_ms for event in reopened if event.closed_ms is not None]
    return sum(times) / _MILLISECONDS if times else None
