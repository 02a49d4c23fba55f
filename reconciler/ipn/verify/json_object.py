"""JSON as both the envelope and the message inside it are read: one object, each key once, nothing but what JSON has.

Numbers are not used anywhere, so none is converted (5,000 digits cost nothing): each reads as 0, which is no text. Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.lib import strict_json

DEEPEST: Final = 64
"""Levels of objects and lists."""


def read_object(text: str) -> dict[str, object]:
    """Raises Refused: not JSON, no object, a key twice, nested too deeply, or half of a surrogate pair in it."""
    try:
        found = strict_json.loads(text, number=_zero)
        if not _is_flat(found):
            _shallow(found)
            _writable(found)
    except strict_json.DuplicateKey:
        raise Refused(RejectReason.DUPLICATE_KEY, "a key occurs twice") from None
    except (ValueError, RecursionError):
        # without the cause: its text may quote what was sent
        raise Refused(RejectReason.NOT_JSON, "not valid JSON") from None
    if not isinstance(found, dict):
        raise Refused(RejectReason.NOT_JSON, "valid JSON, but not an object")
    return found


def _zero(_digits: str) -> int:
    return 0


def _is_flat(found: object) -> bool:
    """As an envelope and most notifications are: texts under ASCII names. Raises ValueError for half of a surrogate pair."""
    if not isinstance(found, dict):
        return False
    for name, value in found.items():
        if isinstance(value, str):
            if not value.isascii():
                value.encode()
        elif isinstance(value, dict | list):
            return False
        if not name.isascii():
            return False
    return True


def _shallow(found: object) -> None:
    """How deep the parser itself goes differs from Python to Python. An envelope holds texts, and what is in it a few levels."""
    level = [found]
    for _ in range(DEEPEST):
        level = [inside for outer in level for inside in _inside(outer)]
        if not level:
            return
    raise ValueError("nested too deeply")


def _inside(outer: object) -> Iterable[object]:
    if isinstance(outer, dict):
        return outer.values()
    return outer if isinstance(outer, list) else ()


def _writable(found: object) -> None:
    """A lone surrogate is a str that has no bytes: it would only raise later, where the signature is checked."""
    json.dumps(found, ensure_ascii=False).encode()
