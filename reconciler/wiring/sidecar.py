"""The IPN sidecar, served: its parts and adapters put together."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from socket import socket
from typing import TYPE_CHECKING, Any, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.adapters.settings.sidecar import sender_diagnostics
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc
from reconciler.ports import SetupError
from reconciler.wiring.payments import inbox_store, payment_adapters
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.runtime import clock
from reconciler.wiring.services.listening import ListenAddress, listening
from reconciler.wiring.sidecar_certificates import message_verifier, sidecar_certificates
from reconciler.wiring.sidecar_settings import check_sidecar_settings
from reconciler.wiring.sidecar_worker import WorkerAdapters, background_work
from reconciler.wiring.store import ConfiguredFindingStores, where_a_store_can_be

if TYPE_CHECKING:
    from reconciler.adapters.shop_directory import BackendDirectory
    from reconciler.adapters.store.db.database import Store
    from reconciler.adapters.store.inbox.inbox import StoreInbox
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ipn.receive.app import PublicApp
    from reconciler.ipn.receive.request_limits import ShutdownToken
    from reconciler.ipn.runtime.backgrounds import Background
    from reconciler.ipn.runtime.wakeup import WakeupEvent
    from reconciler.ipn.telemetry.metrics import Metrics
    from reconciler.wiring.payments import PaymentAdapters
    from reconciler.wiring.sidecar_certificates import SidecarCertificates


_SWITCH_SECONDS: Final = 0.001
"""Time after which the loop lets the thread that stores continue. With Python's 5 ms that thread waits for an idle loop."""


@frozen
class ListenOptions:
    """Where Amazon posts to, and where operators look. `receive_only`: another sidecar processes."""

    front: ListenAddress
    operators: ListenAddress
    receive_only: bool = False


@frozen
class ServingInfo:
    """What the person who started it must know."""

    port: int
    address: str
    operators_address: str
    inbox: str
    warnings: tuple[Diagnostic, ...] = ()


def serve_sidecar(settings: Settings, listen: ListenOptions, announce: Callable[[ServingInfo], None]) -> None:
    """Until it is interrupted or ended. Raises SecretMissing and Unusable, all before it is announced."""
    import anyio

    from reconciler.ipn.telemetry import logs
    from reconciler.serving.listener import http_address, port_of

    check_sidecar_settings(settings)
    _allow_many_connections()
    with (
        _writable_inbox(settings) as store,
        listening(listen.front) as front,
        listening(listen.operators) as operators,
    ):
        logs.configure()

        def ready() -> None:
            announce(
                ServingInfo(
                    port=port_of(front),
                    address=http_address(listen.front.host, port_of(front)),
                    operators_address=http_address(listen.operators.host, port_of(operators)),
                    inbox=store.place,
                    warnings=sender_diagnostics(settings.sidecar.mail, settings.origins.get("ipn.mail")),
                )
            )

        anyio.run(_serve, settings, store, (front, operators), ready, not listen.receive_only)


@contextmanager
def _writable_inbox(settings: Settings) -> Iterator[Store]:
    """Raises SetupError that names the setting: what cannot be stored would be answered 503 for ever."""
    with ExitStack() as stack:
        try:
            store = stack.enter_context(inbox_store(settings))
            store.check_writable()
        except SetupError as error:
            hint = error.hint or where_a_store_can_be("ipn.inbox")
            place, origin = "ipn.inbox", settings.origins.get("ipn.inbox")
            raise SetupError(error.text, hint=hint, code=error.code, subject=place, origin=origin) from error.__cause__
        yield store


