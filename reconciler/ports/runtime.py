"""What a run needs of its machine: secrets and the time.

The health of shops after they were written, where it is watched: for example their notifications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import Secret, SecretRef, ShopKey


class Secrets(Protocol):
    def check_scheme(self, ref: SecretRef) -> None:
        """Raises SecretMissing where nothing installed understands the reference's scheme. Looks up no secret."""
        ...

    def resolve(self, ref: SecretRef) -> Secret:
        """Raises SecretMissing."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The time of day: aware, UTC. It can be set, so that it may go back; for how long something takes use `monotonic`."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start. It never goes back, also if the time of day is set."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class ShopHealthProbe(Protocol):
    async def unhealthy(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        """Those of `shops` with a known problem, each with the reason. Shops without data are omitted."""
        ...
