"""What `ipn show` says of the object at Amazon: its state, why, how much, until when, what that means, and what else is known.

In: a message's details. Out: cells. Only ids, words, amounts and times, whose form was checked when they were read.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import Cell, NamedCell
from reconciler.ipn.outcome_words import amount_text, objects_cell
from reconciler.ipn.process.effects import text_of
from reconciler.lib.utc import format_utc
from reconciler.ports.inbox_admin import MessageDetails
from reconciler.ports.payments import ObjectState, Said

AMAZON_COLUMNS: Final = (
    ("amazon_state", msg("State at Amazon")),
    ("reason_code", msg("Reason code")),
    ("amount", msg("Amount")),
    ("deadline", msg("Deadline")),
    ("meaning", msg("Meaning")),
    ("objects", msg("Known at Amazon")),
)


def amazon_cells(shown: MessageDetails) -> tuple[Cell, ...]:
    entry = shown.entry
    own = next((each for each in shown.objects if each.what.id == entry.arrival.object_id), None)
    said = entry.said
    text = None if own is None or said is None else _meaning(own, said, entry.reason)
    deadline = None if own is None or own.what.deadline is None else format_utc(own.what.deadline)
    return (
        None if said is None else said.state,
        None if said is None else said.code,
        None if said is None else amount_text(said),
        deadline,
        None if text is None else NamedCell(str(text), text),
        objects_cell(shown.objects),
    )


def _meaning(own: ObjectState, said: Said, reason: str | None) -> Message | None:
    return text_of(reason, own.what.kind, said.state, said.code)
