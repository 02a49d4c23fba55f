"""A plan as text: its fingerprint, a block per shop with a line per change, the summary at the end.

In: a plan. Out: text. Shops without changes and diagnostics are only counted. The plan of a fleet is `plan_folded`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import ABSENT
from reconciler.views.common.ansi import Style
from reconciler.views.common.closures import closure_lines
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import display_width, escape_unprintable
from reconciler.views.common.field_names import bare_field_name, kind_name
from reconciler.views.common.fleet.change_rows import folds, shops_to_show
from reconciler.views.common.phrases import SIGNS, change_reason, changes_in_order, shown_values, step_sequence
from reconciler.views.common.summaries import anything_compared, fingerprint_line, plan_summary
from reconciler.views.text.change_styles import CHANGE_STYLES
from reconciler.views.text.diagnostics import diagnostic_lines, shop_diagnostic_lines
from reconciler.views.text.layout import HANG, WIDEST, Cell, columns, heading, paragraph
from reconciler.views.text.plan_folded import folded_plan_lines

_INDENT: Final = "  "
_BELOW: Final = f"{_INDENT}{HANG}"


def render_plan(plan: Plan, context: RenderContext) -> str:
    return join_lines(_lines(plan, context))


def render_plan_summary(plan: Plan, context: RenderContext) -> str:
    """What is approved: the fingerprint and the counts, for a reader who saw the whole plan before."""
    fingerprint = paragraph(fingerprint_line(plan.fingerprint, context), context, style=Style.QUIET)
    return join_lines([*fingerprint, *paragraph(plan_summary(plan, context), context, style=Style.HEADING)])


def render_leaves(plan: Plan, context: RenderContext) -> str:
    """One line per shop, as `apply --expect-leaves` reads them; of a large plan only where to read them."""
    if not plan.leaves:
        return ""
    title = msg("Leaves, for `apply --expect-leaves FILE`:")
    if folds(plan, context):
        title = msg("`--expand` shows the leaf of each shop, for `apply --expect-leaves FILE`")
        return join_lines(["", *paragraph(context.translate(title), context)])
    lines = (f"{_INDENT}{leaf.shop} {leaf.digest}" for leaf in plan.leaves)
    return join_lines(["", *paragraph(context.translate(title), context), *lines])


def _lines(plan: Plan, context: RenderContext) -> Iterator[str]:
    shown = shops_to_show(plan)
    if anything_compared(plan):
        yield from paragraph(fingerprint_line(plan.fingerprint, context), context, style=Style.QUIET)
        if shown or plan.findings:
            yield ""
    yield from folded_plan_lines(plan, context) if folds(plan, context) else _each_shop(plan, context)
    if plan.shops or plan.unchanged_shops:
        yield from paragraph(plan_summary(plan, context), context, style=Style.HEADING)


def _each_shop(plan: Plan, context: RenderContext) -> Iterator[str]:
    for shop in shops_to_show(plan):
        yield from _shop(shop, context)
        yield ""
    closures = [line for text in closure_lines(plan, context) for line in paragraph(text, context)]
    yield from [*closures, ""] if closures else []
    for finding in plan.findings:
        yield from diagnostic_lines(finding, context)


def _shop(shop: ShopPlan, context: RenderContext) -> Iterator[str]:
    yield from heading(shop.shop, escape_unprintable(shop.origin.file), context)
    yield from _changes(shop, context)
    if len(shop.steps) > 1:
        screens = {kind_name(step.kind, context) for step in shop.steps if step.kind}
        yield from paragraph(step_sequence(shop, context), context, _INDENT, style=Style.QUIET, whole=screens)
    yield from shop_diagnostic_lines(shop.findings, context, _INDENT)


def _changes(shop: ShopPlan, context: RenderContext) -> Iterator[str]:
    """The short ones are in columns; a long value follows its line."""
    ordered = tuple(changes_in_order(shop))
    lines = columns((_row(change, context) for change in ordered), context, _INDENT)
    for change, line in zip(ordered, lines, strict=True):
        yield line
        if _long(change, context):
            before, after = context.value_pair(change.before, change.after)
            if change.before is not ABSENT:
                yield from paragraph(f"- {before}", context, _BELOW, style=Style.REMOVE, whole=(f"- {before}",))
            yield from paragraph(f"+ {after}", context, _BELOW, style=Style.ADD, whole=(f"+ {after}",))


def _row(change: Change, context: RenderContext) -> tuple[Cell, ...]:
    note = change_reason(change, context)
    values = "" if _long(change, context) else shown_values(change, context)
    place = Cell(escape_unprintable(str(change.origin)), Style.QUIET)
    label = bare_field_name(change.ref, context)
    if change.derived:
        return (Cell("↳", Style.DERIVED), Cell(""), Cell(label), Cell(values), Cell(note, Style.DERIVED))
    sign = Cell(SIGNS[change.action], CHANGE_STYLES[change.action])
    where = Cell(escape_unprintable(change.ref.manifest_path or str(change.ref)))
    return (sign, where, Cell(label), Cell(values), place, Cell(note, Style.DERIVED))


def _long(change: Change, context: RenderContext) -> bool:
    return display_width(shown_values(change, context)) > WIDEST
