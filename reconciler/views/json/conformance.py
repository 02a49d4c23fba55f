"""The check of a backend as a JSON document: `reconciler/conformance`."""

from __future__ import annotations

from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.conformance.clause import ClauseGroup
from reconciler.core.conformance.report import ClauseOutcome, ClauseResult, ConformanceReport
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.shapes import Count, counts_of, key_for, one_of


class EvidenceJson(TypedDict):
    """`request` is the method and the path, without headers and body. Nothing in it is a secret."""

    request: str
    expected: str
    found: str


class ClauseJson(TypedDict):
    """`evidence` of a broken clause, else null; `reason` of one that was not checked, else null."""

    id: str
    group: Annotated[str, one_of(ClauseGroup)]
    title: str
    outcome: Annotated[str, one_of(ClauseOutcome)]
    evidence: EvidenceJson | None
    reason: str | None


class MeasurementJson(TypedDict):
    """`value` is null where more than was tried is possible, or where it was not reached."""

    name: str
    value: float | None
    unit: str


class UnrestoredJson(TypedDict):
    """Field `*`: the shop could not be read."""

    shop: str
    field: str
    before: str
    after: str


class ConformanceJson(TypedDict):
    """`written` shops were written to and restored, except for `unrestored`."""

    backend: str
    shops: list[str]
    capabilities: list[str]
    counts: Annotated[dict[str, Count], counts_of(*(key_for(each) for each in ClauseOutcome))]
    clauses: list[ClauseJson]
    measurements: list[MeasurementJson]
    written: list[str]
    unrestored: list[UnrestoredJson]
    interrupted: bool


CONFORMANCE: Final = DocumentType(name="conformance", body=ConformanceJson)


def conformance_json(report: ConformanceReport, head: DocumentHead = EMPTY_HEAD) -> str:
    counts = report.counts
    document: ConformanceJson = {
        "backend": report.backend,
        "shops": list(report.shops),
        "capabilities": list(report.capabilities),
        "counts": {key_for(each): counts[each.value] for each in ClauseOutcome},
        "clauses": [_clause(each) for each in report.clauses],
        "measurements": [{"name": each.name, "value": each.value, "unit": each.unit} for each in report.measurements],
        "written": list(report.written),
        "unrestored": [
            {"shop": each.shop, "field": each.field, "before": each.before, "after": each.after}
            for each in report.unrestored
        ],
        "interrupted": report.interrupted,
    }
    return CONFORMANCE.text(document, head)


def _clause(result: ClauseResult) -> ClauseJson:
    evidence = result.evidence
    return {
        "id": result.clause.id,
        "group": result.clause.group.value,
        "title": str(result.clause.title),
        "outcome": result.outcome.value,
        "evidence": None
        if evidence is None
        else {"request": evidence.request, "expected": str(evidence.expected), "found": str(evidence.found)},
        "reason": None if result.reason is None else str(result.reason),
    }
