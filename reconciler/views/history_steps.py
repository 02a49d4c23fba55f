"""What runs did in one shop, step by step: a table for people, short on a terminal and whole in Markdown.

In: runs, newest first, each with its deeds, and a look. Out: a table, whose empty sentence is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, assert_never

from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.runs.run_summary import Run
from reconciler.core.runs.step_history import Deed, Went
from reconciler.views.cells import clipped, visible
from reconciler.views.history import BY, short_run
from reconciler.views.look import Look
from reconciler.views.phrases import listed, step_phrase
from reconciler.views.table import Table, Word

Deeds = Sequence[tuple[Run, Sequence[Deed]]]

_SHORT: Final = (
    ("at", say("at")),
    ("run", say("run")),
    ("actor", say("by")),
    ("step", say("step")),
    ("went", say("outcome")),
    ("request_id", say("request")),
)
_WHOLE: Final = (*_SHORT[:4], ("fields", say("fields")), *_SHORT[4:])


def steps_short(runs: Deeds, look: Look, empty: Text) -> Table:
    rows = tuple(_short(run, deed, look) for run, deed in _each(runs))
    return Table(name="history-steps", columns=_SHORT, rows=rows, empty=empty)


def steps_whole(runs: Deeds, look: Look, empty: Text) -> Table:
    rows = tuple(_whole(run, deed, look) for run, deed in _each(runs))
    return Table(name="history-steps", columns=_WHOLE, rows=rows, empty=empty)


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
