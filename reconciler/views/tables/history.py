"""The runs that a journal remembers: a table for people, short on a terminal and whole in Markdown.

In: runs, newest first, and a look. Out: a table, whose empty sentence is the caller's.

What runs did in one shop, step by step: a table for people, short on a terminal and whole in Markdown.

In: runs, newest first, each with its deeds, and a look. Out: a table, whose empty sentence is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.runs.run_summary import CameTo, Run
from reconciler.core.runs.step_history import Deed, Went
from reconciler.views.common.context import Look
from reconciler.views.common.display_width import clipped, visible
from reconciler.views.common.phrases import listed, step_phrase
from reconciler.views.tables.table import Table, Word

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


Deeds = Sequence[tuple[Run, Sequence[Deed]]]

_STEPS_SHORT: Final = (
    ("at", say("at")),
    ("run", say("run")),
    ("actor", say("by")),
    ("step", say("step")),
    ("went", say("outcome")),
    ("request_id", say("request")),
)
_STEPS_WHOLE: Final = (*_STEPS_SHORT[:4], ("fields", say("fields")), *_STEPS_SHORT[4:])


def steps_short(runs: Deeds, look: Look, empty: Text) -> Table:
    rows = tuple(_short(run, deed, look) for run, deed in _each(runs))
    return Table(name="history-steps", columns=_STEPS_SHORT, rows=rows, empty=empty)


def steps_whole(runs: Deeds, look: Look, empty: Text) -> Table:
    rows = tuple(_whole(run, deed, look) for run, deed in _each(runs))
    return Table(name="history-steps", columns=_STEPS_WHOLE, rows=rows, empty=empty)


def _each(runs: Deeds) -> Iterator[tuple[Run, Deed]]:
    return ((run, deed) for run, deeds in runs for deed in deeds)


def _short(run: Run, deed: Deed, look: Look) -> tuple[Word, ...]:
    by = clipped(visible(run.actor), BY)
    return (deed.at, short_run(run.run), by, _step(deed, look), look.tell(_went(deed)), deed.request_id)


def _whole(run: Run, deed: Deed, look: Look) -> tuple[Word, ...]:
    fields = listed([str(ref) for ref in deed.step.refs], look) if deed.step else ""
    by = f"{run.actor}@{run.host}"
    return (deed.at, run.run, by, _step(deed, look), fields or None, look.tell(_went(deed)), deed.request_id)


def _step(deed: Deed, look: Look) -> str | None:
    return step_phrase(deed.step, look) if deed.step else None


def _went(deed: Deed) -> Text:
    match deed.went:
        case Went.DONE:
            return say("done")
        case Went.FAILED:
            return say("failed: {why}", why=deed.why or "-")
        case Went.MISSED:
            return say("not as predicted")
        case Went.REFUSED:
            return say("refused: {why}", why=deed.why or "-")
        case Went.UNKNOWN:
            return say("not known: {why}", why=deed.why) if deed.why else say("not known")
    assert_never(deed.went)
