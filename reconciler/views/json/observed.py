"""One shop as the backend has it, as a JSON document: `reconciler/shop`.

In: an observed shop. Out: text. A kind whose read failed has its reason in the place of its fields.
"""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.model.canonical import to_canonical
from reconciler.core.model.kinds import KIND_NAMES, KINDS
from reconciler.core.model.policy import KindSpec, Owner
from reconciler.core.model.state import FieldRef, Observed, Unknown, scalars
from reconciler.core.values import Scalar
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, FieldNameJson, Value, diagnostics_json
from reconciler.views.json.shapes import one_of


class ObservedFieldJson(FieldNameJson):
    owner: Annotated[str, one_of(Owner)]
    value: Value


class ObservedKindJson(TypedDict):
    """A kind that could not be read has no version, no fields, and its reason among the findings."""

    kind: Annotated[str, one_of(KIND_NAMES)]
    label: str
    screen: str
    version: str | None
    fields: list[ObservedFieldJson]
    diagnostics: list[DiagnosticJson]


class ObservedJson(TypedDict):
    shop: str
    kinds: list[ObservedKindJson]


OBSERVED: Final = DocumentType(name="shop", body=ObservedJson)


def observed_json(observed: Observed, head: DocumentHead = EMPTY_HEAD) -> str:
    return OBSERVED.text(
        {"shop": str(observed.shop), "kinds": [_kind(kind, observed, head.sources) for kind in KINDS]}, head
    )


def _kind(kind: KindSpec, observed: Observed, sources: SourceLines) -> ObservedKindJson:
    read = observed.reads[kind.name]
    document: ObservedKindJson = {
        "kind": kind.name,
        "label": kind.label,
        "screen": kind.screen,
        "version": None,
        "fields": [],
        "diagnostics": [],
    }
    if isinstance(read, Unknown):
        document["diagnostics"] = diagnostics_json([read.reason], sources)
    else:
        document["version"] = read.version
        document["fields"] = [_field(ref, scalar) for ref, scalar in scalars(kind, read.value)]
    return document


def _field(ref: FieldRef, value: Scalar) -> ObservedFieldJson:
    policy = ref.spec.policy
    return {
        "field": str(ref),
        "manifest_key": ref.manifest_path,
        "label": ref.label,
        "title": policy.title,
        "owner": policy.owner.value,
        "value": to_canonical(value),
    }