async def _serve(
    settings: Settings, store: Store, sockets: tuple[socket, socket], announce: Callable[[], None], works: bool
) -> None:
    from reconciler.adapters.shop_directory import BackendDirectory
    from reconciler.adapters.store.inbox.inbox import StoreInbox
    from reconciler.ipn.receive.app import PortDispatcher
    from reconciler.ipn.receive.request_limits import ShutdownToken
    from reconciler.ipn.runtime.backgrounds import lifespan
    from reconciler.ipn.runtime.drift_metrics import DriftMetricsCache
    from reconciler.ipn.runtime.wakeup import WakeupEvent
    from reconciler.ipn.telemetry.metrics import Metrics
    from reconciler.serving.listener import port_of
    from reconciler.serving.server import ServerHooks, serve

    metrics, shutting = Metrics(), ShutdownToken()
    async with payment_adapters(settings) as side, sidecar_certificates(settings, metrics) as certificates:
        directory = BackendDirectory(side.observer, clock())
        parts = _SidecarParts(
            settings=settings,
            store=store,
            inbox=StoreInbox(store),
            side=side,
            certificates=certificates,
            directory=directory,
            metrics=metrics,
            kept=WakeupEvent(),
        )
        drift = DriftMetricsCache(partial(_recorded_metrics, settings), clock())
        backgrounds = {**parts.backgrounds(), "drift-metrics": drift.run}
        if works:
            backgrounds["working"] = parts.working()
        app = PortDispatcher(
            lifespan(backgrounds, clock(), metrics),
            parts.public_app(shutting),
            parts.operators_app(shutting, lambda: metrics.text() + drift.text.encode()),
            port_of(sockets[1]),
        )
        hooks = ServerHooks(stopping=shutting.close, malformed=metrics.malformed)
        await serve(app, sockets, on_ready=lambda _port: _start(announce), hooks=hooks)


def _start(announce: Callable[[], None]) -> None:
    announce()
    gc.freeze()  # what was imported stays: it is not looked through again and again
    sys.setswitchinterval(_SWITCH_SECONDS)


@frozen
class _SidecarParts:
    """What receiving, processing and the pages of operators share. `kept` is set when a message was stored."""

    settings: Settings
    store: Store
    inbox: StoreInbox
    side: PaymentAdapters
    certificates: SidecarCertificates
    directory: BackendDirectory
    metrics: Metrics
    kept: WakeupEvent

    def backgrounds(self) -> dict[str, Background]:
        """What every sidecar does besides answering."""
        from reconciler.adapters.store.inbox.admin import StoreInboxAdmin
        from reconciler.ipn.runtime.housekeeping import Housekeeping

        catalogue, max_age = StoreInboxAdmin(self.store), self.settings.sidecar.max_age
        return {
            **self.certificates.backgrounds,
            "directory": self.directory.run,
            "housekeeping": Housekeeping(self.inbox, catalogue, self.metrics, clock(), max_age).run,
        }

    def working(self) -> Background:
        world = WorkerAdapters(settings=self.settings, store=self.store, side=self.side, directory=self.directory)
        return background_work(world, self.kept, self.metrics)

    def public_app(self, shutting: ShutdownToken) -> PublicApp:
        """Where Amazon posts to."""
        from reconciler.ipn.receive.app import PublicApp
        from reconciler.ipn.receive.receiver import Receiver
        from reconciler.ipn.receive.request_limits import BodyLimiter, RequestLimits

        limits = RequestLimits()
        receiver = Receiver(
            directory=self.directory,
            verifier=message_verifier(self.settings, self.certificates, self.directory),
            inbox=self.inbox,
            clock=clock(),
            metrics=self.metrics,
            kept=self.kept.set,
        )
        return PublicApp(receiver, BodyLimiter(limits, shutting), self.metrics, whole=limits.whole)

    def operators_app(self, shutting: ShutdownToken, metrics: Callable[[], bytes]) -> Any:
        """Where operators look: its state, and metrics."""
        from reconciler.adapters.store.inbox.work_queue import StoreWorkQueue
        from reconciler.ipn.receive.app import readiness_check
        from reconciler.serving.health import make_health_app

        queue = StoreWorkQueue(self.store, clock())
        return make_health_app(readiness_check(shutting, self.directory, queue), metrics)


def _recorded_metrics(settings: Settings) -> str:
    """Of drift; empty where no check was ever recorded. Raises SetupError."""
    from reconciler.views.prometheus import render_metrics
    from reconciler.workflows.findings.metrics import read_metrics

    metrics = read_metrics(ConfiguredFindingStores(settings), fleet_name(settings), format_utc(clock().now()))
    return "" if metrics.stored.last_look is None else render_metrics(metrics)


def _allow_many_connections() -> None:
    """As many as the system grants, up to twice what is served at one time."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        from reconciler.serving.server import MANY

        granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * MANY if most == resource.RLIM_INFINITY else min(2 * MANY, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(granted, wanted), most))
