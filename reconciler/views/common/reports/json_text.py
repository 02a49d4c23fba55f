"""A JSON document as text that no terminal obeys; a large one piece by piece, so that it is never in memory as a whole."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from reconciler.core.diagnostics.redaction import is_visible

_UNSEEN: Final = re.compile(r"[^\x20-\x7e\n]")
_PIECE: Final = 100_000
"""Characters of a piece, about."""
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, indent=2, allow_nan=False)

Item = TypeVar("Item")


class LazyList(list[Item]):
    """Items that are made while they are printed. The encoder asks for a list, and then only for its length and its items."""

    def __init__(self, count: int, items: Callable[[], Iterator[Item]]) -> None:
        super().__init__()
        self._count = count
        self._items = items

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        return self._items()


def printed_json(document: object) -> str:
    """Keys in the order they were given; invisible characters escaped."""
    return "".join(json_pieces(document))


def json_pieces(document: object) -> Iterator[str]:
    """The text of `printed_json`. No value is divided between two pieces."""
    tokens: list[str] = []
    length = 0
    for token in _ENCODER.iterencode(document):
        tokens.append(token)
        length += len(token)
        if length > _PIECE:
            yield _visible("".join(tokens))
            tokens, length = [], 0
    yield _visible("".join(tokens)) + "\n"


def _visible(text: str) -> str:
    return _UNSEEN.sub(lambda match: _escaped(match[0]), text)


def _escaped(character: str) -> str:
    return character if is_visible(character) else json.dumps(character)[1:-1]
