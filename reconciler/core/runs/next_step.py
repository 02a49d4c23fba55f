"""The one command that continues after a run.

In: the report, whether the run went in waves, and the command line that started it. Out: a command line, or None where nothing
can be continued: all is done, or what is left waits for a person.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.runs.report import Report, ShopOutcome

_RESUME: Final = "reconciler resume"


def next_command(report: Report, *, in_waves: bool, again: str | None) -> str | None:
    """A shop that was left closed comes first: `resume` opens it again."""
    unfinished = report.interrupted or report.halted or report.recording_failed
    if report.count(ShopOutcome.LEFT_CLOSED) or (unfinished and in_waves):
        return _RESUME
    return again if unfinished or any(shop.failed for shop in report.shops) else None
