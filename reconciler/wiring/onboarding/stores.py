"""The store and the sidecar's inbox of the settings, for the onboarding status."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.lib.frozen_class import frozen
from reconciler.wiring.runtime import store_exists
from reconciler.wiring.store import ConfiguredRunStore, kept_store

if TYPE_CHECKING:
    from reconciler.ports.onboarding.paid_orders import PaidOrders
    from reconciler.ports.onboarding.status_store import OnboardingStore


@frozen(kw_only=False)
class ConfiguredOnboardingStores:
    """Implements ports.onboarding.OnboardingStores over the store of the settings."""

    settings: Settings

    @contextmanager
    def open(self, *, create: bool) -> Iterator[OnboardingStore | None]:
        from reconciler.adapters.store.onboarding.onboarding_store import StoreOnboarding

        with kept_store(self.settings, create=create) as opened:
            yield None if opened is None else StoreOnboarding(opened)

    def ephemeral_place(self) -> str | None:
        return ConfiguredRunStore(self.settings).ephemeral_place()


def paid_orders(settings: Settings) -> PaidOrders | None:
    """None where no sidecar was ever at work: looking makes no inbox."""
    if not store_exists(settings.sidecar.inbox):
        return None
    from reconciler.adapters.store.inbox.paid_orders import StorePaidOrders

    return StorePaidOrders(settings.sidecar.inbox)
