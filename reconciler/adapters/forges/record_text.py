"""The line of a record as a forge keeps it: the text, and which state it was written in. Pure.

A forge has fewer states than records have. The state beside the text says which was meant; it is believed only if the forge's own
state is the one that goes with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.ports.ci.forge import RECORD_CHARACTERS, RecordState

_SEPARATOR: Final = " state="


def stored_line(text: str, state: RecordState) -> str:
    assert len(text) <= RECORD_CHARACTERS
    assert text.isprintable()
    return f"{text}{_SEPARATOR}{state.value}"


def read_line(line: str, forge_state: str | None, states: Mapping[RecordState, str]) -> tuple[str, RecordState | None]:
    """The text and the state; None as the state where the forge holds another one."""
    text, found, word = line.rpartition(_SEPARATOR)
    if not found or word not in set(RecordState):
        return line, None
    state = RecordState(word)
    return text, state if states[state] == forge_state else None


def cut(text: str, most: int) -> str:
    """At most so many characters: whole lines, and a last one that says so."""
    if len(text) <= most:
        return text
    end = "\n…\n"
    return text[: text.rfind("\n", 0, most - len(end)) + 1 or most - len(end)].rstrip("\n") + end
