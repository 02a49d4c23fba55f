"""The use cases `runs list` and `runs show`: the recorded runs, and what one of them did in each shop."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.runs.events import ShopEvent, ShopFinished, ShopSkipped, StepDone, StepFailed
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.workflows.fleet.find_run import fleet_run_result, fleet_runs_starting_with, fleet_summaries
from reconciler.workflows.history import HistoryRequest, list_runs, runs_starting_with
from reconciler.workflows.other_runs import run_words

if TYPE_CHECKING:
    from reconciler.core.results.history_result import FleetRunResult, HistoryResult
    from reconciler.core.values import ShopKey
    from reconciler.ports import RunRow
    from reconciler.ports.journal import JournalEntry
    from reconciler.workflows.session import Session

_COLUMNS: Final = (
    ("shop", msg("Shop")),
    ("outcome", msg("Outcome")),
    ("writes", msg("Steps done")),
    ("code", msg("Code")),
    ("ended", msg("Ended")),
)
OUTCOME_WORDS: Final[dict[str, Message]] = {
    "applied": msg("applied"),
    "failed": msg("failed"),
    "refused": msg("refused"),
    "unchanged": msg("unchanged"),
    "unfinished": msg("unfinished"),
}


@frozen
class RunShopProgress:
    outcome: str = "unfinished"
    steps: int = 0
    code: str | None = None
    ended: str | None = None


def list_all_runs(session: Session, request: HistoryRequest) -> HistoryResult:
    """Those of the journal and fleet runs, newest first. Raises SetupError where the store cannot be read."""
    recorded = list_runs(session, request)
    with session.fleet.runs.open(create=False) as runs:
        fleet = [] if runs is None else fleet_summaries(runs, session.target.fleet_name, request.limit)
    newest = sorted((*recorded.runs, *fleet), key=lambda run: run.started, reverse=True)
    return replace(recorded, runs=tuple(newest[: request.limit]))


def show_run(session: Session, run: str) -> TableResult | FleetRunResult:
    """`run` is an id, or the start of one. Raises SetupError if no run, or more than one, is called that."""
    with session.fleet.runs.open(create=False) as runs:
        fleet = [] if runs is None else fleet_runs_starting_with(runs, session.target.fleet_name, run)
        with session.store.history() as history:
            found = () if history is None else runs_starting_with(history, run)
        if runs is not None and len(fleet) == 1 and not found:
            return fleet_run_result(runs, fleet[0], judged=False)
    return _show_recorded(session, run, ambiguous=bool(fleet))


def _show_recorded(session: Session, run: str, *, ambiguous: bool) -> TableResult:
    with session.store.history() as history:
        found = () if history is None else runs_starting_with(history, run)
        if history is None or len(found) != 1 or ambiguous:
            raise _not_found(run, several=bool(found) or ambiguous)
        (row,) = found
        shops = fold_shops(history.events(row.info.run))
    rows = tuple((shop, *_cells(progress)) for shop, progress in sorted(shops.items()))
    return TableResult(
        name="run-shops",
        columns=_COLUMNS,
        rows=rows,
        empty=msg("The run wrote to no shop."),
        notices=_about(row),
    )


def _not_found(run: str, *, several: bool) -> SetupError:
    if several:
        text = msg("More than one run starts with {run}", run=run)
        return SetupError(text, code=codes.AMBIGUOUS_RUN, hint=msg("Give more characters of the id"))
    text = msg("No runs found for {run}", run=run)
    return SetupError(text, code=codes.NO_SUCH_RUN, hint=msg("`reconciler runs list` shows the ids"))


def fold_shops(entries: Iterable[JournalEntry]) -> dict[ShopKey, RunShopProgress]:
    shops: dict[ShopKey, RunShopProgress] = {}
    for entry in entries:
        event = entry.event
        shop = getattr(event, "shop", None)
        if shop is not None:
            before = shops.get(shop, RunShopProgress())
            shops[shop] = _after(before, event, format_utc(entry.at))  # type: ignore[arg-type]
    return shops


def _after(before: RunShopProgress, event: ShopEvent, at: str) -> RunShopProgress:
    match event:
        case StepDone():
            return replace(before, steps=before.steps + 1)
        case StepFailed():
            outcome = "failed" if event.why.blocking else "unchanged"
            return replace(before, outcome=outcome, code=event.why.code.number)
        case ShopSkipped():
            code = event.why[0].code.number if event.why else before.code
            return replace(before, outcome="refused", code=code, ended=at)
        case ShopFinished():
            outcome = before.outcome if before.outcome in ("failed", "unchanged") else "applied"
            return replace(before, outcome=outcome, ended=at)
        case _:
            return before


def _cells(progress: RunShopProgress) -> tuple[Cell, ...]:
    outcome = NamedCell(progress.outcome, OUTCOME_WORDS[progress.outcome])
    return outcome, progress.steps, progress.code, progress.ended


def _about(row: RunRow) -> tuple[Message, ...]:
    info = row.info
    words = run_words(info)
    head = (
        msg("Run {run}: `{command}` by {actor} on {host}, started {started}", **words)
        if info.commit is None
        else msg(
            "Run {run}: `{command}` by {actor} on {host}, started {started}, commit {commit}",
            commit=info.commit,
            **words,
        )
    )
    return head, msg("`reconciler history SHOP --steps` shows the steps in one shop")
