"""What was looked after of a run that was cut off, as a JSON document: `reconciler/resume`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.model.canonical import Json
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import StorefrontStatus
from reconciler.views.json.document import DocumentType, Request
from reconciler.views.json.parts import DiagnosticJson, diagnostics_json, whole_type
from reconciler.views.json.report import REPORT
from reconciler.views.json.shapes import Count, Shape, counts_of, one_of


class RecoveredShopJson(TypedDict):
    """`storefront` is null where it could not be read."""

    shop: str
    run: str
    closed_by_run: bool
    writes_without_outcome: Count
    found: Annotated[str, one_of(RecoveryOutcome)]
    storefront: Annotated[str, one_of(StorefrontStatus)] | None
    findings: list[DiagnosticJson]


class RecoveryJson(TypedDict):
    """`went_on` is the report of the remaining waves; null where none remained."""

    summary: Annotated[dict[str, int], counts_of("shops", *(outcome.value for outcome in RecoveryOutcome))]
    shops: list[RecoveredShopJson]
    went_on: Annotated[Json, Shape(whole_type(REPORT) | None)]


RECOVERY: Final = DocumentType(name="resume", version=1, body=RecoveryJson)


def recovery_json(told: Sequence[RecoveredShop], *, went_on: Json = None, log: Iterable[Request] | None = None) -> str:
    found = [resumed.outcome for resumed in told]
    body: RecoveryJson = {
        "summary": {"shops": len(told), **{each.value: found.count(each) for each in RecoveryOutcome}},
        "shops": [_shop(resumed) for resumed in told],
        "went_on": went_on,
    }
    return RECOVERY.text(body, log)


def _shop(resumed: RecoveredShop) -> RecoveredShopJson:
    return {
        "shop": str(resumed.shop),
        "run": resumed.run,
        "closed_by_run": resumed.closed,
        "writes_without_outcome": resumed.pending_writes,
        "found": resumed.outcome.value,
        "storefront": None if resumed.status is None else resumed.status.value,
        "findings": diagnostics_json([] if resumed.reason is None else [resumed.reason]),
    }
