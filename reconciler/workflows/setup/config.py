"""The use case `config show`: the settings in use, each with where it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.table_result import NamedCell, TableResult

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

_COLUMNS: Final = (("setting", msg("Setting")), ("value", msg("Value")), ("source", msg("Source")))


def show_settings(session: Session) -> TableResult:
    rows = tuple((each.name, each.value, _source(each.source)) for each in session.project.settings())
    file = session.project.settings_file
    notice = msg("Settings file: {file}", file=file) if file else msg("No settings file: the defaults are used")
    return TableResult(name="settings-in-use", columns=_COLUMNS, rows=rows, empty=msg("No settings"), notices=(notice,))


def _source(source: str) -> NamedCell | str:
    """A place of the settings file, or the word for none."""
    return NamedCell(source, msg("default")) if source == "default" else source
