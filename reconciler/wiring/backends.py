"""The admin backend: the embedded one in this process, one over HTTP, or one found by entry point."""

from __future__ import annotations

import secrets as randomness
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from reconciler.adapters.settings import Settings
from reconciler.core.diagnostics import Diagnostic
from reconciler.core.texts import say
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import Audit, Backend, BackendError, ObservingBackend
from reconciler.wiring.embedded import EMBEDDED_CLIENT, embedded_application
from reconciler.wiring.machine import clock, secrets
from reconciler.wiring.places import near, unusable

if TYPE_CHECKING:
    from reconciler.adapters.backend import BackendConfig

_EMBEDDED_URL = "http://embedded.invalid"
_OWN_KINDS = frozenset({"embedded", "http"})


@asynccontextmanager
async def observer(settings: Settings) -> AsyncIterator[ObservingBackend]:
    """What reading commands are handed: a type without a way to write."""
    if settings.backend.kind not in _OWN_KINDS:
        async with _foreign(settings) as other:
            yield other
        return
    from reconciler.adapters.backend import HttpObserver

    config, transport = _connection(settings)
    async with HttpObserver(config, clock(), transport) as reading:
        yield reading


@asynccontextmanager
async def backend(settings: Settings) -> AsyncIterator[Backend]:
    if settings.backend.kind not in _OWN_KINDS:
        async with _foreign(settings) as other:
            yield other
        return
    from reconciler.adapters.backend import HttpBackend

    config, transport = _connection(settings)
    async with HttpBackend(config, clock(), transport) as writing:
        yield writing


def audit(backend: ObservingBackend) -> Audit | None:
    """The backend's own trail, where it keeps one."""
    return backend if isinstance(backend, Audit) else None


def diagnose(error: BackendError) -> Diagnostic:
    """The error as a finding, with a way on."""
    from reconciler.adapters.backend import errors

    return errors.diagnose(error)


def _foreign(settings: Settings) -> Any:
    """A backend found by entry point `reconciler.backends`: called with the settings, it gives an async context."""
    from importlib.metadata import entry_points

    (point,) = entry_points(group="reconciler.backends", name=settings.backend.kind)
    return point.load()(settings)


def _connection(settings: Settings) -> tuple[BackendConfig, Any]:
    return _embedded(settings) if settings.backend.kind == "embedded" else (_remote(settings), None)


def _embedded(settings: Settings) -> tuple[BackendConfig, Any]:
    """The embedded backend in this process, spoken to like any other: with credentials, made for this run."""
    from reconciler.adapters.backend import BackendConfig, Environment
    from reconciler.adapters.backend.in_process import in_process

    secret = Secret(randomness.token_urlsafe(32), SecretRef("ref+run://embedded"))
    application = embedded_application(settings)
    if not application.state.world.shop_count():
        why = say("The embedded backend {file} holds no shops", file=near(settings.embedded.database))
        way_on = say("Name a seed (embedded.seed, docs/embedded.md), or set backend.url")
        raise unusable(settings, "embedded.seed", why, way_on)
    application.state.world.ensure_client(EMBEDDED_CLIENT, secret.reveal())
    config = BackendConfig(
        base_url=_EMBEDDED_URL,
        client_id=EMBEDDED_CLIENT,
        client_secret=secret,
        environment=Environment[settings.environment.name],
        in_flight=settings.in_flight,
    )
    return config, in_process(application)


def _remote(settings: Settings) -> BackendConfig:
    from reconciler.adapters.backend import BackendConfig, Environment

    given = settings.backend
    _check_address(settings)
    return BackendConfig(
        base_url=given.url or "",
        client_id=given.client_id or "",
        client_secret=secrets(settings).resolve(
            given.client_secret or SecretRef("ref+env://RECONCILER_BACKEND_SECRET")
        ),
        environment=Environment[settings.environment.name],
        requests_per_second=settings.requests_per_second,
        in_flight=settings.in_flight,
        connect_timeout=settings.timeouts.connect,
        read_timeout=settings.timeouts.read,
    )


def _check_address(settings: Settings) -> None:
    """Raises Unusable where the client secret would travel unencrypted, or to nowhere."""
    from urllib.parse import urlsplit

    from reconciler.adapters.backend.config import is_loopback

    try:
        url = urlsplit(settings.backend.url or "")
        host, fine = url.hostname or "", url.port != 0
    except ValueError:
        host, fine = "", False
    if not fine or not host:
        raise unusable(
            settings,
            "backend.url",
            say("{url} is no address", url=settings.backend.url or ""),
            say("Write one such as https://admin.example/"),
        )
    if url.scheme != "https" and not is_loopback(host):
        raise unusable(
            settings,
            "backend.url",
            say("{url} is not encrypted, and the client secret is sent to it", url=settings.backend.url or ""),
            say("Write https://; http:// is for this machine's own addresses only, such as http://127.0.0.1:8765/"),
        )
