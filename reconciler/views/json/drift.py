"""Drift as a JSON document: `reconciler/drift`.

In: a drift, on request the request log. Out: text. What was found in the manifests is part of the drift.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.model.canonical import Json, to_canonical
from reconciler.core.values import UNSET
from reconciler.views.common.counts import of_drift
from reconciler.views.json.parts import (
    Request,
    diagnostics_json,
    document_head,
    document_text,
    origin_json,
    request_log,
)


def drift_json(drift: Drift, log: Iterable[Request] | None = None) -> str:
    tally = of_drift(drift)
    document: dict[str, Json] = {
        **document_head("drift"),
        "summary": {
            "shops": tally.shops,
            "drifted": tally.drifted,
            "fields": tally.fields,
            "unknown": tally.unknown,
            "converged": tally.converged,
            "silent": tally.silent,
            "strangers": tally.strangers,
        },
        "diagnostics": diagnostics_json(drift.findings),
        "shops": [_shop(shop) for shop in drift.shops],
        **request_log(log),
    }
    return document_text(document)


def _shop(shop: ShopDrift) -> Json:
    return {
        "shop": str(shop.shop),
        "file": shop.origin.file,
        "unknown": shop.unknown,
        "entries": [_entry(entry) for entry in shop.entries],
        "findings": diagnostics_json(shop.findings),
        **_heard(shop),
    }


def _heard(shop: ShopDrift) -> dict[str, Json]:
    """Left out where no sidecar is: null would say that nothing was heard."""
    heard = shop.notifications
    if heard is None:
        return {}
    told: dict[str, Json] = {"registered": heard.registered, "last": heard.last}
    return {"notifications": {**told, "unheard": heard.missed_captures, "unheard_since": heard.missed_since}}


def _entry(entry: DriftEntry) -> Json:
    """`applied` is left out where nothing was ever applied: null would say that nothing stood there."""
    policy = entry.ref.spec.policy
    applied: dict[str, Json] = {} if entry.applied is UNSET else {"applied": to_canonical(entry.applied)}
    return {
        "field": str(entry.ref),
        "declared": entry.ref.manifest_path,
        "label": entry.ref.label,
        "title": policy.title,
        "drift": entry.label.value,
        "wanted": to_canonical(entry.desired),
        "observed": to_canonical(entry.observed),
        **applied,
        "changed": None if entry.changed is None else _changed(entry.changed),
        "place": origin_json(entry.origin),
    }


def _changed(change: AuditEntry) -> Json:
    return {
        "at": change.at,
        "actor": change.actor,
        "actor_type": change.actor_type,
        "before": change.before,
        "after": change.after,
        "cause": change.cause,
    }
