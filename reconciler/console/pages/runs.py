"""All runs, newest first."""

from __future__ import annotations

from typing import Final

from reconciler.console.elements import ConsolePage, FilterForm, Grid, GridCell, Section
from reconciler.console.http.query import BadQueryError
from reconciler.console.parts.cells import actor_cell, code_cell, moment_cell, plain_cell, run_cell, run_status_cell
from reconciler.console.parts.filters import choice_filter, filter_form, text_filter
from reconciler.console.parts.grids import choices_of, grid, older_links
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.overview.run_overview import RunPage, RunQuery
from reconciler.core.runs.run_summary import RunStatus, RunSummary
from reconciler.core.values import ShopKey
from reconciler.views.html.elements import Sentences
from reconciler.views.tables.history import overrides_text

RUN_PARTS: Final = frozenset({"status", "shop", "words", "before"})
RUN_STATUS_WORDS: Final[dict[RunStatus, Message]] = {
    RunStatus.RUNNING: msg("running"),
    RunStatus.KILLED: msg("killed"),
    RunStatus.RESUMED: msg("killed, then resumed"),
    RunStatus.UNFINISHED: msg("not finished"),
    RunStatus.INTERRUPTED: msg("interrupted"),
    RunStatus.PARTLY_APPLIED: msg("partially applied"),
    RunStatus.FAILED: msg("failed"),
    RunStatus.REFUSED: msg("refused"),
    RunStatus.APPLIED: msg("applied"),
    RunStatus.NOTHING: msg("nothing written"),
}


def runs_query(visit: PageVisit) -> RunQuery:
    """Raises BadQueryError."""
    query = visit.query
    status = query.one_of("status", choices_of(RunStatus))
    shop = query.text("shop")
    return RunQuery(
        status=None if status is None else RunStatus(status),
        shop=None if shop is None else shop_named(shop),
        words=query.text("words") or "",
        before=query.text("before"),
    )


def shop_named(text: str) -> ShopKey:
    """Raises BadQueryError."""
    try:
        return ShopKey(text)
    except ValueError:
        raise BadQueryError(msg("{shop} is not a shop key", shop=text)) from None


def runs_page(found: RunPage, query: RunQuery, visit: PageVisit) -> ConsolePage:
    filtered = query.status or query.shop or query.words
    empty = msg("No run matches this filter.") if filtered else msg("No runs recorded.")
    pager = older_links(found.older, "before", visit)
    searched = () if found.searched is None else (Sentences(texts=(_searched(found.searched, visit),)),)
    contents = (_filter(visit), *pager, runs_grid(found.runs, msg("Runs"), empty, visit), *searched, *pager)
    return ConsolePage(
        title=visit.say(msg("Runs")), place="runs", sections=(Section(name="runs", title="", contents=contents),)
    )


def _searched(count: int, visit: PageVisit) -> str:
    return visit.plural(
        "Only the newest {count} run was searched.", "Only the newest {count} runs were searched.", count
    )


def runs_grid(runs: tuple[RunSummary, ...], caption: Message, empty: Message, visit: PageVisit) -> Grid:
    titles = (
        *(msg("Started"), msg("Run"), msg("Command"), msg("Actor"), msg("Outcome"), msg("Shops"), msg("Commit")),
        msg("Overrides"),
    )
    overridden = any(run.overrides is not None and run.overrides.overridden for run in runs)
    rows = tuple(_row(run, visit)[: None if overridden else -1] for run in runs)
    shown = titles if overridden else titles[:-1]
    made = grid(caption, shown, rows, empty, visit, numbers=frozenset({5}))
    return Grid(caption=made.caption, columns=made.columns, rows=made.rows, empty=made.empty, heading=1)


def _row(run: RunSummary, visit: PageVisit) -> tuple[GridCell, ...]:
    return (
        moment_cell(run.started, visit, age=True),
        run_cell(run.run),
        plain_cell(run.command),
        actor_cell(run, visit),
        run_status_cell(run, visit),
        plain_cell(run.shops),
        code_cell(run.commit and run.commit[:10]),
        plain_cell(overrides_text(run, visit.context)),
    )


def _filter(visit: PageVisit) -> FilterForm:
    statuses = [(each.value, word) for each, word in RUN_STATUS_WORDS.items()]
    fields = (
        text_filter("words", msg("Id, actor, command or commit contains"), visit),
        text_filter("shop", msg("Shop key"), visit),
        choice_filter("status", msg("Outcome"), statuses, visit),
    )
    return filter_form("/runs", msg("Filter runs"), fields, visit, place="before")
