"""The authors of changes that earlier looks read from the backend's audit trail, as the store has them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.finding_id import field_place
from reconciler.core.findings.finding import Finding, FindingKey, same_stored_value
from reconciler.core.findings.sightings import LABEL_CLASSES
from reconciler.core.model.canonical import to_canonical

if TYPE_CHECKING:
    from reconciler.core.drift.drift import DriftEntry
    from reconciler.core.model.canonical import DigestKey
    from reconciler.core.values import ShopKey
    from reconciler.ports.findings.finding_store import FindingStore


class StoredAuthors:
    """Implements KnownAuthors. The findings are read once, and only if there is drift. `key` is that of digests."""

    def __init__(self, store: FindingStore, fleet: str, key: DigestKey | None) -> None:
        self._store = store
        self._fleet = fleet
        self._key = key

    @cached_property
    def _findings(self) -> Mapping[str, Finding]:
        return {finding.key.id: finding for finding in self._store.findings(self._fleet)}

    def author_of(self, shop: ShopKey, entry: DriftEntry) -> AuditEntry | None:
        """Raises SetupError where the store cannot be read."""
        kind = LABEL_CLASSES.get(entry.label)
        if kind is None:
            return None
        key = FindingKey(fleet=self._fleet, shop=shop, field=field_place(entry.ref), kind=kind)
        finding = self._findings.get(key.id)
        if finding is None or finding.author is None:
            return None
        if not same_stored_value(finding.observed, to_canonical(entry.observed, self._key)):
            return None
        author = finding.author
        return AuditEntry(
            at=author.at, actor=author.actor, actor_type=author.actor_type, field=entry.ref, name=str(entry.ref)
        )
