"""What was looked after of a run that was cut off, as a JSON document: `reconciler/resume`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reconciler.core.model.canonical import Json
from reconciler.core.runs.recovery import RecoveredShop, RecoveryOutcome
from reconciler.views.json.parts import Request, document_head, findings, requests, text_of


def recovery_json(told: Sequence[RecoveredShop], *, went_on: Json = None, log: Iterable[Request] | None = None) -> str:
    """`went_on` is the report document of the waves that were left; null where none were."""
    found = [resumed.found for resumed in told]
    document: dict[str, Json] = {
        **document_head("resume"),
        "summary": {"shops": len(told), **{each.value: found.count(each) for each in RecoveryOutcome}},
        "shops": [_shop(resumed) for resumed in told],
        "went_on": went_on,
        **requests(log),
    }
    return text_of(document)


def _shop(resumed: RecoveredShop) -> Json:
    """`storefront` is null where nobody could look."""
    return {
        "shop": str(resumed.shop),
        "run": resumed.run,
        "closed_by_run": resumed.closed,
        "writes_without_outcome": resumed.intents,
        "found": resumed.found.value,
        "storefront": None if resumed.status is None else resumed.status.value,
        "findings": findings([] if resumed.why is None else [resumed.why]),
    }
