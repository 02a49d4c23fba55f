"""The use case `findings metrics`: drift in numbers, from the store. The backend is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.findings.drift_metrics import DriftMetrics, StoredMetrics, measure_drift
from reconciler.lib.utc import format_utc

if TYPE_CHECKING:
    from reconciler.workflows.session import Session


def read_metrics(session: Session) -> DriftMetrics:
    """Where nothing was ever stored, all counters are 0. Raises SetupError."""
    fleet, now = session.target.fleet_name, format_utc(session.clock.now())
    with session.findings.open(create=False) as store:
        if store is None:
            return measure_drift(fleet, (), StoredMetrics(), now)
        return measure_drift(fleet, store.findings(fleet), store.metrics(fleet), now)
