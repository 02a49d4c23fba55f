"""What the sidecar and its commands need of the world: the inbox, the backend as far as payment goes, signing certificates."""

from __future__ import annotations

import secrets as randomness
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import ObservingBackend, SetupError
from reconciler.wiring.backends import OWN_KINDS, backend_connection, require_secure_url
from reconciler.wiring.embedded import EMBEDDED_CLIENT
from reconciler.wiring.runtime import bad_setting, clock, store_exists

if TYPE_CHECKING:
    from reconciler.adapters.backend import BackendConfig
    from reconciler.adapters.backend.http.client import Client
    from reconciler.adapters.backend.orders import HttpOrders
    from reconciler.adapters.store.db.database import Store
    from reconciler.ports.notifications import NotificationSource
    from reconciler.ports.onboarding.open_authorizations import KnownAuthorizations
    from reconciler.ports.payments import Payments
    from reconciler.ports.shop_directory import ShopIdentity
    from reconciler.ports.signing_keys import SigningKeys


@frozen
class PaymentAdapters:
    """The backend, as far as the sidecar needs it."""

    observer: ObservingBackend
    orders: HttpOrders
    payments: Payments


@contextmanager
def inbox_store(settings: Settings) -> Iterator[Store]:
    """Made where there is none. Raises SetupError."""
    from reconciler.adapters.store.db.database import open_store

    with closing(open_store(settings.sidecar.inbox, deadline=settings.timeouts.store)) as store:
        yield store


def inbox_exists(settings: Settings) -> bool:
    """Or may exist: with a server that is known only after a request."""
    return store_exists(settings.sidecar.inbox)


@contextmanager
def store_errors() -> Iterator[None]:
    """The store's own words, which say what to do, in the place of the port's."""
    from reconciler.ports.inbox import InboxUnavailable

    try:
        yield
    except InboxUnavailable as error:
        raise (error.__cause__ if isinstance(error.__cause__, SetupError) else error) from None


@asynccontextmanager
async def payment_adapters(settings: Settings) -> AsyncIterator[PaymentAdapters]:
    """Raises SecretMissing, Unusable."""
    from reconciler.adapters.backend import HttpObserver
    from reconciler.adapters.backend.charges import HttpPayments
    from reconciler.adapters.backend.http.client import Client
    from reconciler.adapters.backend.orders import HttpOrders

    if settings.backend.kind not in OWN_KINDS:
        why = msg("A backend of kind {kind} cannot mark orders as paid", kind=settings.backend.kind)
        raise bad_setting(
            settings, "backend", why, msg("Set backend.url or the embedded backend to process notifications")
        )
    config, transport = backend_connection(settings, f"{EMBEDDED_CLIENT}-ipn-{randomness.token_hex(4)}")
    async with AsyncExitStack() as stack:
        observer = await stack.enter_async_context(HttpObserver(config, clock(), transport))
        client = Client(config, clock(), transport)
        stack.push_async_callback(client.aclose)
        asked = client
        if settings.sidecar.payments is not None:
            asked = _payments_client(settings, config, settings.sidecar.payments)
            stack.push_async_callback(asked.aclose)
        yield PaymentAdapters(observer=observer, orders=HttpOrders(client), payments=HttpPayments(asked))


async def read_identity(side: PaymentAdapters, shop: ShopKey) -> ShopIdentity | None:
    """Of one shop, asked now; None where it could not be read. Raises BackendError."""
    from reconciler.adapters.shop_directory import identity_of

    async for observed in side.observer.observe([shop]):
        return identity_of(observed)
    return None


@asynccontextmanager
async def signing_keys(settings: Settings) -> AsyncIterator[SigningKeys]:
    """Pinned ones where a folder is named, else Amazon's."""
    from reconciler.adapters.sns.certificates import FetchedCertificates, PinnedCertificates

    if settings.sidecar.certificates is not None:
        yield PinnedCertificates(settings.sidecar.certificates)
        return
    async with FetchedCertificates() as fetched:
        yield fetched


def _payments_client(settings: Settings, config: BackendConfig, address: str) -> Client:
    """The same credentials for another address. Raises SetupError."""
    from reconciler.adapters.backend.http.client import Client

    require_secure_url(settings, "ipn.payments", address)
    return Client(replace(config, base_url=address), clock(), None)


def notification_source(settings: Settings) -> NotificationSource | None:
    """None where no sidecar was ever at work: looking makes no inbox."""
    if not inbox_exists(settings):
        return None
    from reconciler.adapters.store.inbox.notifications import StoreNotifications
    from reconciler.ports.notifications import NotificationSource

    return NotificationSource(
        notifications=StoreNotifications(settings.sidecar.inbox),
        clock=clock(),
        patience=settings.sidecar.missed_after,
        memory=settings.sidecar.max_age,
    )


def known_authorizations(settings: Settings) -> KnownAuthorizations | None:
    """None where no sidecar was ever at work."""
    if not inbox_exists(settings):
        return None
    from reconciler.adapters.store.inbox.open_authorizations import StoreAuthorizations

    return StoreAuthorizations(settings.sidecar.inbox)
