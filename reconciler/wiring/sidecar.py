"""The IPN sidecar, served: its rooms and adapters put together."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from socket import socket
from typing import TYPE_CHECKING

from reconciler.adapters.settings.settings import Settings
from reconciler.adapters.settings.sidecar import sender_diagnostics
from reconciler.lib.utc import format_utc
from reconciler.wiring.embedded import listening
from reconciler.wiring.payments import inbox_store, payment_adapters
from reconciler.wiring.plan_files import fleet_name
from reconciler.wiring.runtime import clock
from reconciler.wiring.sidecar_certificates import message_verifier, sidecar_certificates
from reconciler.wiring.sidecar_settings import check_sidecar_settings
from reconciler.wiring.sidecar_worker import WorkerAdapters, background_work
from reconciler.wiring.store import ConfiguredFindingStores

if TYPE_CHECKING:
    from reconciler.adapters.store import Store
    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.ipn.runtime.server import Background


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenOptions:
    """Where Amazon posts to, and where operators look; port 0: a free one.

    `share_port`: other sidecars of this machine may listen on the same port. `receive_only`: another one processes.
    """

    host: str
    port: int
    operators_host: str
    operators_port: int
    share_port: bool = False
    receive_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServingInfo:
    """What the person who started it must know."""

    port: int
    operators_port: int
    inbox: str
    warnings: tuple[Diagnostic, ...] = ()


def serve_sidecar(settings: Settings, listen: ListenOptions, announce: Callable[[ServingInfo], None]) -> None:
    """Until it is interrupted or ended. Raises SecretMissing and Unusable, all before it is announced."""
    import anyio

    from reconciler.ipn.telemetry import logs

    check_sidecar_settings(settings)
    _allow_many_connections()
    with (
        inbox_store(settings) as store,
        listening(listen.host, listen.port, shared=listen.share_port) as front,
        listening(listen.operators_host, listen.operators_port, "--ops-port") as operators,
    ):
        logs.configure()

        def ready() -> None:
            announce(
                ServingInfo(
                    port=_port(front),
                    operators_port=_port(operators),
                    inbox=store.place,
                    warnings=sender_diagnostics(settings.sidecar.mail, settings.origins.get("ipn.mail")),
                )
            )

        anyio.run(_serve, settings, store, (front, operators), ready, not listen.receive_only)


async def _serve(
    settings: Settings, store: Store, sockets: tuple[socket, socket], announce: Callable[[], None], works: bool
) -> None:
    from reconciler.adapters.shop_directory import BackendDirectory
    from reconciler.adapters.store import StoreInbox, StoreInboxAdmin, StoreWorkQueue
    from reconciler.ipn.receive.app import PortDispatcher, PublicApp, ops_app, readiness_check
    from reconciler.ipn.receive.receiver import Receiver
    from reconciler.ipn.receive.request_limits import BodyLimiter, RequestLimits, ShutdownToken
    from reconciler.ipn.runtime.drift_metrics import DriftMetricsCache
    from reconciler.ipn.runtime.housekeeping import Housekeeping
    from reconciler.ipn.runtime.server import build_server, lifespan
    from reconciler.ipn.runtime.wakeup import WakeupEvent
    from reconciler.ipn.telemetry.metrics import Metrics

    metrics, bell, shutting, limits = Metrics(), WakeupEvent(), ShutdownToken(), RequestLimits()
    inbox, catalogue = StoreInbox(store), StoreInboxAdmin(store)
    async with payment_adapters(settings) as side, sidecar_certificates(settings, metrics) as certificates:
        directory = BackendDirectory(side.observer, clock())
        receiver = Receiver(
            directory=directory,
            verifier=message_verifier(settings, certificates, directory),
            inbox=inbox,
            clock=clock(),
            metrics=metrics,
            kept=bell.set,
        )
        housekeeping = Housekeeping(inbox, catalogue, metrics, clock(), settings.sidecar.max_age)
        drift = DriftMetricsCache(partial(_recorded_metrics, settings), clock())
        backgrounds: dict[str, Background] = {
            **certificates.backgrounds,
            "drift-metrics": drift.run,
            "directory": directory.run,
            "housekeeping": housekeeping.run,
        }
        if works:
            world = WorkerAdapters(settings=settings, store=store, side=side, directory=directory)
            backgrounds["working"] = background_work(world, bell, metrics)
        app = PortDispatcher(
            lifespan(backgrounds, clock(), metrics),
            PublicApp(receiver, BodyLimiter(limits, shutting), metrics, whole=limits.whole),
            ops_app(metrics, readiness_check(shutting, directory, StoreWorkQueue(store, clock())), lambda: drift.text),
            _port(sockets[1]),
        )
        announce()
        gc.freeze()  # what was imported stays: it is not looked through again and again
        await build_server(app, shutting, metrics).serve(sockets=list(sockets))


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

        from reconciler.ipn.runtime.server import MANY

        granted, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = 2 * MANY if most == resource.RLIM_INFINITY else min(2 * MANY, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(granted, wanted), most))


def _port(listening: socket) -> int:
    port: int = listening.getsockname()[1]
    return port
