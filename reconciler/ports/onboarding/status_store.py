"""Where the last onboarding status is kept: since when items have been missing, and the page of the console."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.core.onboarding.history import StoredOnboarding
from reconciler.core.onboarding.items import ShopOnboarding


class OnboardingStore(Protocol):
    """Each method is one transaction and raises SetupError. A fleet does not see another one's shops."""

    def read(self, fleet: str) -> Mapping[str, StoredOnboarding]:
        """Of all shops that a status was ever about, by shop; also of those that are no longer in one."""
        ...

    def record(self, fleet: str, shops: Sequence[ShopOnboarding], at: str) -> None:
        """The status of this moment: its shops are those of the last status. `at` is text in UTC."""
        ...


class OnboardingStores(Protocol):
    def open(self, *, create: bool) -> AbstractContextManager[OnboardingStore | None]:
        """None where nothing was ever stored and `create` is not given. Raises SetupError."""
        ...

    def ephemeral_place(self) -> str | None:
        """Where the store is, if it will probably vanish with the CI job that this process belongs to."""
        ...
