"""The runs that a journal remembers: a table for people, short on a terminal and whole in Markdown.

In: runs, newest first, and a look. Out: a table, whose empty sentence is the caller's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.runs.run_summary import CameTo, Run
from reconciler.views.cells import clipped, visible
from reconciler.views.look import Look
from reconciler.views.table import Table

_SHORT: Final = (
    ("started", say("started")),
    ("run", say("run")),
    ("fingerprint", say("plan")),
    ("actor", say("by")),
    ("outcome", say("outcome")),
)
_WHOLE: Final = (
    ("started", say("started")),
    ("run", say("run")),
    ("command", say("command")),
    ("actor", say("by")),
    ("commit", say("commit")),
    ("shops", say("shops")),
    ("outcome", say("outcome")),
    ("ended", say("ended")),
    ("fingerprint", say("fingerprint")),
)
BY: Final = 12
"""Columns of a terminal for who it was: with them a row takes no more than eighty."""


def history_short(runs: Sequence[Run], look: Look, empty: Text) -> Table:
    rows = tuple(
        (
            _minute(run.started),
            short_run(run.run),
            _short_fingerprint(run.fingerprint),
            clipped(visible(run.actor), BY),
            look.tell(outcome(run)),
        )
        for run in runs
    )
    return Table(name="history", columns=_SHORT, rows=rows, empty=empty)


def history_whole(runs: Sequence[Run], look: Look, empty: Text) -> Table:
    rows = tuple(
        (
            run.started,
            run.run,
            run.command,
            f"{run.actor}@{run.host}",
            run.commit,
            run.shops,
            look.tell(outcome(run)),
            run.ended,
            run.fingerprint,
        )
        for run in runs
    )
    return Table(name="history", columns=_WHOLE, rows=rows, empty=empty)


def outcome(run: Run) -> Text:
    """What it came to, with the number that says most."""
    tally = run.tally
    match run.came_to:
        case CameTo.AT_WORK:
            return say("at work")
        case CameTo.CUT_OFF:
            return say("cut off, unfinished: {count}", count=run.left)
        case CameTo.RESUMED:
            return say("cut off, resumed by {run}", run=short_run(run.resumed_by or ""))
        case CameTo.NOT_ENDED:
            return say("not ended")
        case CameTo.INTERRUPTED:
            return say("interrupted, applied {count}", count=tally.applied)
        case CameTo.PARTLY:
            return _partly(run, tally.applied + tally.failed + tally.refused)
        case CameTo.FAILED:
            return say("failed {count}", count=tally.failed)
        case CameTo.REFUSED:
            return say("refused {count}", count=tally.refused)
        case CameTo.NOTHING:
            return say("nothing written")
    return _done(run)


def _done(run: Run) -> Text:
    """A resume writes nothing that a plan wanted."""
    words = say("looked after {count}", count=run.tally.applied)
    return words if run.command == "resume" else say("applied {count}", count=run.tally.applied)


def _partly(run: Run, shops: int) -> Text:
    words = say("looked after {count} of {all}", count=run.tally.applied, all=shops)
    return words if run.command == "resume" else say("applied {count} of {all}", count=run.tally.applied, all=shops)


def short_run(run: str) -> str:
    """Enough of a UUID to find it again."""
    return run[:8]


def _minute(moment: str) -> str:
    """Of a time to the second."""
    return f"{moment[:16]}Z"


def _short_fingerprint(fingerprint: str | None) -> str | None:
    return fingerprint and fingerprint.removeprefix("sha256:")[:7]
