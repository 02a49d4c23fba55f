"""A group of equal changes in words, for every format for people.

In: a group and a context. Out: a row of strings without markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.planning.change import ChangeAction
from reconciler.core.planning.change_groups import ChangeGroup
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import clipped, escape_unprintable
from reconciler.views.common.field_names import bare_field_name
from reconciler.views.common.phrases import SIGNS, change_reason, join_list, shown_values
from reconciler.views.common.shop_lists import shop_count

FEW_SHOPS: Final = 10
"""So many shops are shown one by one."""
ROOM: Final = 40
"""Rows that the changes of a fleet take at most, while there are fewer fields than that."""
_WIDEST_VALUES: Final = 56


@frozen
class ChangeRow:
    """`key` is the manifest's, empty for what follows another change, which may be several `fields`. `after` is the new value
    alone. `origin` is the one place that declares it in a file that shops share. `own_place`: it is in the one shop's manifest.
    `changes` are how many it stands for.
    """

    shops: str
    sign: str
    key: str
    name: str
    values: str
    after: str
    place: str
    origin: Origin | None
    own_place: bool
    note: str
    action: ChangeAction
    derived: bool
    changes: int
    fields: int = 1


def shops_to_show(plan: Plan) -> tuple[ShopPlan, ...]:
    return tuple(shop for shop in plan.shops if shop.changes or shop.findings)


def folds(plan: Plan, context: RenderContext) -> bool:
    """Whether equal changes are put together."""
    return not context.expand and len(shops_to_show(plan)) > FEW_SHOPS


def change_rows(groups: Iterable[ChangeGroup], context: RenderContext) -> list[ChangeRow]:
    """What follows the same change in the same shops, with the same values, is one row."""
    rows: list[ChangeRow] = []
    before: ChangeGroup | None = None
    for group in groups:
        row = _row(group, context)
        if before is not None and row.derived and _joins(before, group):
            joined = rows.pop()
            row = replace(
                row,
                name=join_list([joined.name, row.name], context),
                fields=joined.fields + 1,
                changes=joined.changes + row.changes,
            )
        rows.append(row)
        before = group
    return rows


def _joins(one: ChangeGroup, other: ChangeGroup) -> bool:
    left, right = one.change, other.change
    return (
        left.derived
        and (left.caused_by, left.before, left.after) == (right.caused_by, right.before, right.after)
        and one.shops == other.shops
        and not (one.varied or other.varied)
    )


def _row(group: ChangeGroup, context: RenderContext) -> ChangeRow:
    change = group.change
    return ChangeRow(
        shops=_shops(group, context),
        sign="↳" if change.derived else SIGNS[change.action],
        key="" if change.derived else escape_unprintable(change.ref.manifest_path or str(change.ref)),
        name=bare_field_name(change.ref, context),
        values=_values(group, context),
        after=_after(group, context),
        origin=None if change.derived or _own(group) else group.origin,
        place=_place(group, context),
        own_place=len(group.members) == 1 and _own(group),
        note=change_reason(change, context),
        action=change.action,
        derived=change.derived,
        changes=len(group.members),
    )


def _shops(group: ChangeGroup, context: RenderContext) -> str:
    """A single shop by name."""
    return group.shops[0] if len(group.members) == 1 else shop_count(len(group.members), context)


def _values(group: ChangeGroup, context: RenderContext) -> str:
    if group.varied:
        return context.translate(msg("values differ by shop"))
    return clipped(shown_values(group.change, context), _WIDEST_VALUES)


def _after(group: ChangeGroup, context: RenderContext) -> str:
    if group.varied:
        return context.translate(msg("values differ by shop"))
    return f"→ {clipped(context.value_pair(group.change.before, group.change.after)[1], _WIDEST_VALUES)}"


def _place(group: ChangeGroup, context: RenderContext) -> str:
    if group.change.derived:
        return ""
    if group.origin is None:
        return context.translate(msg("in each shop's manifest") if _own(group) else msg("in several files"))
    return escape_unprintable(str(group.origin))


def _own(group: ChangeGroup) -> bool:
    return all(member.own for member in group.members)
