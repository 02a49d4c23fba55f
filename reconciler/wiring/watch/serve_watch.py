"""The watcher, served until it is stopped; and one that ends when nothing is due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import anyio

from reconciler.adapters.settings.settings import Settings
from reconciler.core.results.command import CommandResult, DoneResult
from reconciler.lib.frozen_class import frozen
from reconciler.wiring.services.listening import ListenAddress, listening
from reconciler.wiring.watch.watch_sources import watch_sources
from reconciler.workflows.watch.check_start import check_start, webhook_secrets
from reconciler.workflows.watch.leading import watch_as_leader
from reconciler.workflows.watch.once import watch_once
from reconciler.workflows.watch.stopping import SharedStop
from reconciler.workflows.watch.watcher import Watcher

if TYPE_CHECKING:
    from socket import socket

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.values import ShopKey
    from reconciler.core.watch.shop_queue import LookReason
    from reconciler.workflows.session import Session
    from reconciler.workflows.watch.sources import WatchSources


@frozen
class WatchServing:
    """What the person who started it must know, once it listens."""

    address: str
    warnings: tuple[Diagnostic, ...]


async def watch_fleet_once(session: Session, settings: Settings) -> CommandResult:
    """Raises SetupError."""
    async with watch_sources(settings, session) as (paced, sources):
        warnings = await check_start(paced, sources, settings.watch)
        return await watch_once(paced, sources, settings.watch, warnings)


async def watch_fleet(
    session: Session, settings: Settings, address: ListenAddress, announce: Callable[[WatchServing], None]
) -> CommandResult:
    """Until a request to stop; what is under way then is finished. Raises SetupError, all before it is announced."""
    async with watch_sources(settings, session) as (paced, sources):
        warnings = await check_start(paced, sources, settings.watch)
        with listening(address) as listener:
            await _serve(
                _Service(paced, settings, sources), listener, address, lambda url: announce(_told(url, warnings))
            )
    return DoneResult()


def _told(url: str, warnings: tuple[Diagnostic, ...]) -> WatchServing:
    return WatchServing(address=url, warnings=warnings)


@frozen(kw_only=False)
class _Service:
    session: Session
    settings: Settings
    sources: WatchSources


async def _serve(service: _Service, listener: socket, address: ListenAddress, announce: Callable[[str], None]) -> None:
    from reconciler.serving.listener import http_address, port_of
    from reconciler.wiring.watch.watch_server import WatchMetrics, WatchServer
    from reconciler.wiring.watch.webhook_receiver import webhook_receiver

    shared, session = SharedStop(), service.session
    watching = replace(session, stop_signals=shared)
    watcher = Watcher(watching, service.sources, service.settings.watch)
    here = asyncio.get_running_loop()

    def hint(shops: frozenset[ShopKey] | None, reason: LookReason) -> None:
        here.call_soon_threadsafe(partial(watcher.hint, shops, reason))

    webhooks = webhook_receiver(webhook_secrets(session, service.settings.watch), hint)
    server = WatchServer(watcher.status, WatchMetrics(session, watcher.status).text, webhooks)
    url = http_address(address.host, port_of(listener))
    async with session.stop_signals.listening(shared.stop, shared.force), anyio.create_task_group() as group:
        group.start_soon(server.run, listener, lambda: announce(url))
        await watch_as_leader(watching, watcher, shared.requested)
        server.stop()
