"""The runs that a journal remembers: a table for people, short on a terminal and whole in Markdown.

In: runs, newest first, and a context. Out: a table, whose empty sentence is the caller's.

What runs did in one shop, step by step: a table for people, short on a terminal and whole in Markdown.

In: runs, newest first, each with its records, and a context. Out: a table, whose empty sentence is the caller's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final, assert_never

from reconciler.core.diagnostics.codes import all_codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.healing.policy import actor_words
from reconciler.core.runs.run_summary import RunStatus, RunSummary
from reconciler.core.runs.step_history import StepOutcome, StepRecord
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import clipped, escape_unprintable
from reconciler.views.common.field_names import full_field_name
from reconciler.views.common.phrases import join_list, step_phrase
from reconciler.views.tables.table import Table, Word

_SHORT: Final = (
    ("started", msg("Started")),
    ("run", msg("Run")),
    ("fingerprint", msg("Plan")),
    ("actor", msg("Actor")),
    ("outcome", msg("Outcome")),
)
_WHOLE: Final = (
    ("started", msg("Started")),
    ("run", msg("Run")),
    ("command", msg("Command")),
    ("actor", msg("Actor")),
    ("commit", msg("Commit")),
    ("shops", msg("Shops")),
    ("outcome", msg("Outcome")),
    ("ended", msg("Ended")),
    ("fingerprint", msg("Fingerprint")),
)
BY: Final = 8
"""Columns of a terminal for who it was: with them a row takes no more than eighty."""


def _actor(name: str, context: RenderContext) -> str:
    """For a terminal; the rule that healed is always readable."""
    return context.translate(actor_words(name, lambda text: clipped(escape_unprintable(text), BY)))


def _actor_at_host(run: RunSummary, context: RenderContext) -> str:
    return f"{context.translate(actor_words(run.actor))}@{run.host}"


def history_terminal(runs: Sequence[RunSummary], context: RenderContext, empty: Message) -> Table:
    rows = tuple(
        (
            context.time(run.started),
            short_run(run.run),
            _short_fingerprint(run.fingerprint),
            _actor(run.actor, context),
            context.translate(status_message(run)),
        )
        for run in runs
    )
    return _with_overrides(Table(name="history", columns=_SHORT, rows=rows, empty=empty), runs, context)


def history_full(runs: Sequence[RunSummary], context: RenderContext, empty: Message) -> Table:
    rows = tuple(
        (
            context.time(run.started),
            run.run,
            run.command,
            _actor_at_host(run, context),
            run.commit,
            run.shops,
            context.translate(status_message(run)),
            None if run.ended is None else context.time(run.ended),
            run.fingerprint,
        )
        for run in runs
    )
    return _with_overrides(Table(name="history", columns=_WHOLE, rows=rows, empty=empty), runs, context)


def _with_overrides(table: Table, runs: Sequence[RunSummary], context: RenderContext) -> Table:
    """With a column of what was overridden, where anything was."""
    texts = [overrides_text(run, context) for run in runs]
    if not any(texts):
        return table
    rows = tuple((*row, text) for row, text in zip(table.rows, texts, strict=True))
    return replace(table, columns=(*table.columns, ("overrides", msg("Overrides"))), rows=rows)


def overrides_text(run: RunSummary, context: RenderContext) -> str | None:
    """None where no guard was overridden: a reason may be given for any run, and of a fleet run each chunk has it."""
    if run.overrides is None or not run.overrides.overridden:
        return None
    found = run.overrides.overridden
    words = [
        ":".join(filter(None, (each.guard, each.shop))) + (f" {each.field}" if each.field else "") for each in found
    ]
    joined = join_list(words, context)
    reason = run.overrides.reason
    return joined if reason is None else context.translate(msg("{text} (reason: {reason})", text=joined, reason=reason))


def status_message(run: RunSummary) -> Message:
    """What it came to, with the number that says most; of a run that ended also in how many shops the outcome of a write is
    unknown, and how many it may have left closed.
    """
    words = _unknown_words(run) if run.ended is not None and run.counts.unknown else _status_words(run)
    if run.ended is None or not run.unfinished_shops:
        return words
    return msg("{outcome}, unfinished: {count}", outcome=words, count=run.unfinished_shops)


def _unknown_words(run: RunSummary) -> Message:
    """Of a run in which the outcome of a write is unknown: "failed" would say that it was not written."""
    unknown, certain = run.counts.unknown, run.counts.failed - run.counts.unknown
    if run.status is not RunStatus.FAILED:
        return msg("{outcome}, unknown: {count}", outcome=_status_words(run), count=unknown)
    if certain:
        return msg("{outcome}, unknown: {count}", outcome=msg("failed {count}", count=certain), count=unknown)
    return msg("outcome unknown: {count}", count=unknown)


def _status_words(run: RunSummary) -> Message:
    tally = run.counts
    match run.status:
        case RunStatus.RUNNING:
            return msg("running")
        case RunStatus.KILLED:
            return msg("killed, unfinished: {count}", count=run.unfinished_shops)
        case RunStatus.RESUMED:
            return msg("killed, resumed by {run}", run=short_run(run.resumed_by or ""))
        case RunStatus.UNFINISHED:
            return msg("not finished")
        case RunStatus.INTERRUPTED:
            return msg("interrupted, applied {count}", count=tally.applied)
        case RunStatus.CANCELLED:
            return msg("cancelled") if run.look else msg("cancelled, applied {count}", count=tally.applied)
        case RunStatus.PARTLY_APPLIED:
            return _partly(run, tally.applied + tally.failed + tally.refused)
        case RunStatus.FAILED:
            return msg("failed {count}", count=tally.failed)
        case RunStatus.REFUSED:
            return msg("refused {count}", count=tally.refused)
        case RunStatus.NOTHING:
            return msg("nothing written")
        case RunStatus.LOOKED:
            return msg("shops checked: {count}", count=run.shops)
    return _done(run)


def _done(run: RunSummary) -> Message:
    """A resume writes nothing that a plan wanted."""
    words = msg("recovered {count}", count=run.counts.applied)
    return words if run.command == "resume" else msg("applied {count}", count=run.counts.applied)


def _partly(run: RunSummary, shops: int) -> Message:
    words = msg("recovered {count} of {all}", count=run.counts.applied, all=shops)
    return words if run.command == "resume" else msg("applied {count} of {all}", count=run.counts.applied, all=shops)


def short_run(run: str) -> str:
    """Enough of a UUID to find it again."""
    return run[:8]


def _short_fingerprint(fingerprint: str | None) -> str | None:
    return fingerprint and fingerprint.removeprefix("sha256:")[:7]


Deeds = Sequence[tuple[RunSummary, Sequence[StepRecord]]]

_STEPS_SHORT: Final = (
    ("at", msg("Time")),
    ("run", msg("Run")),
    ("actor", msg("Actor")),
    ("step", msg("Step")),
    ("went", msg("Outcome")),
    ("request_id", msg("Request ID")),
)
_STEPS_WHOLE: Final = (*_STEPS_SHORT[:4], ("fields", msg("Fields")), *_STEPS_SHORT[4:])


def steps_short(runs: Deeds, context: RenderContext, empty: Message) -> Table:
    rows = tuple(_short(run, record, context) for run, record in _each(runs))
    return Table(name="history-steps", columns=_STEPS_SHORT, rows=rows, empty=empty)


def steps_whole(runs: Deeds, context: RenderContext, empty: Message) -> Table:
    rows = tuple(_whole(run, record, context) for run, record in _each(runs))
    return Table(name="history-steps", columns=_STEPS_WHOLE, rows=rows, empty=empty)


def _each(runs: Deeds) -> Iterator[tuple[RunSummary, StepRecord]]:
    return ((run, record) for run, records in runs for record in records)


def _short(run: RunSummary, record: StepRecord, context: RenderContext) -> tuple[Word, ...]:
    by = _actor(run.actor, context)
    at = context.time(record.at, seconds=True)
    return (
        at,
        short_run(run.run),
        by,
        step_text(record, context),
        context.translate(step_outcome_message(record)),
        record.request_id,
    )


def _whole(run: RunSummary, record: StepRecord, context: RenderContext) -> tuple[Word, ...]:
    fields = join_list([full_field_name(ref, context) for ref in record.step.refs], context) if record.step else ""
    by = _actor_at_host(run, context)
    at = context.time(record.at, seconds=True)
    return (
        at,
        run.run,
        by,
        step_text(record, context),
        fields or None,
        context.translate(step_outcome_message(record)),
        record.request_id,
    )


def step_text(record: StepRecord, context: RenderContext) -> str | None:
    return step_phrase(record.step, context) if record.step else None


def _reason_words(slug: str | None) -> Message:
    """The title of the code, and its number for `explain`. A name that this version does not know is shown as it is."""
    code = next((each for each in all_codes() if each.slug == slug), None)
    return (
        msg("{value}", value=slug or "-")
        if code is None
        else msg("{title} ({code})", title=code.title, code=code.number)
    )


def step_outcome_message(record: StepRecord) -> Message:
    match record.outcome:
        case StepOutcome.DONE:
            return msg("done")
        case StepOutcome.FAILED:
            return msg("failed: {why}", why=_reason_words(record.reason))
        case StepOutcome.MISSED:
            return msg("not as predicted")
        case StepOutcome.REFUSED:
            return msg("refused: {why}", why=_reason_words(record.reason))
        case StepOutcome.UNKNOWN:
            if record.reason is None:
                return msg("outcome unknown")
            return msg("outcome unknown: {why}", why=_reason_words(record.reason))
    assert_never(record.outcome)
