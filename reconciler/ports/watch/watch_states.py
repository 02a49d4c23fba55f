"""What a watcher remembers: how far it has read the backend's changes, which commit it saw last."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Protocol


class WatchState(Protocol):
    """Each method is one transaction and raises SetupError. A fleet does not see another one's values."""

    def read(self, fleet: str) -> Mapping[str, str]:
        """All values by name."""
        ...

    def save(self, fleet: str, values: Mapping[str, str | None], at: str) -> None:
        """Replaces the values of these names; None removes one. `at` is when, as text in UTC."""
        ...


class WatchStates(Protocol):
    def open(self) -> AbstractContextManager[WatchState]:
        """Makes the store where there is none. Raises SetupError."""
        ...
