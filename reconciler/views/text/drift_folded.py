"""The drift of a fleet as text: where payments do not work first, then each different drift once, then single shops.

In: a drift. Out: lines without an end. `--expand` shows each shop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, DriftLabel
from reconciler.core.drift.drift_groups import DriftGroup, group_drift
from reconciler.core.values import ShopKey
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext
from reconciler.views.common.fleet.drift_rows import DRIFT_ROOM, DriftRow, drift_row
from reconciler.views.common.phrases import problem_words
from reconciler.views.common.shop_lists import listed_shops, shop_count
from reconciler.views.text.diagnostic_groups import grouped_diagnostic_lines
from reconciler.views.text.layout import paragraph

_INDENT: Final = "  "
_NAMED: Final = 10
_SIGNS: Final = {DriftLabel.CONFLICT: ("!", Style.ERROR), DriftLabel.CONVERGED: ("=", Style.QUIET)}


def folded_drift_lines(drift: Drift, context: RenderContext) -> Iterator[str]:
    """Followed by an empty line."""
    found = [*drift.findings, *(finding for shop in drift.shops_with_entries for finding in shop.findings)]
    critical = [each for each in found if each.severity is Severity.CRITICAL]
    yield from _problems(drift, context)
    yield from _block(grouped_diagnostic_lines(critical, context))
    groups = group_drift(drift.shops_with_entries, DRIFT_ROOM)
    single = sorted((group for group in groups if len(group.members) == 1), key=lambda group: group.shops)
    shared = [group for group in groups if len(group.members) > 1]
    yield from _rows(context.translate(msg("Differences")), shared, context)
    yield from _rows(context.translate(msg("Differences in single shops")), single, context)
    rest = (each for each in found if each.severity is not Severity.CRITICAL)
    yield from _block(grouped_diagnostic_lines(rest, context))
    yield from paragraph(context.translate(_HELP), context, style=Style.QUIET)
    yield ""


_HELP: Final = msg("Add `--expand` to show each shop. `reconciler plan` shows what an apply would change.")


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


def _rows(title: str, groups: Sequence[DriftGroup], context: RenderContext) -> Iterator[str]:
    if not groups:
        return
    yield context.paint(title, Style.HEADING)
    for group in groups:
        row = drift_row(group, context)
        yield from paragraph(_text(row, context), context, _INDENT, whole=(row.key, row.place))
    yield ""


def _text(row: DriftRow, context: RenderContext) -> str:
    sign, style = _SIGNS.get(row.label, ("≠", Style.CHANGE))
    field = f"`{row.key}` ({row.name})" if row.key else row.name
    notes = (context.paint(f"({each})", Style.DERIVED) for each in (row.note, row.changed) if each)
    parts = (
        f"{context.paint(sign, style)} {context.paint(row.shops, Style.HEADING)}:",
        field,
        row.values,
        context.paint(f"({row.place})", Style.QUIET),
        *notes,
    )
    return " ".join(parts)
