"""What operators do beside a running sidecar: read the inbox, replay or park a message, readmit copies, poll by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock
from reconciler.ports.inbox_admin import MessageDetails, PollResult, Simulated, Simulation
from reconciler.ports.quarantine import QuarantineFilter, ReadmittedCopy
from reconciler.wiring.payments import inbox_exists, inbox_store, payment_adapters, store_errors
from reconciler.wiring.runtime import clock
from reconciler.wiring.sidecar_certificates import message_verifier, sidecar_certificates
from reconciler.wiring.sidecar_settings import check_sidecar_settings

if TYPE_CHECKING:
    from reconciler.adapters.store.db.database import Store
    from reconciler.ports.inbox_admin import InboxAdmin
    from reconciler.wiring.payments import PaymentAdapters


@frozen(kw_only=False)
class ConfiguredInboxAccess:
    """Implements ipn.admin.InboxAccess over the inbox of the settings."""

    settings: Settings

    def reading(self) -> AbstractContextManager[InboxAdmin | None]:
        return catalogue(self.settings)

    def writing(self) -> AbstractContextManager[InboxAdmin | None]:
        return writable_inbox_admin(self.settings)

    async def details(self, number: int) -> MessageDetails | None:
        return await show_message(self.settings, number)

    async def readmit(self, wanted: QuarantineFilter) -> Sequence[ReadmittedCopy]:
        return await readmit(self.settings, wanted)

    async def poll(self, shops: Sequence[ShopKey]) -> Sequence[PollResult]:
        return await poll(self.settings, shops)

    async def simulate(self, wanted: Simulation) -> Simulated:
        from reconciler.wiring.simulating import simulate

        return await simulate(self.settings, wanted)

    async def is_paid(self, shop: ShopKey, order: str) -> bool:
        from reconciler.wiring.simulating import is_paid

        return await is_paid(self.settings, shop, order)

    @property
    def actor(self) -> str:
        from reconciler.adapters.run_info import known_actor

        return known_actor()

    @property
    def mail_sender(self) -> str:
        from reconciler.adapters.settings.sidecar import MailSettings

        return (self.settings.sidecar.mail or MailSettings(host="", port=0)).sender

    @property
    def clock(self) -> Clock:
        return clock()


@contextmanager
def catalogue(settings: Settings) -> Iterator[InboxAdmin | None]:
    """For looking only: None where nothing was ever received, and what is there stays as it is. Raises SetupError."""
    from reconciler.adapters.store.inbox.admin import StoreInboxAdmin

    with _looked_at(settings) as store:
        yield None if store is None else StoreInboxAdmin(store)


@contextmanager
def writable_inbox_admin(settings: Settings) -> Iterator[InboxAdmin | None]:
    """To put messages back to work or aside; None where nothing was ever received. Raises SetupError."""
    from reconciler.adapters.store.inbox.admin import StoreInboxAdmin

    if not inbox_exists(settings):
        yield None
        return
    with inbox_store(settings) as store, store_errors():
        yield StoreInboxAdmin(store)


async def show_message(settings: Settings, number: int) -> MessageDetails | None:
    """Raises SetupError."""
    from reconciler.adapters.store.inbox.admin import StoreInboxAdmin

    with _looked_at(settings) as store:
        entry = None if store is None else await StoreInboxAdmin(store).entry(number)
        if store is None or entry is None:
            return None
        captures, objects = await StoreInboxAdmin(store).known(entry.arrival.shop, entry.arrival.lane)
        return MessageDetails(entry=entry, size=len(entry.arrival.body), captures=captures, objects=objects)


async def readmit(settings: Settings, wanted: QuarantineFilter) -> Sequence[ReadmittedCopy]:
    """Raises BackendError, SecretMissing, SetupError: the last also where nothing could be verified."""
    import anyio

    from reconciler.adapters.shop_directory import BackendDirectory
    from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
    from reconciler.adapters.store.inbox.inbox import StoreInbox
    from reconciler.ipn.receive.readmission import Readmission
    from reconciler.ipn.telemetry import logs
    from reconciler.ipn.telemetry.metrics import Metrics

    check_sidecar_settings(settings)
    if not inbox_exists(settings):
        return ()
    with inbox_store(settings) as store, logs.suppressed(), store_errors():
        async with (
            payment_adapters(settings) as side,
            sidecar_certificates(settings, Metrics()) as certificates,
            anyio.create_task_group() as group,
        ):
            directory = BackendDirectory(side.observer, clock())
            group.start_soon(directory.run)
            taken = await Readmission(
                verifier=message_verifier(settings, certificates, directory),
                directory=directory,
                inbox=StoreInbox(store),
                admin=StoreInboxAdmin(store),
                clock=clock(),
            ).readmit(wanted)
            group.cancel_scope.cancel()
    return taken


async def poll(settings: Settings, shops: Sequence[ShopKey]) -> Sequence[PollResult]:
    """All shops where none is named. Raises BackendError, SecretMissing, Unusable."""
    import anyio

    from reconciler.adapters.shop_directory import BackendDirectory
    from reconciler.ipn.process.in_progress import InProgressKeys
    from reconciler.ipn.process.poller import PaymentPoller
    from reconciler.ipn.telemetry import logs
    from reconciler.ipn.telemetry.observer import NullObserver
    from reconciler.wiring.sidecar_worker import WorkerAdapters, effects

    with inbox_store(settings) as store, logs.suppressed():
        async with payment_adapters(settings) as side, anyio.create_task_group() as group:
            directory = BackendDirectory(side.observer, clock())
            group.start_soon(directory.run)
            world = WorkerAdapters(settings=settings, store=store, side=side, directory=directory)
            with store_errors():
                found = await PaymentPoller(effects(world), InProgressKeys(), NullObserver()).poll(
                    lambda: _shops(side, shops)
                )
            group.cancel_scope.cancel()
    return [
        PollResult(
            shop=each.shop,
            order=each.order,
            charge=each.charge,
            reason=each.reason.value,
            alarm=each.alarm,
            problem=each.problem,
        )
        for each in found
    ]


async def _shops(side: PaymentAdapters, wanted: Sequence[ShopKey]) -> AsyncIterator[ShopKey]:
    for shop in wanted:
        yield shop
    if not wanted:
        async for shop in side.observer.shops():
            yield shop


@contextmanager
def _looked_at(settings: Settings) -> Iterator[Store | None]:
    from reconciler.adapters.store.inbox.io import open_inbox_readonly

    if not inbox_exists(settings):
        yield None
        return
    with open_inbox_readonly(settings.sidecar.inbox) as store, store_errors():
        yield store
