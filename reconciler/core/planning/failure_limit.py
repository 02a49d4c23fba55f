"""Whether a run may go on: so many shops may fail, and no more.

In: what came of the shops so far, and what is tolerated. Out: findings; none where all is well. A shop that reads back otherwise
than predicted counts as failed; one that was left closed is tolerated never. One that was refused has not been harmed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.lib.frozen_class import frozen

_ALL: Final = 100


@frozen
class FailureLimit:
    """How many shops may fail over the whole run; with `percent`, of a hundred that were started, rounded down."""

    number: int = 0
    percent: bool = False

    def allowed_failures(self, started: int) -> int:
        return started * self.number // _ALL if self.percent else self.number


@frozen
class FailureCounts:
    """How many shops were started, or will be in this wave; and of them: how many failed, missed their prediction, have failing
    notifications, stay closed.
    """

    started: int
    failed: int = 0
    missed: int = 0
    unhealthy: int = 0
    left_closed: int = 0


def limit_exceeded(toll: FailureCounts, tolerance: FailureLimit) -> Iterator[Diagnostic]:
    """Why the run may not go on."""
    if toll.left_closed:
        yield _halted(msg("Shops that could not be reopened: {count}", count=toll.left_closed), msg("none"))
    allowed = tolerance.allowed_failures(toll.started)
    if toll.failed + toll.missed + toll.unhealthy > allowed:
        why = msg(
            "Shops started: {started}; failed: {failed}; different from the prediction: {missed}; with "
            "missing notifications: {unwell}",
            failed=toll.failed,
            missed=toll.missed,
            unwell=toll.unhealthy,
            started=toll.started,
        )
        yield _halted(why, msg("at most {allowed} of these in total", allowed=allowed))


def _halted(why: Message, expected: Message) -> Diagnostic:
    hint = msg(
        "Fix what failed, then run `reconciler resume` or the same command again; both continue "
        "with the remaining shops"
    )
    return diagnostic(codes.HALTED, msg("The run halted. {why}", why=why), expected=expected, hint=hint)
