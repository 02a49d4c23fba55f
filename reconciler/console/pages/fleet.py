"""The first page: the fleet in figures, what needs a person, drift over time, closures, looks, who watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from reconciler.console.elements import (
    Advice,
    ConsolePage,
    Element,
    Facts,
    Grid,
    GridCell,
    Section,
    Tile,
    Tiles,
)
from reconciler.console.http.query import page_address
from reconciler.console.pages.fleet_trends import closure_trend, drift_trend
from reconciler.console.pages.healing import fight_advice
from reconciler.console.pages.shops import NONE_COMPARED, shops_grid
from reconciler.console.parts.cells import (
    SEVERITY_TONES,
    STATE_TONES,
    length_message,
    moment_cell,
    plain_cell,
    run_cell,
    said_cell,
    shop_cell,
    shops_text,
)
from reconciler.console.parts.grids import grid, page_section
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.words import CLASS_WORDS, SEVERITY_NAMES
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.overview.closures import Closure, ClosureFigures
from reconciler.core.overview.fleet_overview import FleetOverview, LookLine
from reconciler.core.overview.shop_rows import ShopState
from reconciler.core.overview.words import HEAL_OUTCOME_WORDS, SHOP_STATE_WORDS
from reconciler.lib.utc import seconds_between
from reconciler.views.html.charts import SHOPS, bar_chart, charts
from reconciler.views.html.elements import Sentences

_SHOPS_SHOWN: Final = 10
_NAMES_SHOWN: Final = 5
_LONG_AGO: Final = 86_400.0
FINDINGS: Final = msg("Findings")


def fleet_page(fleet: FleetOverview, visit: PageVisit) -> ConsolePage:
    return ConsolePage(
        title=visit.say(msg("Fleet {fleet}", fleet=fleet.name.fleet)),
        place="fleet",
        lead=(visit.say(msg("Environment: {environment}", environment=fleet.name.environment)),),
        sections=tuple(each for each in _sections(fleet, visit) if each.contents),
        tone=_tone(fleet),
    )


def _tone(fleet: FleetOverview) -> str:
    if fleet.closures.still_closed or fleet.unsettled.get(FindingSeverity.CRITICAL):
        return "bad"
    return "warn" if fleet.findings else "good" if fleet.shops else "plain"


def _sections(fleet: FleetOverview, visit: PageVisit) -> Iterator[Section]:
    if not fleet.recorded:
        nothing = msg("Nothing was recorded yet. Run `reconciler drift`, or start `reconciler watch`.")
        yield Section(name="nothing", title="", contents=(Advice(text=visit.say(nothing), tone="plain"),))
        return
    yield Section(name="figures", title="", contents=(*_advice(fleet, visit), _tiles(fleet, visit)))
    yield page_section("drift", msg("Drift"), _drift(fleet, visit), visit)
    yield page_section("worst", msg("Shops to look at first"), _worst(fleet, visit), visit)
    yield page_section("closures", msg("Closures"), _closures(fleet.closures, visit), visit)
    yield page_section("looks", msg("Last looks"), (_looks(fleet.looks, visit),), visit)
    yield page_section("processes", msg("Watch, healing and alerts"), (_processes(fleet, visit),), visit)


def _advice(fleet: FleetOverview, visit: PageVisit) -> Iterator[Element]:
    closed = fleet.closures.still_closed
    if closed:
        text = msg(
            "Closed by a run and not open again: {shops}. Run `reconciler resume`.",
            shops=shops_text(closed, _NAMES_SHOWN, visit),
        )
        yield Advice(text=visit.say(text), tone="bad")
    if fleet.heals.fights:
        yield fight_advice(fleet.heals.fights, visit)
    oldest = fleet.oldest_comparison
    if oldest is not None and seconds_between(oldest, visit.now) > _LONG_AGO:
        yield Advice(text=visit.say(msg("At least one shop was last compared at {at}.", at=oldest)))
    failed = sum(each.failed for each in fleet.alerts.values())
    if failed:
        yield Advice(text=visit.say(msg("Alerts that could not be sent: {count}.", count=failed)))


def _tiles(fleet: FleetOverview, visit: PageVisit) -> Tiles:
    states = (
        Tile(
            label=visit.say(SHOP_STATE_WORDS[state]),
            value=f"{fleet.states.get(state, 0):,}",
            href=page_address(("shops",), {"state": state.value}),
            tone=STATE_TONES[state] if fleet.states.get(state) else "quiet",
        )
        for state in ShopState
    )
    return Tiles((Tile(label=visit.say(SHOPS), value=f"{fleet.shops:,}", href="/shops"), *states))


def _drift(fleet: FleetOverview, visit: PageVisit) -> Iterator[Element]:
    yield from drift_trend(fleet.trend, visit)
    yield from charts(
        (
            bar_chart(
                msg("Open findings by severity"),
                (msg("Severity"), FINDINGS),
                (
                    (visit.say(SEVERITY_NAMES[each]), count, SEVERITY_TONES[each])
                    for each, count in _severe(fleet.unsettled)
                ),
                visit.context,
            ),
            bar_chart(
                msg("Open findings by class"),
                (msg("Class"), FINDINGS),
                (
                    (visit.say(CLASS_WORDS[each]), count, "plain")
                    for each, count in sorted(fleet.classes.items(), key=lambda pair: (-pair[1], pair[0].value))
                ),
                visit.context,
            ),
        )
    )
    accepted = sum(fleet.accepted.values())
    if accepted:
        yield Sentences(texts=(visit.say(msg("Accepted differences: {count}.", count=accepted)),))


def _severe(counts: Mapping[FindingSeverity, int]) -> list[tuple[FindingSeverity, int]]:
    return sorted(counts.items(), reverse=True)


def _worst(fleet: FleetOverview, visit: PageVisit) -> Iterator[Element]:
    rows = tuple(row for row in fleet.page.rows if row.findings or row.unread)[:_SHOPS_SHOWN]
    fine = msg("No shop needs attention.")
    yield shops_grid(rows, msg("Shops to look at first"), visit, empty=fine if fleet.shops else NONE_COMPARED)


def _closures(closures: ClosureFigures, visit: PageVisit) -> Iterator[Element]:
    if not closures.count:
        yield Sentences(texts=(visit.say(msg("No shop was closed since {since}.", since=closures.since)),))
        return
    facts = [
        (msg("Closures"), plain_cell(closures.count)),
        (msg("Closed together"), said_cell(length_message(closures.seconds), visit)),
    ]
    if closures.mean is not None:
        facts.append((msg("Average"), said_cell(length_message(closures.mean), visit)))
    if closures.longest is not None:
        longest = GridCell(
            text=visit.say(length_message(closures.longest.seconds)),
            note=visit.say(msg("{shop}, {at}", shop=f"`{closures.longest.shop}`", at=closures.longest.at)),
        )
        facts.append((msg("Longest"), longest))
    yield Facts(tuple((visit.say(name), cell) for name, cell in facts))
    yield from closure_trend(closures, visit)
    yield closure_grid(closures.latest, msg("Latest closures"), visit)


def closure_grid(
    closures: tuple[Closure, ...], caption: Message, visit: PageVisit, *, of_one_shop: bool = False
) -> Grid:
    titles = (msg("Shop"), msg("Closed for"), msg("Open again"), msg("Run"))
    rows = (
        (
            shop_cell(each.shop),
            said_cell(length_message(each.seconds), visit),
            moment_cell(each.at, visit),
            run_cell(each.run),
        )
        for each in closures
    )
    shown = tuple(row[1:] for row in rows) if of_one_shop else tuple(rows)
    numbers = frozenset({0 if of_one_shop else 1})
    empty = msg("No closure is recorded.")
    return grid(caption, titles[1:] if of_one_shop else titles, shown, empty, visit, numbers=numbers)


def _looks(looks: tuple[LookLine, ...], visit: PageVisit) -> Grid:
    titles = (
        *(msg("Started"), msg("Result"), msg("Shops"), msg("Not read"), msg("Changes of findings"), msg("Requests")),
        msg("Took"),
    )
    rows = (_look(each, visit) for each in looks)
    empty = msg("No look is recorded.")
    return grid(msg("Last looks"), titles, rows, empty, visit, numbers=frozenset({2, 3, 4, 5, 6}))


def _look(look: LookLine, visit: PageVisit) -> tuple[GridCell, ...]:
    started = moment_cell(look.started, visit, age=True)
    if look.ended is None:
        return (started, said_cell(msg("not finished"), visit, "warn"), *[GridCell(text="")] * 5)
    result = said_cell(msg("whole fleet"), visit, "good") if look.complete else said_cell(msg("some shops"), visit)
    took = GridCell(text="") if look.seconds is None else said_cell(length_message(look.seconds), visit)
    unread = plain_cell(look.unread or None, tone="warn" if look.unread else "")
    counts = (plain_cell(look.shops), unread, plain_cell(look.events or None), plain_cell(look.requests or None))
    return (started, result, *counts, took)


def _processes(fleet: FleetOverview, visit: PageVisit) -> Facts:
    watcher = fleet.watcher
    if watcher.leader is None:
        watching = said_cell(msg("no process watches"), visit, "quiet")
    else:
        since = "" if watcher.since is None else visit.say(msg("since {at}", at=watcher.since))
        watching = plain_cell(watcher.leader, note=since)
    heals = ", ".join(
        f"{visit.say(word)}: {fleet.heals.heals[outcome]:,}"
        for outcome, word in HEAL_OUTCOME_WORDS.items()
        if outcome in fleet.heals.heals
    )
    facts = [
        (msg("Watcher"), watching),
        (msg("Proposed plans"), GridCell(text=f"{fleet.heals.proposals:,}", href="/healing")),
        (msg("Last look at the whole fleet"), moment_cell(fleet.last_complete_look, visit, age=True)),
        (msg("Oldest comparison"), moment_cell(fleet.oldest_comparison, visit, age=True)),
        (
            msg("Heals"),
            plain_cell(heals or visit.say(msg("none")), note=visit.say(msg("since {at}", at=fleet.heals.since))),
        ),
    ]
    for channel, waiting in sorted(fleet.alerts.items()):
        words = msg("waiting: {queued}, given up: {failed}", queued=waiting.queued, failed=waiting.failed)
        facts.append(
            (msg("Alerts to {channel}", channel=channel), said_cell(words, visit, "bad" if waiting.failed else ""))
        )
    return Facts(tuple((visit.say(name), cell) for name, cell in facts if cell.text))
