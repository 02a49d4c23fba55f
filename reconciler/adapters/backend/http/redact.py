"""What of a backend's text may be quoted: short, one line, printable, and never anything like a secret.

A quotation with a secret is omitted as a whole: masking it would show its place and its length.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import may_be_secret
from reconciler.core.values import Secret

_LIMIT: Final = 200


def safe_quote(words: object, secrets: Iterable[Secret] = ()) -> Message:
    """`words` if they are text that may be shown."""
    if not isinstance(words, str) or not words.strip():
        return msg("no reason was given")
    if may_be_secret(words) or contains_secret(words, secrets):
        return msg("the reason is not shown because it may contain a secret")
    return msg("“{words}”", words=shorten(words))


def quote_beside(problem: Message | None, words: object, secrets: Iterable[Secret] = ()) -> Message:
    """What is known of a problem, with the backend's own `words` in brackets where they add something."""
    if problem is None:
        return safe_quote(words, secrets)
    if not isinstance(words, str) or words.strip().rstrip(".。").casefold() in {"", str(problem).casefold()}:
        return problem
    return msg("{problem} ({words})", problem=problem, words=safe_quote(words, secrets))


def shorten(words: str) -> str:
    """One printable line of at most 200 characters."""
    # Cutting first bounds the work on a hostile text of megabytes.
    line = " ".join("".join(map(_printable, words[: 4 * _LIMIT])).split())
    return line if len(line) <= _LIMIT else line[: _LIMIT - 1] + "…"


def contains_secret(words: str, secrets: Iterable[Secret]) -> bool:
    values = (secret.reveal() for secret in secrets)
    return any(value and value in words for value in values)


def _printable(character: str) -> str:
    """Categories C (controls, direction marks, lone surrogates) and line separators become a space."""
    category = unicodedata.category(character)
    return " " if category.startswith("C") or category in {"Zl", "Zp"} else character
