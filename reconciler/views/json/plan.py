"""A plan as a JSON document: `reconciler/plan`.

In: a plan, what was found in the manifests, on request the request log. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.planning.change import Change
from reconciler.core.planning.plan import Plan, ShopPlan, Step
from reconciler.views.common.counts import of_plan
from reconciler.views.json.parts import (
    Request,
    diagnostics_json,
    document_head,
    document_text,
    origin_json,
    request_log,
)


def plan_json(plan: Plan, diagnostics: Sequence[Diagnostic] = (), log: Iterable[Request] | None = None) -> str:
    document: dict[str, Json] = {
        **document_head("plan"),
        "fingerprint": plan.fingerprint,
        "summary": _summary(plan),
        "findings": diagnostics_json(plan.findings),
        "diagnostics": diagnostics_json(diagnostics),
        "shops": [_shop(shop) for shop in plan.shops],
        **request_log(log),
    }
    return document_text(document)


def _summary(plan: Plan) -> Json:
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
        "left_out": plan.unchanged_shops,
    }


def _shop(shop: ShopPlan) -> Json:
    return {
        "shop": str(shop.shop),
        "file": shop.origin.file,
        "blocked": shop.blocked,
        "changes": [_change(change) for change in shop.changes],
        "steps": [_step(step) for step in shop.steps],
        "bracket": {"first": shop.bracket.first, "last": shop.bracket.last, "seconds": shop.bracket.seconds}
        if shop.bracket
        else None,
        "predicted": [{"field": str(ref), "value": to_canonical(value)} for ref, value in shop.predicted],
        "versions": dict(shop.versions),
        "findings": diagnostics_json(shop.findings),
    }


def _change(change: Change) -> Json:
    policy = change.ref.spec.policy
    return {
        "field": str(change.ref),
        "declared": change.ref.manifest_path,
        "label": change.ref.label,
        "title": policy.title,
        "action": change.action.value,
        "reason": change.reason.value,
        "before": to_canonical(change.before),
        "after": to_canonical(change.after),
        "follows": str(change.caused_by) if change.caused_by else None,
        "place": origin_json(change.origin),
    }


def _step(step: Step) -> Json:
    return {"does": step.action.value, "kind": step.kind or None, "fields": [str(ref) for ref in step.refs]}
