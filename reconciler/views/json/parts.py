"""The pieces that the documents share: a diagnostic, a place, a value, a request.

In: values of the core. Out: JSON values. How a scalar is written down is `core.model.canonical`'s matter; no key is
given to it here, so it writes at most the reference of a secret.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, NotRequired, get_type_hints

from typing_extensions import TypeAliasType, TypedDict

from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, StaleField
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.values import Origin
from reconciler.views.json.document import DocumentType, TableType
from reconciler.views.json.shapes import Keywords, Position, Shape, one_of


class SecretJson(TypedDict):
    """A secret: at most the reference it came from and a keyed digest."""

    sensitive: Literal[True]
    source: NotRequired[str]
    digest: NotRequired[str]


Value = TypeAliasType("Value", Annotated[Json, Shape(bool | str | list[str] | SecretJson | None)])
"""Null means that nothing is there."""


class OriginJson(TypedDict):
    file: str
    line: Position
    column: Position


class DiagnosticPlaceJson(OriginJson):
    """`end_column` is the column after the part that is meant, on the same line; null where that is not known."""

    end_column: Position | None


class StaleFieldJson(TypedDict):
    """A field that changed after the plan was created."""

    planned: Value
    now: Value
    desired: Value


class DiagnosticJson(TypedDict):
    """`stale` is there for a field that changed after the plan was created."""

    code: Annotated[str, Keywords(pattern="^[A-Z][0-9]{3}$")]
    slug: str
    severity: Annotated[str, one_of(severity.name_lower for severity in Severity)]
    summary: str
    expected: str | None
    hint: str | None
    shop: str | None
    subject: str | None
    location: DiagnosticPlaceJson | None
    stale: NotRequired[StaleFieldJson]


class FieldNameJson(TypedDict):
    """A field as the backend, the manifest, the admin screen and the English text call it."""

    field: str
    manifest_key: str | None
    label: str
    title: str


class RunIdentityJson(TypedDict):
    """Who ran which command, when (UTC), from which commit of the manifests. `undo_file` is the plan that takes the run back."""

    id: str
    command: str
    started: str
    ended: str
    actor: str
    host: str
    tool_version: str
    environment: str
    backend: str
    commit: str | None
    undo_file: str | None


class RequestJson(TypedDict):
    """`status` is null where no answer came."""

    method: str
    path: str
    status: int | None


def diagnostics_json(of: Iterable[Diagnostic], sources: SourceLines) -> list[DiagnosticJson]:
    """`sources` are the lines that they point at, as far as they are known."""
    return [_diagnostic(finding, sources) for finding in of]


def origin_json(origin: Origin) -> OriginJson:
    return {"file": origin.file, "line": origin.line, "column": origin.column}


def _place(origin: Origin, sources: SourceLines) -> DiagnosticPlaceJson:
    line = sources.get(origin)
    end = None if line is None else line.end_column
    known = end is not None and end > origin.column
    return {"file": origin.file, "line": origin.line, "column": origin.column, "end_column": end if known else None}


def _diagnostic(finding: Diagnostic, sources: SourceLines) -> DiagnosticJson:
    document: DiagnosticJson = {
        "code": finding.code.number,
        "slug": finding.code.slug,
        "severity": finding.severity.name_lower,
        "summary": str(finding.summary),
        "expected": None if finding.expected is None else str(finding.expected),
        "hint": None if finding.hint is None else str(finding.hint),
        "shop": finding.shop,
        "subject": finding.subject,
        "location": None if finding.origin is None else _place(finding.origin, sources),
    }
    if finding.stale_field is not None:
        document["stale"] = _stale_field(finding.stale_field)
    return document


def _stale_field(field: StaleField) -> StaleFieldJson:
    return {
        "planned": to_canonical(field.planned),
        "now": to_canonical(field.now),
        "desired": to_canonical(field.wanted),
    }


def whole_type(document: DocumentType[Any] | TableType[Any]) -> Any:
    """The type of a whole document: its head, its body, and the request log that is there on request."""
    if isinstance(document, TableType):
        described, body = document.row, {"rows": list[document.row]}  # type: ignore[name-defined]
    else:
        described, body = document.body, get_type_hints(document.body, include_extras=True)
    whole: Any = TypedDict(  # type: ignore[misc]  # type checkers know no type that is put together
        document.name,
        {
            "format": Literal[f"reconciler/{document.name}"],
            "version": Literal[document.version],
            "run": RunIdentityJson | None,
            **body,
            "requests": NotRequired[list[RequestJson]],
        },
    )
    whole.__doc__ = described.__doc__
    return whole
