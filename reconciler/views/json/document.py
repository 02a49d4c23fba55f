"""A JSON document: its name, its version, and the type that describes it; and how it becomes text.

In: a body and a head. Out: text. What a document holds is stated once, beside its builder: type
checkers hold the builder to it, and `views.json.schema` derives the JSON Schema from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, field
from typing import Final, Generic, TypeVar

from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.results.command import RunIdentity
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.reports.json_text import json_pieces

B = TypeVar("B", bound=Mapping[str, object])

VERSION: Final = 2
"""Of every document that is a result. 2: one style of names, and who ran the command."""


@frozen
class DocumentHead:
    """What a document says of its run: who ran which command (None where it ended before that was known), and on request the
    requests that were sent to the backend. `sources` are the lines that its diagnostics point at: only their columns are used.
    """

    identity: RunIdentity | None = None
    requests: Sequence[RequestLogEntry] | None = None
    sources: SourceLines = field(default_factory=dict)


EMPTY_HEAD: Final = DocumentHead()


@frozen
class DocumentType(Generic[B]):
    """`body` describes all but the head (`format`, `version`, `run`) and the request log."""

    name: str
    body: type[B]
    version: int = VERSION

    def text(self, body: B, head: DocumentHead = EMPTY_HEAD) -> str:
        return "".join(self.pieces(body, head))

    def pieces(self, body: B, head: DocumentHead = EMPTY_HEAD) -> Iterator[str]:
        """The same text, for a document of any size."""
        return document_pieces(self.name, self.version, body, head)


@frozen
class TableType(Generic[B]):
    """A document that is a list of rows; `row` describes one of them."""

    name: str
    row: type[B]
    version: int = VERSION

    def text(self, rows: Sequence[B], head: DocumentHead = EMPTY_HEAD) -> str:
        return document_text(self.name, self.version, {"rows": rows}, head)


def document_text(name: str, version: int, body: Mapping[str, object], head: DocumentHead = EMPTY_HEAD) -> str:
    return "".join(document_pieces(name, version, body, head))


def document_pieces(
    name: str, version: int, body: Mapping[str, object], head: DocumentHead = EMPTY_HEAD
) -> Iterator[str]:
    """The request log is there on request only."""
    requests: dict[str, object] = {}
    if head.requests is not None:
        requests["requests"] = [_request(entry) for entry in head.requests]
    head_keys = {"format": f"reconciler/{name}", "version": version, "run": _run(head.identity)}
    return json_pieces({**head_keys, **body, **requests})


def _request(entry: RequestLogEntry) -> dict[str, object]:
    items = {} if entry.items == 1 else {"items": entry.items}
    return {"method": entry.method, "path": entry.path, "status": entry.status, **items}


def _run(identity: RunIdentity | None) -> dict[str, object] | None:
    if identity is None:
        return None
    facts = {name: fact for name, fact in asdict(identity).items() if name != "fleet"}
    return {"id": facts.pop("run"), **facts}
