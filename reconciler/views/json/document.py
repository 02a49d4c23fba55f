"""A JSON document: its name, its version, and the type that describes it; and how it becomes text.

In: a body, on request the request log. Out: text. What a document holds is stated once, beside its builder: type
checkers hold the builder to it, and `views.json.schema` derives the JSON Schema from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Request = tuple[str, str, int | None]
"""Method, path, and the status of the answer if there was one."""
B = TypeVar("B", bound=Mapping[str, object])

TABLE_VERSION: Final = 1
"""Of every document that is only a table."""
_UNSEEN: Final = re.compile(r"[^\x20-\x7e\n]")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentType(Generic[B]):
    """`body` describes all but the head (`format` and `version`) and the request log."""

    name: str
    version: int
    body: type[B]

    def text(self, body: B, log: Iterable[Request] | None = None) -> str:
        return document_text(self.name, self.version, body, log)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableType(Generic[B]):
    """A document that is a list of rows; `row` describes one of them."""

    name: str
    row: type[B]
    version: int = TABLE_VERSION

    def text(self, rows: Sequence[B]) -> str:
        return document_text(self.name, self.version, {"rows": rows})


def document_text(name: str, version: int, body: Mapping[str, object], log: Iterable[Request] | None = None) -> str:
    """The request log differs from run to run, so it is there on request only."""
    requests: dict[str, object] = {}
    if log is not None:
        requests["requests"] = [{"method": method, "path": path, "status": status} for method, path, status in log]
    return _printed({"format": f"reconciler/{name}", "version": version, **body, **requests})


def _printed(document: Mapping[str, object]) -> str:
    """Keys in the order they were given; invisible characters escaped, so that no terminal obeys them."""
    plain = json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False)
    return _UNSEEN.sub(lambda match: _escaped(match[0]), plain) + "\n"


def _escaped(character: str) -> str:
    return character if character.isprintable() or character == "\u3000" else json.dumps(character)[1:-1]
