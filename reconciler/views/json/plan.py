"""A plan as a JSON document: `reconciler/plan`.

In: a plan, what was found in the manifests, and who ran it. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.model.canonical import to_canonical
from reconciler.core.model.kinds import KIND_NAMES
from reconciler.core.planning.change import Change, ChangeAction, Reason
from reconciler.core.planning.plan import ClosureBracket, Plan, ShopPlan, Step, StepKind
from reconciler.views.common.counts import of_plan
from reconciler.views.common.reports.json_text import LazyList
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import (
    DiagnosticJson,
    FieldNameJson,
    OriginJson,
    Value,
    diagnostics_json,
    origin_json,
)
from reconciler.views.json.shapes import Count, Fingerprint, Keywords, one_of


class PlanSummaryJson(TypedDict):
    add: Count
    change: Count
    remove: Count
    derived: Count
    shops: Count
    changed: Count
    closing: Count
    refused: Count
    unplanned: Count
    uncompared: Count
    left_out: Count


class ChangeJson(FieldNameJson):
    action: Annotated[str, one_of(ChangeAction)]
    reason: Annotated[str, one_of(Reason)]
    before: Value
    after: Value
    caused_by: str | None
    location: OriginJson


class StepJson(TypedDict):
    action: Annotated[str, one_of(StepKind)]
    kind: Annotated[str, one_of(KIND_NAMES)] | None
    fields: list[str]


class ClosureBracketJson(TypedDict):
    """The steps that close and reopen the shop, and for how many seconds it is expected to be closed."""

    first: Count
    last: Count
    seconds: Count


class PredictionJson(TypedDict):
    field: str
    value: Value


class ShopPlanJson(TypedDict):
    shop: str
    file: str
    leaf: Fingerprint | None
    blocked: bool
    uncompared: list[str]
    changes: list[ChangeJson]
    steps: list[StepJson]
    closure: ClosureBracketJson | None
    predicted: list[PredictionJson]
    versions: Annotated[dict[str, str], Keywords(propertyNames={"enum": list(KIND_NAMES)})]
    diagnostics: list[DiagnosticJson]


class PlanJson(TypedDict):
    fingerprint: Fingerprint
    summary: PlanSummaryJson
    diagnostics: list[DiagnosticJson]
    shops: list[ShopPlanJson]


PLAN: Final = DocumentType(name="plan", body=PlanJson)


def plan_json(plan: Plan, diagnostics: Sequence[Diagnostic] = (), head: DocumentHead = EMPTY_HEAD) -> str:
    return "".join(plan_pieces(plan, diagnostics, head))


def plan_pieces(plan: Plan, diagnostics: Sequence[Diagnostic] = (), head: DocumentHead = EMPTY_HEAD) -> Iterator[str]:
    """The text of `plan_json`; no more than some shops of it are in memory."""
    leaves = {leaf.shop: leaf.digest for leaf in plan.leaves}

    def shops() -> Iterator[ShopPlanJson]:
        return (_shop(shop, leaves.get(shop.shop), head.sources) for shop in plan.shops)

    body: PlanJson = {
        "fingerprint": plan.fingerprint,
        "summary": _summary(plan),
        "diagnostics": diagnostics_json((*diagnostics, *plan.findings), head.sources),
        "shops": LazyList(len(plan.shops), shops),
    }
    return PLAN.pieces(body, head)


def _summary(plan: Plan) -> PlanSummaryJson:
    tally = of_plan(plan)
    return {
        "add": tally.add,
        "change": tally.change,
        "remove": tally.remove,
        "derived": tally.derived,
        "shops": tally.shops,
        "changed": tally.changed,
        "closing": tally.closing,
        "refused": tally.refused,
        "unplanned": tally.unplanned,
        "uncompared": tally.uncompared,
        "left_out": plan.unchanged_shops,
    }


def _shop(shop: ShopPlan, leaf: str | None, sources: SourceLines) -> ShopPlanJson:
    return {
        "shop": str(shop.shop),
        "file": shop.origin.file,
        "leaf": leaf,
        "blocked": shop.blocked,
        "uncompared": list(shop.uncompared),
        "changes": [_change(change) for change in shop.changes],
        "steps": [_step(step) for step in shop.steps],
        "closure": None if shop.bracket is None else _bracket(shop.bracket),
        "predicted": [{"field": str(ref), "value": to_canonical(value)} for ref, value in shop.predicted],
        "versions": dict(shop.versions),
        "diagnostics": diagnostics_json(shop.findings, sources),
    }


def _change(change: Change) -> ChangeJson:
    policy = change.ref.spec.policy
    return {
        "field": str(change.ref),
        "manifest_key": change.ref.manifest_path,
        "label": change.ref.label,
        "title": policy.title,
        "action": change.action.value,
        "reason": change.reason.value,
        "before": to_canonical(change.before),
        "after": to_canonical(change.after),
        "caused_by": str(change.caused_by) if change.caused_by else None,
        "location": origin_json(change.origin),
    }


def _bracket(bracket: ClosureBracket) -> ClosureBracketJson:
    return {"first": bracket.first, "last": bracket.last, "seconds": bracket.seconds}


def _step(step: Step) -> StepJson:
    return {"action": step.action.value, "kind": step.kind or None, "fields": [str(ref) for ref in step.refs]}
