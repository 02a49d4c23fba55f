"""Drift as a JSON document: `reconciler/drift`.

In: a drift, and who ran it. Out: text. What was found in the manifests is part of the drift.
"""

from __future__ import annotations

from typing import Annotated, Final, NotRequired

from typing_extensions import TypedDict

from reconciler.core.diagnostics.source_line import SourceLines
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift, entry_severity
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.missed_notifications import NotificationState
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.drift.severity import SEVERITY_WORDS_OF_FINDINGS
from reconciler.core.drift.unmanaged import UnmanagedShop
from reconciler.core.model.canonical import to_canonical
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.values import UNSET
from reconciler.views.common.counts import of_drift
from reconciler.views.json.document import EMPTY_HEAD, DocumentHead, DocumentType
from reconciler.views.json.parts import (
    DiagnosticJson,
    FieldNameJson,
    OriginJson,
    Value,
    diagnostics_json,
    origin_json,
)
from reconciler.views.json.shapes import Count, one_of


class DriftSummaryJson(TypedDict):
    """`fields` differ and are not accepted; `hidden` ones do and were not asked for. `unmanaged` counts the shops of the backend
    that no manifest declares; null where they were not listed.
    """

    shops: Count
    drifted: Count
    fields: Count
    unknown: Count
    converged: Count
    accepted: Count
    hidden: Count
    uncompared: Count
    missed_notifications: Count
    foreign_endpoints: Count
    critical: Count
    credentials_refused: Count
    buttons_hidden: Count
    switched_off: Count
    unmanaged: Count | None


class AuditEntryJson(TypedDict):
    """The values are text, or say that a secret was there."""

    at: str
    actor: str
    actor_type: str
    before: Value
    after: Value
    cause: str | None


class AppliedJson(TypedDict, total=False):
    """Omitted if nothing was ever applied: null would mean that there was no value."""

    applied: Value


class DriftEntryJson(FieldNameJson, AppliedJson):
    """`applied` is missing where nothing was ever applied. `severity` is null for what needs no attention: pending, converged and
    accepted differences.
    """

    drift: Annotated[str, one_of(DriftLabel)]
    severity: Annotated[str, one_of(SEVERITY_WORDS_OF_FINDINGS)] | None
    accepted_until: str | None
    desired: Value
    observed: Value
    changed: AuditEntryJson | None
    location: OriginJson


class ReceivedNotificationsJson(TypedDict):
    """Times are in UTC."""

    registered: bool
    last: str | None
    missed_captures: Count
    missed_since: str | None


class ShopDriftJson(TypedDict):
    """`problems`: what keeps payments from working in the shop; each has a diagnostic of severity `critical`.

    `notifications` is missing where there is no sidecar: null would say that nothing was received.
    """

    shop: str
    file: str
    unknown: bool
    uncompared: list[str]
    problems: list[Annotated[str, one_of(PaymentProblem)]]
    entries: list[DriftEntryJson]
    diagnostics: list[DiagnosticJson]
    notifications: NotRequired[ReceivedNotificationsJson]


class UnmanagedShopJson(TypedDict):
    """`last_applied` (UTC) and `run` are null for a shop of which no manifest was ever applied."""

    shop: str
    last_applied: str | None
    run: str | None


class DriftJson(TypedDict):
    """`unmanaged_shops` is there where they were asked for by name."""

    summary: DriftSummaryJson
    diagnostics: list[DiagnosticJson]
    shops: list[ShopDriftJson]
    unmanaged_shops: NotRequired[list[UnmanagedShopJson]]


DRIFT: Final = DocumentType(name="drift", body=DriftJson)


def drift_json(drift: Drift, head: DocumentHead = EMPTY_HEAD) -> str:
    tally = of_drift(drift)
    body: DriftJson = {
        "summary": {
            "shops": tally.shops,
            "drifted": tally.drifted,
            "fields": tally.fields,
            "unknown": tally.unknown,
            "converged": tally.converged,
            "accepted": tally.accepted,
            "hidden": tally.hidden,
            "uncompared": tally.uncompared,
            "missed_notifications": tally.silent,
            "foreign_endpoints": tally.strangers,
            "critical": tally.critical,
            "credentials_refused": tally.problems[PaymentProblem.CREDENTIALS_REFUSED],
            "buttons_hidden": tally.problems[PaymentProblem.BUTTONS_HIDDEN],
            "switched_off": tally.problems[PaymentProblem.SWITCHED_OFF],
            "unmanaged": tally.unmanaged,
        },
        "diagnostics": diagnostics_json(drift.findings, head.sources),
        "shops": [_shop(shop, head.sources) for shop in drift.shops],
    }
    if drift.unmanaged is not None and drift.unmanaged.listed:
        body["unmanaged_shops"] = [_unmanaged(each) for each in drift.unmanaged.shops]
    return DRIFT.text(body, head)


def _unmanaged(each: UnmanagedShop) -> UnmanagedShopJson:
    return {"shop": str(each.shop), "last_applied": each.applied, "run": each.run}


def _shop(shop: ShopDrift, sources: SourceLines) -> ShopDriftJson:
    document: ShopDriftJson = {
        "shop": str(shop.shop),
        "file": shop.origin.file,
        "unknown": shop.unknown,
        "uncompared": list(shop.uncompared),
        "problems": [problem.value for problem in shop.problems],
        "entries": [_entry(entry, entry_severity(entry, shop.labels)) for entry in shop.entries],
        "diagnostics": diagnostics_json(shop.findings, sources),
    }
    if shop.notifications is not None:
        document["notifications"] = _received(shop.notifications)
    return document


def _received(received: NotificationState) -> ReceivedNotificationsJson:
    return {
        "registered": received.registered,
        "last": received.last,
        "missed_captures": received.missed_captures,
        "missed_since": received.missed_since,
    }


def _entry(entry: DriftEntry, severity: FindingSeverity | None) -> DriftEntryJson:
    applied: AppliedJson = {} if entry.applied is UNSET else {"applied": to_canonical(entry.applied)}
    policy = entry.ref.spec.policy
    return {
        "field": str(entry.ref),
        "manifest_key": entry.ref.manifest_path,
        "label": entry.ref.label,
        "title": policy.title,
        "drift": entry.label.value,
        "severity": None if severity is None else severity.word,
        "accepted_until": entry.accepted_until,
        "desired": to_canonical(entry.desired),
        "observed": to_canonical(entry.observed),
        **applied,
        "changed": None if entry.changed is None else _changed(entry.changed),
        "location": origin_json(entry.origin),
    }


def _changed(change: AuditEntry) -> AuditEntryJson:
    return {
        "at": change.at,
        "actor": change.actor,
        "actor_type": change.actor_type,
        "before": change.before,
        "after": change.after,
        "cause": change.cause,
    }
