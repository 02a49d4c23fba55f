"""Runs the checks of one area, or of all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import NamedCell, TableResult
from reconciler.workflows.setup.doctor.areas import AREAS
from reconciler.workflows.setup.doctor.check import Check, CheckStatus
from reconciler.workflows.setup.doctor.ci.ci_area import has_ci

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

AREA_NAMES: Final = tuple(AREAS)
_COLUMNS: Final = (("area", msg("Area")), ("status", msg("Result")), ("check", msg("Check")), ("fix", msg("Fix")))
_WORDS: Final[dict[CheckStatus, Message]] = {
    CheckStatus.OK: msg("ok"),
    CheckStatus.PROBLEM: msg("problem"),
    CheckStatus.SKIPPED: msg("skipped"),
}
_TITLES: Final[dict[str, Message]] = {
    "settings": msg("settings"),
    "store": msg("store"),
    "backend": msg("backend"),
    "secrets": msg("secrets"),
    "permissions": msg("permissions"),
    "ipn": msg("notifications"),
    "alerts": msg("alerts"),
    "ci": msg("CI"),
}


async def check_environment(session: Session, area: str | None = None) -> TableResult:
    """Ends with an error if any check found a problem. Without an area, CI is checked where it is set up."""
    rows, problems = [], 0
    for name in _present(session) if area is None else (area,):
        for check in await AREAS[name](session):
            problems += check.status is CheckStatus.PROBLEM
            rows.append((NamedCell(name, _TITLES[name]), *_cells(check)))
    summary = msg("No problems found") if not problems else msg("Problems found: {count}", count=problems)
    return TableResult(
        name="checks",
        columns=_COLUMNS,
        rows=tuple(rows),
        empty=msg("Nothing to check"),
        notices=(summary,),
        status=ExitCode.ERROR if problems else ExitCode.DONE,
    )


def _present(session: Session) -> tuple[str, ...]:
    return AREA_NAMES if has_ci(session) else tuple(name for name in AREA_NAMES if name != "ci")


def _cells(check: Check) -> tuple[NamedCell, NamedCell, NamedCell | None]:
    fix = None if check.fix is None else NamedCell(str(check.fix), check.fix)
    return NamedCell(check.status.value, _WORDS[check.status]), NamedCell(str(check.text), check.text), fix
