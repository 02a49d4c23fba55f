"""The JSON documents' shapes, as JSON Schema (2020-12). Tests hold every document that is written against them.

In: nothing. Out: schemas. A document may grow within a version by what readers can overlook; a schema names all there is, so
that a slip is seen. The shape of manifests is stated by their own reader.
"""

from __future__ import annotations

from reconciler.core.drift.drift import DriftLabel
from reconciler.core.model.kinds import KIND_NAMES
from reconciler.core.model.policy import Owner
from reconciler.core.planning.change import ChangeAction, Reason
from reconciler.core.planning.plan import StepKind
from reconciler.core.results.authoring import FileAction as Becomes
from reconciler.core.runs.report import ShopOutcome
from reconciler.views.schemas.parts import (
    COUNT,
    FINGERPRINT,
    FLAG,
    TEXT,
    Schema,
    array_of,
    counts_of,
    document_of,
    object_of,
    one_of,
    or_null,
    ref_to,
)


def plan_schema() -> Schema:
    counts = ("add", "change", "remove", "derived", "shops", "changed", "closing", "refused", "unplanned", "left_out")
    return document_of(
        "plan",
        fingerprint=FINGERPRINT,
        summary=counts_of(*counts),
        findings=array_of(ref_to("finding")),
        diagnostics=array_of(ref_to("finding")),
        shops=array_of(_shop_plan()),
    )


def report_schema() -> Schema:
    shop = object_of(
        shop=TEXT,
        outcome=one_of(*(outcome.value for outcome in ShopOutcome)),
        done=COUNT,
        writes=COUNT,
        verified=FLAG,
        reopened=FLAG,
        closed_ms=or_null(COUNT),
        missed=array_of(_missed()),
        findings=array_of(ref_to("finding")),
    )
    return document_of(
        "report",
        fingerprint=FINGERPRINT,
        interrupted=FLAG,
        halted=FLAG,
        summary=counts_of(*(outcome.value for outcome in ShopOutcome)),
        findings=array_of(ref_to("finding")),
        diagnostics=array_of(ref_to("finding")),
        waves=array_of(object_of(wave=COUNT, name=TEXT, shops=COUNT, passed=or_null(FLAG))),
        shops=array_of(shop),
    )


def drift_schema() -> Schema:
    """`notifications` is missing where no sidecar is. Its times are in UTC."""
    entry = _drift_entry()
    shop = object_of(shop=TEXT, file=TEXT, unknown=FLAG, entries=array_of(entry), findings=array_of(ref_to("finding")))
    heard = object_of(registered=FLAG, last=or_null(TEXT), unheard=COUNT, unheard_since=or_null(TEXT))
    return document_of(
        "drift",
        summary=counts_of("shops", "drifted", "fields", "unknown", "converged", "silent", "strangers"),
        diagnostics=array_of(ref_to("finding")),
        shops=array_of(shop | {"properties": {**shop["properties"], "notifications": heard}}),
    )


def validation_schema() -> Schema:
    return document_of(
        "validation", valid=array_of(TEXT), broken=array_of(TEXT), diagnostics=array_of(ref_to("finding"))
    )


def formatting_schema() -> Schema:
    """`fine` counts the files that were in the style. With `check`, nothing was written."""
    file = object_of(file=TEXT, diff=TEXT)
    return document_of(
        "formatting", check=FLAG, files=array_of(file), fine=COUNT, diagnostics=array_of(ref_to("finding"))
    )


def import_schema() -> Schema:
    """`diff` is there where nothing was written; `proven` and `provided` where something was to be proven."""
    file = object_of(file=TEXT, action=one_of("create", "change"), diff=or_null(TEXT))
    secret = object_of(shop=TEXT, reference=TEXT, provided=or_null(FLAG))
    return document_of(
        "import",
        check=FLAG,
        proven=or_null(FLAG),
        summary=counts_of("shops", "created", "changed", "secrets", "unproven"),
        diagnostics=array_of(ref_to("finding")),
        shops=array_of(TEXT),
        files=array_of(file),
        secrets=array_of(secret),
    )


