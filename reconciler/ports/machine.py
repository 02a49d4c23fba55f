"""What a run needs of the machine it runs on: secrets and the time."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from reconciler.core.values import Secret, SecretRef


class Secrets(Protocol):
    def resolve(self, ref: SecretRef) -> Secret:
        """Raises SecretMissing."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    async def sleep(self, seconds: float) -> None: ...
