"""The recovery of a killed run, as a JSON document: `reconciler/resume`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from typing_extensions import TypedDict

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.model.canonical import Json
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.core.values import StorefrontStatus
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import DiagnosticJson, diagnostics_json, whole_type
from reconciler.views.json.report import REPORT
from reconciler.views.json.shapes import Count, Shape, counts_of, key_for, one_of


class RecoveredShopJson(TypedDict):
    """`storefront` is null where it could not be read."""

    shop: str
    run: str
    closed_by_run: bool
    writes_without_outcome: Count
    outcome: Annotated[str, one_of(RecoveryOutcome)]
    storefront: Annotated[str, one_of(StorefrontStatus)] | None
    diagnostics: list[DiagnosticJson]


class RecoveryJson(TypedDict):
    """`diagnostics` are about no single recovered shop. `continued` is the report of the remaining waves; null where none
    remained.
    """

    summary: Annotated[dict[str, int], counts_of("shops", *(key_for(outcome) for outcome in RecoveryOutcome))]
    diagnostics: list[DiagnosticJson]
    shops: list[RecoveredShopJson]
    continued: Annotated[Json, Shape(whole_type(REPORT) | None)]


RECOVERY: Final = DocumentType(name="resume", body=RecoveryJson)


def recovery_json(
    recovered: Sequence[RecoveredShop],
    *,
    diagnostics: Sequence[Diagnostic] = (),
    continued: Json = None,
    head: DocumentHead = EMPTY_HEAD,
) -> str:
    found = [resumed.outcome for resumed in recovered]
    body: RecoveryJson = {
        "summary": {"shops": len(recovered), **{key_for(each): found.count(each) for each in RecoveryOutcome}},
        "diagnostics": diagnostics_json(diagnostics, head.sources),
        "shops": [_shop(resumed, head.sources) for resumed in recovered],
        "continued": continued,
    }
    return RECOVERY.text(body, head)


def _shop(resumed: RecoveredShop, sources: SourceLines) -> RecoveredShopJson:
    return {
        "shop": str(resumed.shop),
        "run": resumed.run,
        "closed_by_run": resumed.closed,
        "writes_without_outcome": resumed.pending_writes,
        "outcome": resumed.outcome.value,
        "storefront": None if resumed.status is None else resumed.status.value,
        "diagnostics": diagnostics_json([] if resumed.reason is None else [resumed.reason], sources),
    }