def begun_schema() -> Schema:
    """`file` is null where nothing was written."""
    return document_of("begun", shop=TEXT, file=or_null(TEXT), diagnostics=array_of(ref_to("finding")))


def onboarding_schema() -> Schema:
    """`rows` is empty where a row is wrong: then nothing was written. `files` is filled with `check`."""
    row = object_of(
        line=COUNT,
        shop=TEXT,
        file=TEXT,
        does=one_of(*(does.value for does in Becomes)),
        owners=array_of(TEXT),
        lacks=array_of(ref_to("finding")),
    )
    return document_of(
        "onboarding",
        check=FLAG,
        asked=FLAG,
        summary=counts_of("rows", "created", "changed", "unchanged", "lacking"),
        rows=array_of(row),
        files=array_of(object_of(file=TEXT, diff=TEXT)),
        diagnostics=array_of(ref_to("finding")),
    )


def failure_schema() -> Schema:
    """What any command writes in the place of its document where it could not go on."""
    return document_of("failure", diagnostics=array_of(ref_to("finding")))


def observed_schema() -> Schema:
    """A kind that could not be read has no version, no fields, and its reason among the findings."""
    field = object_of(**_field(), owner=one_of(*(owner.value for owner in Owner)), value=ref_to("value"))
    kind = object_of(
        kind=one_of(*KIND_NAMES),
        label=TEXT,
        screen=TEXT,
        version=or_null(TEXT),
        fields=array_of(field),
        findings=array_of(ref_to("finding")),
    )
    return document_of("shop", shop=TEXT, kinds=array_of(kind))


def _drift_entry() -> Schema:
    """`applied` is missing where nothing was ever applied. A trail's values are text, or say that a secret stood there."""
    changed = object_of(
        at=TEXT, actor=TEXT, actor_type=TEXT, before=ref_to("value"), after=ref_to("value"), cause=or_null(TEXT)
    )
    entry = object_of(
        **_field(),
        drift=one_of(*(label.value for label in DriftLabel)),
        wanted=ref_to("value"),
        observed=ref_to("value"),
        changed=or_null(changed),
        place=ref_to("place"),
    )
    return entry | {"properties": {**entry["properties"], "applied": ref_to("value")}}


def _shop_plan() -> Schema:
    return object_of(
        shop=TEXT,
        file=TEXT,
        blocked=FLAG,
        changes=array_of(_change()),
        steps=array_of(
            object_of(
                does=one_of(*(does.value for does in StepKind)),
                kind=or_null(one_of(*KIND_NAMES)),
                fields=array_of(TEXT),
            )
        ),
        bracket=or_null(object_of(first=COUNT, last=COUNT, seconds=COUNT)),
        predicted=array_of(object_of(field=TEXT, value=ref_to("value"))),
        versions={"type": "object", "propertyNames": {"enum": list(KIND_NAMES)}, "additionalProperties": TEXT},
        findings=array_of(ref_to("finding")),
    )


def _change() -> Schema:
    return object_of(
        **_field(),
        action=one_of(*(action.value for action in ChangeAction)),
        reason=one_of(*(reason.value for reason in Reason)),
        before=ref_to("value"),
        after=ref_to("value"),
        follows=or_null(TEXT),
        place=ref_to("place"),
    )


def _missed() -> Schema:
    """`found` is missing where the backend said nothing of the field."""
    about = {"field": TEXT, "label": TEXT, "title": TEXT, "predicted": ref_to("value")}
    return object_of(**about) | {"properties": {**about, "found": ref_to("value")}}


def _field() -> dict[str, Schema]:
    return {"field": TEXT, "declared": or_null(TEXT), "label": TEXT, "title": TEXT}
