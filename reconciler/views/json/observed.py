"""One shop as the backend has it, as a JSON document: `reconciler/shop`.

In: an observed shop. Out: text. A kind whose read failed has its reason in the place of its fields.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import KindSpec
from reconciler.core.model.state import FieldRef, Observed, Unknown, scalars
from reconciler.core.values import Scalar
from reconciler.views.json.parts import Request, diagnostics_json, document_head, document_text, request_log


def observed_json(observed: Observed, log: Iterable[Request] | None = None) -> str:
    document: dict[str, Json] = {
        **document_head("shop"),
        "shop": str(observed.shop),
        "kinds": [_kind(kind, observed) for kind in KINDS],
        **request_log(log),
    }
    return document_text(document)


def _kind(kind: KindSpec, observed: Observed) -> Json:
    about: dict[str, Json] = {"kind": kind.name, "label": kind.label, "screen": kind.screen}
    read = observed.reads[kind.name]
    if isinstance(read, Unknown):
        return {**about, "version": None, "fields": [], "findings": diagnostics_json((read.reason,))}
    fields: Json = [_field(ref, scalar) for ref, scalar in scalars(kind, read.value)]
    return {**about, "version": read.version, "fields": fields, "findings": []}


def _field(ref: FieldRef, value: Scalar) -> Json:
    policy = ref.spec.policy
    return {
        "field": str(ref),
        "declared": ref.manifest_path,
        "label": ref.label,
        "title": policy.title,
        "owner": policy.owner.value,
        "value": to_canonical(value),
    }
