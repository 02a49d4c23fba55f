"""A report as a JSON document: `reconciler/report`.

In: a report, what was found in the manifests, and who ran it. Out: text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final, NotRequired

from typing_extensions import TypedDict

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.model.canonical import to_canonical
from reconciler.core.runs.events import PredictionMissed
from reconciler.core.runs.report import Report, ShopOutcome, ShopReport, WaveReport
from reconciler.core.values import UNSET
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, Value, diagnostics_json
from reconciler.views.json.shapes import Count, Fingerprint, counts_of, key_for, one_of


class MissedPredictionJson(TypedDict):
    """`observed` is missing where the backend said nothing of the field."""

    field: str
    label: str
    title: str
    predicted: Value
    observed: NotRequired[Value]


class WaveJson(TypedDict):
    wave: Count
    name: str
    shops: Count
    passed: bool | None


class ShopReportJson(TypedDict):
    shop: str
    outcome: Annotated[str, one_of(ShopOutcome)]
    done: Count
    writes: Count
    verified: bool
    reopened: bool
    closed_ms: Count | None
    missed: list[MissedPredictionJson]
    diagnostics: list[DiagnosticJson]


class ReportJson(TypedDict):
    fingerprint: Fingerprint
    interrupted: bool
    halted: bool
    summary: Annotated[dict[str, int], counts_of(*(key_for(outcome) for outcome in ShopOutcome))]
    diagnostics: list[DiagnosticJson]
    waves: list[WaveJson]
    shops: list[ShopReportJson]


REPORT: Final = DocumentType(name="report", body=ReportJson)


def report_json(report: Report, diagnostics: Sequence[Diagnostic] = (), head: DocumentHead = EMPTY_HEAD) -> str:
    body: ReportJson = {
        "fingerprint": report.fingerprint,
        "interrupted": report.interrupted,
        "halted": report.halted,
        "summary": {key_for(outcome): report.count(outcome) for outcome in ShopOutcome},
        "diagnostics": diagnostics_json((*diagnostics, *report.findings), head.sources),
        "waves": [_wave(wave) for wave in report.waves],
        "shops": [_shop(shop, head.sources) for shop in report.shops],
    }
    return REPORT.text(body, head)


def _wave(wave: WaveReport) -> WaveJson:
    return {"wave": wave.wave, "name": wave.name, "shops": wave.shops, "passed": wave.passed}


def _shop(shop: ShopReport, sources: SourceLines) -> ShopReportJson:
    return {
        "shop": str(shop.shop),
        "outcome": shop.outcome.value,
        "done": shop.done,
        "writes": shop.writes,
        "verified": shop.verified,
        "reopened": shop.reopened,
        "closed_ms": shop.closed_ms,
        "missed": [_missed(miss) for miss in shop.missed],
        "diagnostics": diagnostics_json(shop.findings, sources),
    }


def _missed(miss: PredictionMissed) -> MissedPredictionJson:
    missed: MissedPredictionJson = {
        "field": str(miss.ref),
        "label": miss.ref.label,
        "title": miss.ref.spec.policy.title,
        "predicted": to_canonical(miss.predicted),
    }
    if miss.found is not UNSET:
        missed["observed"] = to_canonical(miss.found)
    return missed
