"""The story of a look: one shop as the backend has it. It cannot write."""

from __future__ import annotations

from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.ports import ObservingBackend
from reconciler.workflows.suggest import with_guesses_in


async def look_at(shop: ShopKey, backend: ObservingBackend) -> Observed:
    """Raises BackendError where nothing at all can be read."""
    async for observed in backend.observe([shop]):
        return (await with_guesses_in([observed], backend))[0]
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")
