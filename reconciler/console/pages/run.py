"""One run: who, when and what came of it; its waves, its shops with their steps, how long shops were closed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.console.elements import ConsolePage, Element, Facts, FoldedPart, Grid, GridCell, Section
from reconciler.console.pages.fleet import closure_grid
from reconciler.console.parts.cells import (
    actor_cell,
    code_cell,
    length_message,
    moment_cell,
    plain_cell,
    row_cell,
    run_cell,
    run_status_cell,
    said_cell,
    shop_cell,
)
from reconciler.console.parts.grids import grid, numbered_pager, page_section
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.run_overview import RunOverview, RunShop, WaveLine
from reconciler.core.overview.shop_rows import PAGE_SIZE
from reconciler.core.runs.run_summary import RunSummary
from reconciler.core.runs.step_history import StepOutcome, StepRecord
from reconciler.views.common.field_names import full_field_name
from reconciler.views.html.elements import Tone
from reconciler.views.tables.history import overrides_text, short_run, step_outcome_message, step_text

_OUTCOME_TONES: Final[dict[str, Tone]] = {"applied": "good", "failed": "bad", "refused": "warn", "unfinished": "warn"}
STEP_TONES: Final[dict[StepOutcome, Tone]] = {
    StepOutcome.DONE: "good",
    StepOutcome.FAILED: "bad",
    StepOutcome.MISSED: "bad",
    StepOutcome.REFUSED: "warn",
    StepOutcome.UNKNOWN: "warn",
}
_OPENED: Final = 3


def one_run_page(found: RunOverview, visit: PageVisit) -> ConsolePage:
    title = msg("Run {run}", run=f"`{short_run(found.run.run)}`")
    return ConsolePage(
        title=visit.say(title),
        place="runs",
        trail=((visit.say(msg("Runs")), "/runs"),),
        sections=tuple(each for each in _sections(found, visit) if each.contents),
    )


def _sections(found: RunOverview, visit: PageVisit) -> Iterator[Section]:
    yield Section(name="facts", title="", contents=(run_facts(found, visit),))
    waves = (_waves(found.waves, visit),) if found.waves else ()
    yield page_section("waves", msg("Waves"), waves, visit)
    yield page_section("shops", msg("Shops"), _shops(found, visit), visit)
    steps = tuple(_steps(shop, visit, opened=len(found.shops) <= _OPENED) for shop in found.shops if shop.steps)
    yield page_section("steps", msg("Steps"), steps, visit)
    closures = (closure_grid(found.closures, msg("Longest closures"), visit),) if found.closures else ()
    yield page_section("closures", msg("Closures"), closures, visit)


def run_facts(found: RunOverview, visit: PageVisit) -> Facts:
    run = found.run
    closed = msg("{count}, together {time}", count=found.closure_count, time=length_message(found.closed_seconds))
    facts = (
        (msg("Outcome"), run_status_cell(run, visit)),
        (msg("Run"), code_cell(run.run)),
        (msg("Command"), plain_cell(run.command)),
        (msg("Actor"), actor_cell(run, visit)),
        (msg("Started"), moment_cell(run.started, visit, age=True)),
        (msg("Ended"), moment_cell(run.ended, visit)),
        (msg("Commit"), code_cell(run.commit)),
        (msg("Plan"), code_cell(run.fingerprint)),
        (msg("Resumed by"), run_cell(run.resumed_by)),
        (msg("Overrides"), plain_cell(overrides_text(run, visit.context))),
        (msg("Closures"), said_cell(closed, visit) if found.closure_count else GridCell(text="")),
    )
    return Facts(tuple((visit.say(name), cell) for name, cell in facts if cell.text))


def _waves(waves: tuple[WaveLine, ...], visit: PageVisit) -> Grid:
    titles = (msg("Wave"), msg("Result"), msg("Shops"), msg("Started"), msg("Ended"))
    return grid(
        msg("Waves"), titles, (_wave(each, visit) for each in waves), msg("No waves."), visit, numbers=frozenset({2})
    )


def _wave(wave: WaveLine, visit: PageVisit) -> tuple[GridCell, ...]:
    match wave.passed:
        case None:
            result = said_cell(msg("not finished"), visit, "warn")
        case True:
            result = said_cell(msg("passed"), visit, "good")
        case False:
            codes = ", ".join(f"`{code}`" for code in wave.why)
            result = GridCell(text=visit.say(msg("halted")), tone="bad", note=codes)
    name = wave.name or str(wave.wave)
    return (
        plain_cell(name),
        result,
        plain_cell(wave.shops),
        moment_cell(wave.started, visit),
        moment_cell(wave.ended, visit),
    )


def _shops(found: RunOverview, visit: PageVisit) -> Iterator[Element]:
    titles = (msg("Shop"), msg("Outcome"), msg("Steps done"), msg("Closed for"), msg("Started"), msg("Ended"))
    pager = numbered_pager(found.page, found.pages, found.total, PAGE_SIZE, visit)
    rows = (_shop(each, visit) for each in found.shops)
    yield from pager
    yield grid(msg("Shops"), titles, rows, msg("The run wrote to no shop."), visit, numbers=frozenset({2, 3}))
    yield from pager


def _shop(shop: RunShop, visit: PageVisit) -> tuple[GridCell, ...]:
    outcome = row_cell(shop.outcome, visit)
    closed = shop.closed_seconds
    return (
        shop_cell(shop.shop),
        GridCell(
            text=outcome.text,
            tone=_OUTCOME_TONES.get(shop.outcome.key, ""),
            note=f"`{shop.code}`" if shop.code else "",
        ),
        plain_cell(shop.steps_done),
        GridCell(text="") if closed is None else said_cell(length_message(closed), visit),
        moment_cell(shop.started, visit),
        moment_cell(shop.ended, visit),
    )


def _steps(shop: RunShop, visit: PageVisit, *, opened: bool) -> FoldedPart:
    note = visit.plural("{count} step", "{count} steps", len(shop.steps))
    contents = (steps_grid(shop.steps, str(shop.shop), visit),)
    return FoldedPart(title=f"`{shop.shop}`", note=note, contents=contents, opened=opened)


def steps_grid(steps: tuple[StepRecord, ...], of: str, visit: PageVisit) -> Grid:
    """`of`: the shop or the run they belong to."""
    titles = (msg("Step"), msg("Outcome"), msg("Fields"), msg("Time"), msg("Request ID"))
    rows = (_step(each, visit) for each in steps)
    return grid(msg("Steps of {name}", name=of), titles, rows, msg("No step was started."), visit)


def _step(step: StepRecord, visit: PageVisit) -> tuple[GridCell, ...]:
    fields = ", ".join(full_field_name(ref, visit.context) for ref in step.step.refs) if step.step else ""
    return (
        plain_cell(step_text(step, visit.context) or visit.say(msg("whole shop"))),
        said_cell(step_outcome_message(step), visit, STEP_TONES[step.outcome]),
        plain_cell(fields),
        GridCell(text=visit.context.time(step.at, seconds=True), moment=step.at),
        code_cell(step.request_id),
    )


def run_line(run: RunSummary, visit: PageVisit) -> str:
    """A run in the head of a fold."""
    return visit.say(msg("{command} at {at}", command=run.command, at=run.started))
