"""The use case `findings metrics`: drift in numbers, from the store. The backend is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.findings.drift_metrics import DriftMetrics, StoredMetrics, measure_drift

if TYPE_CHECKING:
    from reconciler.ports.findings.finding_store import FindingStores


def read_metrics(stores: FindingStores, fleet: str, now: str) -> DriftMetrics:
    """Where nothing was ever stored, all counters are 0. Raises SetupError."""
    with stores.open(create=False) as store:
        if store is None:
            return measure_drift(fleet, (), StoredMetrics(), now)
        return measure_drift(fleet, store.findings(fleet), store.metrics(fleet), now)
