"""Credentials that were typed as words of the command line, or set as options in the environment: they are not printed back.

In: the words. Out: those of them, and those parts of them, that look like credentials. Where there is none, nothing is looked for
in what is written.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

_TYPED: Final[ContextVar[tuple[str, ...]]] = ContextVar("typed_secrets", default=())
_MAY_HOLD_ONE: Final = 16
"""Characters of the shortest word that is checked: most words are shorter, and a check imports its modules."""


def typed_secrets() -> tuple[str, ...]:
    return _TYPED.get()


@contextmanager
def hiding_typed_secrets(words: Sequence[str], environment: Mapping[str, str] = os.environ) -> Iterator[None]:
    """For as long as the block lasts."""
    options = [value for name, value in environment.items() if name.startswith("RECONCILER_")]
    token = _TYPED.set(secrets_among([*words, *options]))
    try:
        yield
    finally:
        _TYPED.reset(token)


def secrets_among(words: Sequence[str]) -> tuple[str, ...]:
    """The longest first, so that no part of one is left when another has been taken out."""
    long = [word for word in words if len(word) >= _MAY_HOLD_ONE]
    if not long:
        return ()
    from reconciler.core.diagnostics.redaction import credential_kind  # most command lines have no such word

    parts = {part for word in long for part in (word, *re.split(r"[=/:,\s]", word))}
    return tuple(sorted((part for part in parts if credential_kind(part) is not None), key=len, reverse=True))


def hide_words(text: str, words: Sequence[str]) -> str:
    if not words:
        return text
    from reconciler.core.diagnostics.redaction import REDACTED  # as above

    for word in words:
        text = text.replace(word, REDACTED)
    return text
