"""The fields of one shop: desired, live and last applied side by side. Cells are those of `why`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import Message
from reconciler.core.model.kinds import kind_named
from reconciler.core.overview.shop_overview import FieldLine
from reconciler.core.results.table_result import Cell, NamedCell
from reconciler.workflows.findings.field_facts import FieldState
from reconciler.workflows.findings.why import FIELD_COLUMNS, field_row
from reconciler.workflows.findings.words import FIELD_STATE_WORDS

if TYPE_CHECKING:
    from reconciler.workflows.findings.field_facts import FieldFacts, ShopFacts

_DIFFERING: Final = frozenset(
    {
        FieldState.DRIFTED,
        FieldState.PENDING,
        FieldState.CONFLICT,
        FieldState.DIFFERS,
        FieldState.NOT_FOLLOWING,
    }
)
_KEYS: Final = tuple(key for key, _ in FIELD_COLUMNS)


def field_lines(facts: ShopFacts) -> tuple[FieldLine, ...]:
    """In the order of the facts."""
    return tuple(_line(facts, each) for each in facts.fields)


def _line(shop: ShopFacts, facts: FieldFacts) -> FieldLine:
    cells = dict(zip(_KEYS, field_row(shop.declared, facts), strict=True))
    layer, line = cells["layer"], cells["line"]
    return FieldLine(
        field=str(cells["field"]),
        name=facts.ref.short_name,
        screen=kind_named(facts.ref.kind).short_name,
        state=NamedCell(facts.state.value, FIELD_STATE_WORDS[facts.state]),
        differs=facts.state in _DIFFERING,
        desired=cells["desired"],
        live=cells["observed"],
        applied=cells["applied_value"],
        file=_key(cells["file"]),
        line=line if isinstance(line, int) else None,
        layer=layer if isinstance(layer, NamedCell) else None,
        author=_key(cells["author"]),
        commit=_key(cells["commit"]),
        committed=_key(cells["committed"]),
        changed_by=_title(cells["changed_by"]),
        changed=_key(cells["changed"]),
        applied_at=_key(cells["applied"]),
        applied_by=_title(cells["applied_by"]),
        run=_key(cells["run"]),
        finding=_key(cells["finding_id"]),
    )


def _title(cell: Cell) -> Message | None:
    """For people, in the language of the page."""
    return cell.title if isinstance(cell, NamedCell) else None


def _key(cell: Cell) -> str | None:
    """For machines: where people see a shorter form, the page makes its own."""
    return cell.key if isinstance(cell, NamedCell) else None if cell is None else str(cell)
