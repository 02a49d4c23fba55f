"""The story of a look: one shop as the backend has it. It cannot write."""

from __future__ import annotations

from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.ports import ObservingBackend
from reconciler.workflows.suggest import observed_with_suggestions


async def show_shop(shop: ShopKey, backend: ObservingBackend) -> Observed:
    """Raises BackendError where nothing at all can be read."""
    async for observed in backend.observe([shop]):
        return (await observed_with_suggestions([observed], backend))[0]
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")
