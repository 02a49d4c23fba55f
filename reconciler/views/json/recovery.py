"""What was looked after of a run that was cut off, as a JSON document: `reconciler/resume`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.core.model.canonical import Json
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.views.json.parts import Request, diagnostics_json, document_head, document_text, request_log


def recovery_json(told: Sequence[RecoveredShop], *, went_on: Json = None, log: Iterable[Request] | None = None) -> str:
    """`went_on` is the report document of the waves that were left; null where none were."""
    found = [resumed.outcome for resumed in told]
    document: dict[str, Json] = {
        **document_head("resume"),
        "summary": {"shops": len(told), **{each.value: found.count(each) for each in RecoveryOutcome}},
        "shops": [_shop(resumed) for resumed in told],
        "went_on": went_on,
        **request_log(log),
    }
    return document_text(document)


def _shop(resumed: RecoveredShop) -> Json:
    """`storefront` is null where nobody could context."""
    return {
        "shop": str(resumed.shop),
        "run": resumed.run,
        "closed_by_run": resumed.closed,
        "writes_without_outcome": resumed.pending_writes,
        "found": resumed.outcome.value,
        "storefront": None if resumed.status is None else resumed.status.value,
        "findings": diagnostics_json([] if resumed.reason is None else [resumed.reason]),
    }
