"""The parts of a saved plan: changes, steps, closures, shops.

In: a part and the key of the digests that replace secrets. Out: JSON, or the part again. A damaged part is refused with its
place (`DecodeError`). It knows neither the envelope nor the seal.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.documents.codec import CodecFactory, DecodeError, FieldCodec, defined, narrowed, optional
from reconciler.core.documents.field_codecs import NUMBER, REF, SHARED, TEXT, NewerVersion
from reconciler.core.documents.value_codec import SCALAR, VALUES
from reconciler.core.model.kinds import KIND_NAMES, KINDS
from reconciler.core.model.state import FieldRef, MaintenancePolicy
from reconciler.core.planning.plan import ShopPlan, Step, StepKind


def _read_field(document: Any) -> FieldRef:
    """Unlike one of a journal, a field of a plan is going to be written, so it has to be one."""
    ref: FieldRef = REF.read(document)
    specs = (spec for kind in KINDS if kind.name == ref.kind for spec in kind.fields if spec.name == ref.field)
    spec = next(specs, None)
    if spec is None:
        raise NewerVersion(msg("Unknown field {name}", name=str(ref)))
    if spec.policy.entries is not (ref.entry is not None):
        raise ValueError("an entry of what has none, or none of what has")
    return ref


def _read_kind(document: Any) -> str:
    kind: str = TEXT.read(document)
    if kind not in ("", *KIND_NAMES):
        raise NewerVersion(msg("Unknown kind {name}", name=kind))
    return kind


def _read_shop(document: Any) -> ShopPlan:
    """Steps and bracket must be about changes and steps that the document holds."""
    shop: ShopPlan = _SHOP.read(document)
    written = {change.ref for change in shop.written_changes}
    for index, step in enumerate(shop.steps):
        if any(ref not in written or ref.kind != step.kind for ref in step.refs):
            raise DecodeError(f".steps[{index}].refs", "ValueError")
    ends = [index for index, step in enumerate(shop.steps) if step.action in (StepKind.CLOSE, StepKind.REOPEN)]
    if ends != ([shop.bracket.first, shop.bracket.last] if shop.bracket else []):
        raise DecodeError(".bracket", "ValueError")
    return shop


_KIND: Final = narrowed(TEXT, enum=list(KIND_NAMES))
_MINUTE: Final = narrowed(NUMBER, maximum=1439)
_STEP_KIND: Final = FieldCodec(TEXT.write, _read_kind, narrowed(TEXT, enum=["", *KIND_NAMES]).schema)
_FIELD: Final = defined("field", replace(CodecFactory(SHARED).record(FieldRef, kind=_KIND), read=_read_field))

_PARTS: Final = CodecFactory({**SHARED, **VALUES, FieldRef: _FIELD}, located=True)
_STEP: Final = _PARTS.record(Step, kind=_STEP_KIND)
_MAINTENANCE: Final = _PARTS.record(
    MaintenancePolicy, window=optional(_PARTS.named_pair(opens=_MINUTE, closes=_MINUTE))
)
_SHOP: Final = _PARTS.record(
    ShopPlan,
    omit=("maintenance_origins", "planned_from"),
    steps=_PARTS.list_of(_STEP),
    predicted=_PARTS.list_of(_PARTS.named_pair(ref=_FIELD, value=SCALAR)),
    versions=_PARTS.list_of(_PARTS.named_pair(kind=_KIND, version=TEXT)),
    endpoint_target=optional(_PARTS.named_pair(seller_id=TEXT, url=TEXT)),
    maintenance=_MAINTENANCE,
    labels=_PARTS.list_of(_PARTS.named_pair(key=TEXT, value=TEXT)),
)
PLAN_PARTS: Final = CodecFactory({**_PARTS.by_type, ShopPlan: replace(_SHOP, read=_read_shop)}, located=True)
"""Derives the codecs of what holds shops."""
