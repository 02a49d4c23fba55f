"""What the backend offers beyond the base contract: asked once, when it is wanted for the first time.

A backend that does not answer that question, or not now, is one of the base contract.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import anyio

from reconciler.adapters.backend.http.messages import API
from reconciler.adapters.backend.pagination import Get
from reconciler.ports import BackendError

BULK_READ: Final = "bulk-read"
BULK_WRITE: Final = "bulk-write"
_PATH: Final = f"{API}/capabilities"


@dataclass(slots=True, kw_only=True)
class BackendCapabilities:
    get: Get
    _offered: frozenset[str] | None = None
    _asking: anyio.Lock = field(default_factory=anyio.Lock)

    async def offers(self, capability: str) -> bool:
        """Raises nothing of the backend's."""
        async with self._asking:
            if self._offered is None:
                self._offered = await self._asked()
        return capability in self._offered

    def withdraw(self, capability: str) -> None:
        """The backend announced it, and does not have it."""
        self._offered = (self._offered or frozenset()) - {capability}

    async def _asked(self) -> frozenset[str]:
        try:
            found = (await self.get(_PATH)).json.get("capabilities")
        except BackendError:
            return frozenset()
        return frozenset(each for each in found if isinstance(each, str)) if isinstance(found, list) else frozenset()
