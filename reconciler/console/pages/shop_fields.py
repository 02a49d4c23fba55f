"""The fields of a shop: desired, live and last applied side by side; who changed each, and when."""

from __future__ import annotations

from reconciler.console.elements import Grid, GridCell
from reconciler.console.parts.cells import field_value_cell, run_page_address
from reconciler.console.parts.grids import grid
from reconciler.console.visit import PageVisit
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.overview.shop_overview import FieldLine
from reconciler.views.tables.history import short_run

_TITLES = (
    *(msg("Field"), msg("State"), msg("Desired (Git)"), msg("Live (backend)"), msg("Last applied"), msg("Declared")),
    *(msg("Changed at the backend"), msg("Applied")),
)


def fields_grid(fields: tuple[FieldLine, ...], visit: PageVisit) -> Grid:
    """Those that differ first."""
    ordered = sorted(fields, key=lambda each: not each.differs)
    rows = (_row(each, visit) for each in ordered)
    return grid(msg("Fields"), _TITLES, rows, msg("Nothing is known of its fields."), visit)


def _row(field: FieldLine, visit: PageVisit) -> tuple[GridCell, ...]:
    state = visit.say(field.state.title)
    return (
        GridCell(text=visit.say(field.name), note=f"`{field.field}`"),
        GridCell(text=state, tone="bad" if field.differs else "quiet"),
        field_value_cell(field.desired, visit),
        field_value_cell(field.live, visit),
        field_value_cell(field.applied, visit),
        _declared(field, visit),
        _by(field.changed_by, field.changed, visit),
        _applied(field, visit),
    )


def _declared(field: FieldLine, visit: PageVisit) -> GridCell:
    """The line of the file, and who wrote it."""
    if field.file is None:
        return GridCell(text="")
    place = field.file if field.line is None else f"{field.file}:{field.line}"
    by = ", ".join(
        part for part in (field.author, field.commit and f"`{field.commit[:10]}`", visit.time(field.committed)) if part
    )
    return GridCell(text=place, code=True, note=by)


def _by(actor: Message | None, at: str | None, visit: PageVisit) -> GridCell:
    if actor is None and at is None:
        return GridCell(text="")
    return GridCell(text=_said(actor, visit), note=visit.time(at))


def _said(actor: Message | None, visit: PageVisit) -> str:
    return "" if actor is None else visit.say(actor)


def _applied(field: FieldLine, visit: PageVisit) -> GridCell:
    if field.run is None:
        return _by(field.applied_by, field.applied_at, visit)
    by = ", ".join(part for part in (_said(field.applied_by, visit), visit.time(field.applied_at)) if part)
    return GridCell(text=short_run(field.run), href=run_page_address(field.run), code=True, note=by)
