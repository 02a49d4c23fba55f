"""The one command that continues after a run.

In: the report, whether the run went in waves, and the command line that started it. Out: a command line, or None where nothing
can be continued: all is done, or the rest waits for a person. Where only values were refused, they are corrected in the
manifests first, and the corrected plan is reviewed.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport

_RESUME: Final = "reconciler resume"
_PLAN: Final = "reconciler plan"
_VALUES: Final = frozenset({codes.API_VALUES_REFUSED, codes.NOT_ENTITLED, codes.PRE_SET_TOKEN_REFUSED, codes.REJECTED})


def next_command(report: Report, *, in_waves: bool, again: str | None) -> str | None:
    """A shop that was left closed comes first: `resume` opens it again."""
    unfinished = report.interrupted or report.halted or report.recording_failed
    if report.count(ShopOutcome.LEFT_CLOSED) or (unfinished and in_waves):
        return _RESUME
    failed = [shop for shop in report.shops if shop.failed]
    if failed and not unfinished and all(map(_needs_other_values, failed)):
        return _PLAN
    return again if unfinished or failed else None


def _needs_other_values(shop: ShopReport) -> bool:
    blocking = [finding for finding in shop.findings if finding.blocking]
    return bool(blocking) and all(finding.code in _VALUES for finding in blocking)
