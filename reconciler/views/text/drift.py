"""Drift as text: one block per shop, one line per field with the desired and the observed value, and what to do.

In: a drift. Out: text. Shops in sync are only counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.label import DriftLabel
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.display_width import display_width, escape_unprintable
from reconciler.views.common.drift_summary import drift_summary
from reconciler.views.common.field_names import bare_field_name
from reconciler.views.common.fleet.drift_rows import folds_drift
from reconciler.views.common.notifications import notification_rest, notification_rows
from reconciler.views.common.phrases import changed_note, drift_note, drift_values, problem_words
from reconciler.views.common.unmanaged import NO_MANIFEST, unmanaged_rows
from reconciler.views.text.diagnostics import diagnostic_lines
from reconciler.views.text.drift_folded import drift_sign, folded_drift_lines
from reconciler.views.text.layout import HANG, WIDEST, Cell, columns, heading, named, paragraph

_INDENT: Final = "  "
_BELOW: Final = f"{_INDENT}{HANG}"


def render_drift(drift: Drift, context: RenderContext) -> str:
    return join_lines(_lines(drift, context))


def _lines(drift: Drift, context: RenderContext) -> Iterator[str]:
    if folds_drift(drift, context):
        yield from folded_drift_lines(drift, context)
    else:
        left_closed = {found.shop for found in drift.findings if found.code is codes.LEFT_CLOSED}
        for shop in drift.shops_with_entries:
            yield from _shop(shop, context, left_closed=shop.shop in left_closed)
            yield ""
    yield from _heard(drift, context)
    yield from _unmanaged(drift, context)
    yield from paragraph(drift_summary(drift, context), context, style=Style.HEADING)


def _unmanaged(drift: Drift, context: RenderContext) -> Iterator[str]:
    rows = unmanaged_rows(drift, context)
    if not rows:
        return
    yield context.paint(context.translate(NO_MANIFEST), Style.HEADING)
    yield from columns(((Cell(shop), Cell(text, Style.QUIET)) for shop, text in rows), context, _INDENT)
    yield ""


def _heard(drift: Drift, context: RenderContext) -> Iterator[str]:
    rows = notification_rows(drift, context)
    if not rows:
        return
    yield context.paint(context.translate(msg("Last notification")), Style.HEADING)
    yield from columns(((Cell(shop), Cell(text)) for shop, text in rows), context, _INDENT)
    rest = notification_rest(drift)
    if rest is not None:
        yield from paragraph(context.translate(rest), context, _INDENT)
    yield ""


def _shop(shop: ShopDrift, context: RenderContext, *, left_closed: bool) -> Iterator[str]:
    yield from heading(shop.shop, escape_unprintable(shop.origin.file), context)
    if shop.problems:
        problems = problem_words(shop, context)
        text = context.translate(msg("payments do not work: {problems}", problems=problems))
        yield from paragraph(f"‼ {text}", context, _INDENT, style=Style.ERROR)
    for finding in filter(_critical, shop.findings):
        yield from diagnostic_lines(finding, context, _INDENT)
    rows = columns((_row(entry, context) for entry in shop.entries), context, _INDENT)
    for entry, row in zip(shop.entries, rows, strict=True):
        yield row
        if _long(entry, context):
            for value in filter(None, _values(entry, context)):
                yield from paragraph(value, context, _BELOW, whole=(value,))
        if entry.changed is not None:
            yield from paragraph(changed_note(entry, context), context, _BELOW, style=Style.QUIET)
    if shop.drifted:
        below = msg("help: {text}", text=_help(shop, left_closed=left_closed))
        yield from paragraph(context.translate(below), context, _INDENT, whole=named(below))
    for finding in shop.findings:
        if not _critical(finding):
            yield from diagnostic_lines(finding, context, _INDENT)


def _critical(finding: Diagnostic) -> bool:
    return finding.severity is Severity.CRITICAL


def _help(shop: ShopDrift, *, left_closed: bool) -> Message:
    if left_closed:
        return msg(
            "Reopen the shop with `reconciler resume`; then run `reconciler drift {shop}` again for what still differs",
            shop=shop.shop,
        )
    if any(entry.label is DriftLabel.CONFLICT for entry in shop.entries if not entry.settled):
        return msg(
            "To keep Git's values, run `reconciler apply {shop} --take git:{shop}`; to keep the backend's values, "
            "run `reconciler adopt {shop}`",
            shop=shop.shop,
        )
    if all(entry.label is DriftLabel.PENDING for entry in shop.entries if not entry.settled):
        return msg(
            "Review `reconciler plan {shop}`, then run `reconciler apply {shop}`",
            shop=shop.shop,
        )
    return msg(
        "To restore Git's values, review `reconciler plan {shop}` and apply it; to keep the backend's values, "
        "run `reconciler adopt {shop}`",
        shop=shop.shop,
    )


def _row(entry: DriftEntry, context: RenderContext) -> tuple[Cell, ...]:
    desired, observed = ("", "") if _long(entry, context) else _values(entry, context)
    return (
        Cell(*drift_sign(entry.label, settled=entry.settled)),
        Cell(escape_unprintable(entry.ref.manifest_path or "↳"), None if entry.ref.manifest_path else Style.DERIVED),
        Cell(bare_field_name(entry.ref, context)),
        Cell(desired),
        Cell(observed),
        Cell(escape_unprintable(str(entry.origin)), Style.QUIET),
        Cell(drift_note(entry, context), Style.DERIVED),
    )


def _values(entry: DriftEntry, context: RenderContext) -> tuple[str, str]:
    """A converged value is shown once."""
    desired, observed = drift_values(entry, context)
    text = "" if entry.informational else context.translate(msg("desired {value}", value=desired))
    return text, context.translate(msg("observed {value}", value=observed))


def _long(entry: DriftEntry, context: RenderContext) -> bool:
    return any(display_width(value) > WIDEST for value in _values(entry, context))
