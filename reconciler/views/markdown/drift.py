"""Drift as Markdown: the summary and one table of all differences from Git.

In: a drift. Out: text for a pull request or an issue.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.drift_groups import group_drift
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.drift_summary import drift_summary
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.drift_rows import DRIFT_ROOM, DriftRow, drift_row, folds_drift
from reconciler.views.common.notifications import notification_rest, notification_rows
from reconciler.views.common.phrases import changed_note, drift_note, drift_values, join_list, problem_words
from reconciler.views.common.unmanaged import NO_MANIFEST, unmanaged_rows
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import diagnostic_items, grouped_diagnostic_items, table


def drift_markdown(drift: Drift, context: RenderContext) -> str:
    return join_lines(_lines(drift, context))


def _lines(drift: Drift, context: RenderContext) -> Iterator[str]:
    yield f"### {escaped(drift_summary(drift, context))}"
    yield ""
    yield from _critical(drift, context)
    if folds_drift(drift, context):
        yield from _folded(drift, context)
    else:
        yield from _each_entry(drift, context)
    yield from _heard(drift, context)
    yield from _unmanaged(drift, context)


def _folded(drift: Drift, context: RenderContext) -> Iterator[str]:
    """Each different drift once."""
    yield from grouped_diagnostic_items(drift.all_findings, context)
    groups = group_drift(drift.shops_with_entries, DRIFT_ROOM)
    if groups:
        yield ""
        titles = (msg("Shops"), msg("Field"), msg("Name"), msg("Values"), msg("Place"), msg("Note"))
        rows = (_folded_row(drift_row(group, context), context) for group in groups)
        yield from table([escaped(context.translate(title)) for title in titles], rows)


def _folded_row(row: DriftRow, context: RenderContext) -> tuple[str, ...]:
    notes = join_list([note for note in (row.note, row.changed) if note], context)
    key = code_span(row.key) if row.key else ""
    return (escaped(row.shops), key, escaped(row.name), code_span(row.values), escaped(row.place), escaped(notes))


def _each_entry(drift: Drift, context: RenderContext) -> Iterator[str]:
    yield from diagnostic_items(drift.all_findings, context)
    if any(shop.entries for shop in drift.shops):
        yield ""
        titles = (msg("Shop"), msg("Field"), msg("Name"), msg("Desired"), msg("Observed"), msg("Place"), msg("Note"))
        rows = (_row(shop, entry, context) for shop in drift.shops for entry in shop.entries)
        yield from table([escaped(context.translate(title)) for title in titles], rows)


def _unmanaged(drift: Drift, context: RenderContext) -> Iterator[str]:
    rows = [(escaped(shop), escaped(text)) for shop, text in unmanaged_rows(drift, context)]
    if rows:
        yield ""
        yield from table([escaped(context.translate(title)) for title in (NO_MANIFEST, msg("Last applied"))], rows)


def _critical(drift: Drift, context: RenderContext) -> Iterator[str]:
    rows = [(escaped(shop.shop), escaped(problem_words(shop, context))) for shop in drift.shops if shop.problems]
    if rows:
        yield from table(
            [escaped(context.translate(title)) for title in (msg("Shop"), msg("Payments do not work"))], rows
        )
        yield ""


def _heard(drift: Drift, context: RenderContext) -> Iterator[str]:
    rows = [(escaped(shop), escaped(text)) for shop, text in notification_rows(drift, context)]
    if not rows:
        return
    yield ""
    yield from table([escaped(context.translate(title)) for title in (msg("Shop"), msg("Last notification"))], rows)
    rest = notification_rest(drift)
    if rest is not None:
        yield ""
        yield escaped(context.translate(rest))


def _row(shop: ShopDrift, entry: DriftEntry, context: RenderContext) -> tuple[str, ...]:
    notes = [note for note in (drift_note(entry, context), changed_note(entry, context)) if note]
    return (
        escaped(shop.shop),
        code_span(entry.ref.manifest_path or str(entry.ref)),
        escaped(full_field_name(entry.ref, context)),
        *(code_span(value) for value in drift_values(entry, context)),
        code_span(str(entry.origin)),
        escaped(join_list(notes, context)),
    )
