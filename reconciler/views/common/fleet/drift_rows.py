"""A group of equal differences in words, for every format for people.

In: a group and a context. Out: a row of strings without markup.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift
from reconciler.core.drift.drift_groups import DriftGroup
from reconciler.core.drift.label import DriftLabel
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import clipped, escape_unprintable
from reconciler.views.common.field_names import bare_field_name
from reconciler.views.common.phrases import changed_note, drift_note, drift_values
from reconciler.views.common.shop_lists import shop_count

FEW_DRIFTED: Final = 10
"""So many shops are shown one by one."""
DRIFT_ROOM: Final = 40
_WIDEST: Final = 56


@frozen
class DriftRow:
    """`key` is the manifest's, empty for a field that follows another. `observed` is that value alone. `origin` is the one place
    that declares the other in a file that shops share. `own_place`: it is in the one shop's manifest. `changed`: who changed it
    last, for a single shop.
    """

    label: DriftLabel
    settled: bool
    shops: str
    key: str
    name: str
    values: str
    observed: str
    place: str
    origin: Origin | None
    own_place: bool
    note: str
    changed: str


def folds_drift(drift: Drift, context: RenderContext) -> bool:
    return not context.expand and len(drift.shops_with_entries) > FEW_DRIFTED


def drift_row(group: DriftGroup, context: RenderContext) -> DriftRow:
    entry, alone = group.entry, len(group.members) == 1
    own = all(member.own for member in group.members)
    return DriftRow(
        label=entry.label,
        settled=entry.settled,
        shops=group.shops[0] if alone else shop_count(len(group.members), context),
        key=escape_unprintable(entry.ref.manifest_path or ""),
        name=bare_field_name(entry.ref, context),
        values=_values(group, context),
        observed=_observed(group, context),
        place=_place(group, context, own=own),
        origin=None if own or group.varied else entry.origin,
        own_place=own and alone,
        note="" if group.varied else drift_note(entry, context),
        changed=changed_note(entry, context) if alone else "",
    )


def _values(group: DriftGroup, context: RenderContext) -> str:
    if group.varied:
        return context.translate(msg("values differ by shop"))
    desired, observed = drift_values(group.entry, context)
    if group.entry.informational:
        return _observed(group, context)
    return context.translate(
        msg(
            "desired {desired}, observed {observed}",
            desired=clipped(desired, _WIDEST),
            observed=clipped(observed, _WIDEST),
        )
    )


def _observed(group: DriftGroup, context: RenderContext) -> str:
    if group.varied:
        return context.translate(msg("values differ by shop"))
    _, observed = context.value_pair(group.entry.desired, group.entry.observed)
    return clipped(context.translate(msg("observed {value}", value=observed)), _WIDEST)


def _place(group: DriftGroup, context: RenderContext, *, own: bool) -> str:
    if own and len(group.members) > 1:
        return context.translate(msg("in each shop's manifest"))
    return context.translate(msg("in several files")) if group.varied else escape_unprintable(str(group.entry.origin))
