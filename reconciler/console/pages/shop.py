"""One shop: whether it is as Git says, its fields from all sides, findings, runs, heals, Amazon's notifications."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.console.elements import Advice, ConsolePage, Element, Facts, FoldedPart, GridCell, Section
from reconciler.console.pages.deferred import window_text
from reconciler.console.pages.fleet import closure_grid
from reconciler.console.pages.healing import proposals_grid
from reconciler.console.pages.inbox import notification_grid
from reconciler.console.pages.run import run_line, steps_grid
from reconciler.console.pages.shop_fields import fields_grid
from reconciler.console.pages.shop_findings import findings_grid, heals_grid
from reconciler.console.parts.cells import (
    actor_cell,
    code_cell,
    moment_cell,
    plain_cell,
    run_cell,
    run_page_address,
    severity_grid_cell,
    shop_state_cell,
)
from reconciler.console.parts.grids import page_section
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import msg
from reconciler.core.overview.shop_overview import ShopOverview, ShopRun
from reconciler.core.overview.shop_rows import ShopState
from reconciler.views.html.diagnostics import each_of
from reconciler.views.html.elements import Sentences
from reconciler.views.tables.history import short_run, status_message

_TONES: Final = {
    ShopState.DRIFTED: "bad",
    ShopState.UNREAD: "warn",
    ShopState.NEW: "plain",
    ShopState.ACCEPTED: "plain",
    ShopState.IN_SYNC: "good",
}
_OPENED: Final = 1


def shop_page(found: ShopOverview, visit: PageVisit) -> ConsolePage:
    return ConsolePage(
        title=visit.say(msg("Shop {shop}", shop=f"`{found.shop}`")),
        place="shops",
        trail=((visit.say(msg("Shops")), "/shops"),),
        sections=tuple(each for each in _sections(found, visit) if each.contents),
        tone=_TONES[found.row.state],
    )


def _sections(found: ShopOverview, visit: PageVisit) -> Iterator[Section]:
    yield Section(name="facts", title="", contents=(*_advice(found, visit), _facts(found, visit)))
    yield page_section("problems", msg("Problems of the manifest"), each_of(found.problems, visit.context), visit)
    yield page_section("fields", msg("Fields"), _fields(found, visit), visit)
    yield page_section("findings", msg("Findings"), (findings_grid(found.findings, visit),), visit)
    yield page_section("runs", msg("Runs"), _runs(found, visit), visit)
    yield page_section("heals", msg("Heals"), (heals_grid(found.heals, visit),) if found.heals else (), visit)
    proposals = (proposals_grid((found.proposal,), visit),) if found.proposal is not None else ()
    yield page_section("proposals", msg("Proposed plans"), proposals, visit)
    closures = closure_grid(found.closures, msg("Closures of this shop"), visit, of_one_shop=True)
    yield page_section("closures", msg("Closures"), (closures,) if found.closures else (), visit)
    yield page_section("notifications", msg("Notifications from Amazon"), _notifications(found, visit), visit)


def _advice(found: ShopOverview, visit: PageVisit) -> Iterator[Element]:
    if not found.declared:
        yield Advice(text=visit.say(msg("The shop has no manifest: nothing is declared for it.")))
    for notice in found.notices:
        yield Advice(text=visit.say(notice))


def _facts(found: ShopOverview, visit: PageVisit) -> Facts:
    row, lease = found.row, found.lease
    facts = [
        (msg("State"), shop_state_cell(row.state, visit)),
        (msg("Severity"), severity_grid_cell(row.severity, visit)),
        (msg("Open findings"), plain_cell(row.findings or None)),
        (msg("Accepted"), plain_cell(row.accepted or None)),
        (msg("Last compared"), moment_cell(row.compared, visit, age=True)),
        (msg("Not read"), code_cell(row.unread)),
        (msg("Not read since"), moment_cell(row.unread_since, visit, age=True)),
        (msg("Responsible"), plain_cell(row.owner)),
        (msg("Manifest"), code_cell(found.file)),
    ]
    if found.deferred is not None:
        window = window_text(found.deferred, visit)
        facts.append(
            (msg("Deferred apply"), GridCell(text=visit.say(found.deferred.state.title), href="/deferred", note=window))
        )
    if lease is not None:
        until = visit.say(msg("until {at}, by {owner}", at=lease.expires, owner=lease.owner))
        writing = run_cell(lease.run)
        facts.append((msg("Being written by"), GridCell(text=writing.text, href=writing.href, code=True, note=until)))
    return Facts(tuple((visit.say(name), cell) for name, cell in facts if cell.text))


def _fields(found: ShopOverview, visit: PageVisit) -> Iterator[Element]:
    yield from each_of(found.live.reasons, visit.context)
    yield fields_grid(found.fields, visit)


def _runs(found: ShopOverview, visit: PageVisit) -> Iterator[Element]:
    if not found.runs:
        yield Sentences(texts=(visit.say(msg("No runs found for {shop}.", shop=found.shop)),))
    for at, each in enumerate(found.runs):
        yield _run(each, visit, opened=at < _OPENED)


def _run(each: ShopRun, visit: PageVisit, *, opened: bool) -> FoldedPart:
    run = each.run
    about = Facts(
        (
            (visit.say(msg("Run")), GridCell(text=run.run, code=True, href=run_page_address(run.run))),
            (visit.say(msg("Actor")), actor_cell(run, visit)),
        )
    )
    steps = (steps_grid(each.steps, short_run(run.run), visit),) if each.steps else ()
    note = visit.say(status_message(run))
    return FoldedPart(title=run_line(run, visit), note=note, contents=(about, *steps), opened=opened)


def _notifications(found: ShopOverview, visit: PageVisit) -> Iterator[Element]:
    page = found.notifications
    if page is None:
        yield Sentences(texts=(visit.say(msg("No sidecar stored a notification of this shop.")),))
    else:
        yield notification_grid(page.table, msg("Notifications from Amazon"), visit)
        if page.older is not None:
            link = GridCell(text=visit.say(msg("All notifications of this shop")), href=f"/inbox?shop={found.shop}")
            yield Facts(((visit.say(msg("More")), link),))
