"""What a run needs of the machine it runs on: secrets and the time.

How shops are doing after they were written, as far as somebody watches them: their notifications, for one.
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
        """Seconds from an arbitrary start. It never goes back, whatever the time of day is set to."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class ShopHealthProbe(Protocol):
    async def unhealthy(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, Diagnostic]:
        """Those of `shops` that are known to be unwell, each with the reason. Of whom nothing is known, nothing is said."""
        ...
