"""The story of a drift check: gather and compare. It cannot write."""

from __future__ import annotations

from reconciler.core.drift import Drift, drift_of
from reconciler.core.plan import Pace, plan_shop
from reconciler.core.selection import Selection
from reconciler.ports import Manifests, ObservingBackend, Secrets
from reconciler.workflows.gather import gather


async def find_drift(selection: Selection, manifests: Manifests, secrets: Secrets, backend: ObservingBackend) -> Drift:
    """Raises BackendError only where nothing at all can be read."""
    world = await gather(manifests, selection, secrets, backend)
    shops = tuple(drift_of(wish, observed, plan_shop(wish, observed, Pace())) for wish, observed in world.pairs)
    return Drift(shops=shops, findings=world.manifest.findings)
