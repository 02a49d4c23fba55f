"""The use case `show`: one shop as the backend has it. It cannot write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.results.shop_result import ShopResult
from reconciler.workflows.suggest import observed_with_suggestions

if TYPE_CHECKING:
    from reconciler.core.model.state import Observed
    from reconciler.core.values import ShopKey
    from reconciler.ports import ObservingBackend
    from reconciler.workflows.session import Session


async def show_shop(session: Session, shop: ShopKey) -> ShopResult:
    """Raises BackendError where nothing at all can be read."""
    async with session.observe() as backend:
        observed = await _observe(shop, backend)
        return ShopResult(observed=observed, requests=tuple(backend.requests))


async def _observe(shop: ShopKey, backend: ObservingBackend) -> Observed:
    async for observed in backend.observe([shop]):
        return (await observed_with_suggestions([observed], backend))[0]
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")
