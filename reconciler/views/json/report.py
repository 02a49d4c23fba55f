"""A report as a JSON document: `reconciler/report`.

In: a report, what was found in the manifests, on request the request log. Out: text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport
from reconciler.core.values import UNSET
from reconciler.views.json.parts import Request, diagnostics_json, document_head, document_text, request_log


def report_json(report: Report, diagnostics: Sequence[Diagnostic] = (), log: Iterable[Request] | None = None) -> str:
    document: dict[str, Json] = {
        **document_head("report"),
        "fingerprint": report.fingerprint,
        "interrupted": report.interrupted,
        "halted": report.halted,
        "summary": {outcome.value: report.count(outcome) for outcome in ShopOutcome},
        "findings": diagnostics_json(report.findings),
        "diagnostics": diagnostics_json(diagnostics),
        "waves": [
            {"wave": wave.wave, "name": wave.name, "shops": wave.shops, "passed": wave.passed} for wave in report.waves
        ],
        "shops": [_shop(shop) for shop in report.shops],
        **request_log(log),
    }
    return document_text(document)


def _shop(shop: ShopReport) -> Json:
    return {
        "shop": str(shop.shop),
        "outcome": shop.outcome.value,
        "done": shop.done,
        "writes": shop.writes,
        "verified": shop.verified,
        "reopened": shop.reopened,
        "closed_ms": shop.closed_ms,
        "missed": [_missed(miss) for miss in shop.missed],
        "findings": diagnostics_json(shop.findings),
    }


def _missed(miss: PredictionMissed) -> Json:
    """`found` is missing where the backend said nothing of the field."""
    known: dict[str, Json] = {} if miss.found is UNSET else {"found": to_canonical(miss.found)}
    policy = miss.ref.spec.policy
    return {
        "field": str(miss.ref),
        "label": miss.ref.label,
        "title": policy.title,
        "predicted": to_canonical(miss.predicted),
        **known,
    }
