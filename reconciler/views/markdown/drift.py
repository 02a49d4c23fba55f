"""Drift as Markdown: the summary and one table of all differences from Git.

In: a drift. Out: a page for a pull request or an issue.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.drift_groups import DriftGroup, group_drift
from reconciler.views.common.context import RenderContext
from reconciler.views.common.drift_summary import drift_summary
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.fleet.drift_rows import DRIFT_ROOM, drift_row, folds_drift
from reconciler.views.common.notifications import notification_rest, notification_rows
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.common.phrases import changed_note, drift_note, drift_values, join_list, problem_words
from reconciler.views.common.unmanaged import NO_MANIFEST, unmanaged_rows
from reconciler.views.markdown.document import Block, MarkdownPage, Part, Piece, paragraph_piece, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import each_diagnostic, grouped_diagnostics, row, table


def drift_markdown(drift: Drift, context: RenderContext) -> str:
    head = (f"### {escaped(drift_summary(drift, context))}",)
    return write_document(MarkdownPage(head=head, sections=tuple(_sections(drift, context))), context)


def _sections(drift: Drift, context: RenderContext) -> Iterator[Part]:
    yield from _critical(drift, context)
    yield from drift_table(drift, context)
    yield from _heard(drift, context)
    yield from _unmanaged(drift, context)


def drift_table(drift: Drift, context: RenderContext) -> Iterator[Block]:
    """Diagnostics and differences; of many shops, each different one once."""
    yield from _folded(drift, context) if folds_drift(drift, context) else _each_entry(drift, context)


def _folded(drift: Drift, context: RenderContext) -> Iterator[Block]:
    yield from grouped_diagnostics(drift.all_findings, context)
    groups = group_drift(drift.shops_with_entries, DRIFT_ROOM)
    if groups:
        titles = (msg("Shops"), msg("Field"), msg("Name"), msg("Values"), msg("Place"), msg("Note"))
        header = [escaped(context.translate(title)) for title in titles]
        yield table(header, (_folded_row(group, context) for group in groups))


def _folded_row(group: DriftGroup, context: RenderContext) -> Piece:
    each = drift_row(group, context)
    notes = join_list([note for note in (each.note, each.changed) if note], context)
    key = code_span(each.key) if each.key else ""
    cells = (escaped(each.shops), key, escaped(each.name), code_span(each.values), escaped(each.place), escaped(notes))
    return row(cells, Counted.DIFFERENCES, len(group.members))


def _each_entry(drift: Drift, context: RenderContext) -> Iterator[Block]:
    yield from each_diagnostic(drift.all_findings, context)
    if any(shop.entries for shop in drift.shops):
        titles = (msg("Shop"), msg("Field"), msg("Name"), msg("Desired"), msg("Observed"), msg("Place"), msg("Note"))
        rows = (_row(shop, entry, context) for shop in drift.shops for entry in shop.entries)
        yield table([escaped(context.translate(title)) for title in titles], rows)


def _unmanaged(drift: Drift, context: RenderContext) -> Iterator[Block]:
    rows = [row((escaped(shop), escaped(text)), Counted.SHOPS) for shop, text in unmanaged_rows(drift, context)]
    if rows:
        yield table([escaped(context.translate(title)) for title in (NO_MANIFEST, msg("Last applied"))], rows)


def _critical(drift: Drift, context: RenderContext) -> Iterator[Block]:
    broken = (shop for shop in drift.shops if shop.problems)
    rows = [row((escaped(shop.shop), escaped(problem_words(shop, context))), Counted.SHOPS) for shop in broken]
    if rows:
        titles = (msg("Shop"), msg("Payments do not work"))
        yield table([escaped(context.translate(title)) for title in titles], rows)


def _heard(drift: Drift, context: RenderContext) -> Iterator[Part]:
    rows = [row((escaped(shop), escaped(text)), Counted.SHOPS) for shop, text in notification_rows(drift, context)]
    if not rows:
        return
    yield table([escaped(context.translate(title)) for title in (msg("Shop"), msg("Last notification"))], rows)
    rest = notification_rest(drift)
    if rest is not None:
        yield paragraph_piece(context.translate(rest))


def _row(shop: ShopDrift, entry: DriftEntry, context: RenderContext) -> Piece:
    notes = [note for note in (drift_note(entry, context), changed_note(entry, context)) if note]
    cells = (
        escaped(shop.shop),
        code_span(entry.ref.manifest_path or str(entry.ref)),
        escaped(full_field_name(entry.ref, context)),
        *(code_span(value) for value in drift_values(entry, context)),
        code_span(str(entry.origin)),
        escaped(join_list(notes, context)),
    )
    return row(cells, Counted.DIFFERENCES)
