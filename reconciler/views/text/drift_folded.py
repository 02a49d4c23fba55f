"""The drift of a fleet as text: where payments do not work first, then each different drift once, then single shops.

In: a drift. Out: lines without an end. `--expand` shows each shop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.drift_groups import DriftGroup, group_drift
from reconciler.core.drift.label import DriftLabel
from reconciler.core.values import ShopKey
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import display_width
from reconciler.views.common.fleet.drift_rows import DRIFT_ROOM, DriftRow, drift_row
from reconciler.views.common.phrases import problem_words
from reconciler.views.common.shop_lists import listed_shops, shop_count
from reconciler.views.text.diagnostic_groups import grouped_diagnostic_lines
from reconciler.views.text.fleet_rows import FleetRow, FleetSection, Wording, section_lines
from reconciler.views.text.layout import paragraph

_NAMED: Final = 10


def drift_sign(label: DriftLabel, *, settled: bool) -> tuple[str, Style]:
    if settled:
        return "=", Style.QUIET
    return ("!", Style.ERROR) if label is DriftLabel.CONFLICT else ("≠", Style.CHANGE)


def folded_drift_lines(drift: Drift, context: RenderContext) -> Iterator[str]:
    """Followed by an empty line."""
    found = [*drift.findings, *(finding for shop in drift.shops_with_entries for finding in shop.findings)]
    critical = [each for each in found if each.severity is Severity.CRITICAL]
    yield from _problems(drift, context)
    yield from _block(grouped_diagnostic_lines(critical, context))
    groups = group_drift(drift.shops_with_entries, DRIFT_ROOM)
    single = sorted((group for group in groups if len(group.members) == 1), key=lambda group: group.shops)
    shared = [group for group in groups if len(group.members) > 1]
    sections = ((msg("Differences"), shared), (msg("Differences in single shops"), single))
    yield from section_lines([_section(title, groups, context) for title, groups in sections], context)
    rest = (each for each in found if each.severity is not Severity.CRITICAL)
    yield from _block(grouped_diagnostic_lines(rest, context))
    yield from paragraph(context.translate(_HELP), context, style=Style.QUIET)
    yield ""


_HELP: Final = msg("`reconciler plan` shows what an apply would change.")


def _problems(drift: Drift, context: RenderContext) -> Iterator[str]:
    shops: dict[str, list[ShopKey]] = defaultdict(list)
    for shop in drift.shops_with_entries:
        if shop.problems:
            shops[problem_words(shop, context)].append(shop.shop)
    for problems, names in sorted(shops.items(), key=lambda item: -len(item[1])):
        text = msg(
            "payments do not work in {count}: {problems} ({shops})",
            count=shop_count(len(names), context),
            problems=problems,
            shops=listed_shops(sorted(names), context, _NAMED),
        )
        yield from paragraph(f"‼ {context.translate(text)}", context, style=Style.ERROR)
    if shops:
        yield ""


def _block(lines: Iterator[str]) -> Iterator[str]:
    shown = list(lines)
    yield from [*shown, ""] if shown else []


def _section(title: Message, groups: Sequence[DriftGroup], context: RenderContext) -> FleetSection:
    rows = [drift_row(group, context) for group in groups]
    width = max((display_width(row.shops) for row in rows), default=0)
    return FleetSection(context.translate(title), [_row(row, width, context) for row in rows])


def _row(row: DriftRow, width: int, context: RenderContext) -> FleetRow:
    def wording(name: str, values: str, place: str) -> Wording:
        return Wording(text=_text(row, width, context, (name, values, place)), placed=bool(place))

    least = "" if row.own_place else row.place
    return FleetRow(
        full=(
            wording(row.name, row.values, row.place),
            wording("", row.values, row.place),
            wording("", row.values, least),
        ),
        short=(wording("", row.values, ""), wording("", row.observed, "")),
        whole=(row.key, row.place),
        origin=row.origin,
    )


def _text(row: DriftRow, width: int, context: RenderContext, parts: tuple[str, str, str]) -> str:
    name, values, place = parts
    sign, style = drift_sign(row.label, settled=row.settled)
    fill = " " * (width - display_width(row.shops))
    called = (f"`{row.key}`", f"({name})" if name else "") if row.key else (row.name,)
    words = (
        f"{context.paint(sign, style)} {fill}{context.paint(row.shops, Style.HEADING)}:",
        *called,
        values,
        context.paint(f"({place})", Style.QUIET) if place else "",
        *(context.paint(f"({each})", Style.DERIVED) for each in (row.note, row.changed) if each),
    )
    return " ".join(filter(None, words))
