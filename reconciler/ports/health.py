"""How shops are doing after they were written, as far as somebody watches them: their notifications, for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.values import ShopKey


class Health(Protocol):
    async def unwell(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        """Those of `shops` that are known to be unwell, each with the reason. Of whom nothing is known, nothing is said."""
        ...
