"""The admin backend: the embedded one in this process, one over HTTP, or one found by entry point."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from reconciler.adapters.documentation import documentation
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import Backend, BackendError, ObservingBackend, RequestLogEntry
from reconciler.wiring.embedded import IN_PROCESS_CLIENT, embedded_application
from reconciler.wiring.runtime import bad_setting, client_secret, clock, digest_key, relative_path

if TYPE_CHECKING:
    from reconciler.adapters.backend import BackendConfig
    from reconciler.ports.watch.request_pace import RequestPacer
Heard = Callable[[RequestLogEntry], None]

_EMBEDDED_URL = "http://embedded.invalid"
OWN_KINDS = frozenset({"embedded", "http"})


@asynccontextmanager
async def observer(
    settings: Settings, heard: Heard | None = None, rate: RequestPacer | None = None
) -> AsyncIterator[ObservingBackend]:
    """The backend of reading commands: a type without write methods. `heard` is called for each request; `rate` is shared with
    other clients, and means nothing to a backend found by entry point.
    """
    if settings.backend.kind not in OWN_KINDS:
        async with _foreign(settings, heard) as other:
            yield other
        return
    from reconciler.adapters.backend import HttpObserver

    config, transport = backend_connection(settings)
    async with HttpObserver(config, clock(), transport, heard, rate) as reading:
        yield reading


@asynccontextmanager
async def backend(
    settings: Settings, heard: Heard | None = None, rate: RequestPacer | None = None
) -> AsyncIterator[Backend]:
    if settings.backend.kind not in OWN_KINDS:
        async with _foreign(settings, heard) as other:
            yield other
        return
    from reconciler.adapters.backend import HttpBackend

    config, transport = backend_connection(settings)
    async with HttpBackend(config, clock(), transport, heard, rate) as writing:
        yield writing


def backend_error_diagnostic(error: BackendError) -> Diagnostic:
    """The error as a diagnostic, with a hint."""
    from reconciler.adapters.backend.http import interpret as errors

    return errors.error_diagnostic(error)


@asynccontextmanager
async def _foreign(settings: Settings, heard: Heard | None) -> AsyncIterator[Any]:
    """A backend found by entry point `reconciler.backends`: called with the settings, it returns an async context. Its requests
    are reported at the end.
    """
    async with _opener(settings)(settings) as other:
        try:
            yield other
        finally:
            if heard is not None:
                for line in other.requests:
                    heard(line)


def _opener(settings: Settings) -> Callable[[Settings], Any]:
    """Raises SetupError where no package, several packages or a broken one has the kind."""
    from importlib.metadata import entry_points

    kind = settings.backend.kind
    points = tuple(entry_points(group="reconciler.backends", name=kind))
    if len(points) != 1:
        raise bad_setting(settings, "backend.kind", *_not_one(kind, [point.value for point in points]))
    try:
        found: Callable[[Settings], Any] = points[0].load()
    except Exception as error:
        why = redact(f"{type(error).__name__}: {error}")
        text = msg("The backend of kind {kind} cannot be loaded: {error}", kind=kind, error=why)
        raise bad_setting(settings, "backend.kind", text, msg("Check {point}", point=points[0].value)) from error
    return found


def _not_one(kind: str, found: Sequence[str]) -> tuple[Message, Message]:
    """What is wrong with the kind, and what to do."""
    from importlib.metadata import entry_points

    if found:
        text = msg("Several packages have a backend of kind {kind}: {points}", kind=kind, points=", ".join(found))
        return text, msg("Uninstall all but one of them")
    known = ", ".join(sorted({*OWN_KINDS, *entry_points(group="reconciler.backends").names}))
    text = msg("No installed package has a backend of kind {kind}; there are: {known}", kind=kind, known=known)
    return text, msg("Correct `backend.kind`, or install its package into the environment of reconciler")


def backend_connection(settings: Settings, client: str = IN_PROCESS_CLIENT) -> tuple[BackendConfig, Any]:
    """`client` is who asks an embedded backend of this process."""
    return _embedded(settings, client) if settings.backend.kind == "embedded" else (_remote(settings), None)


def _hint_without_shops(settings: Settings) -> Message:
    page = documentation("embedded.md")
    if settings.file is None:
        return msg(
            "Run the command in the folder of the fleet, set `embedded.seed` ({page}), or run `reconciler init` for a new fleet",
            page=page,
        )
    return msg("Set `embedded.seed` ({page}) or `backend.url`", page=page)


def _embedded(settings: Settings, client: str) -> tuple[BackendConfig, Any]:
    """The embedded backend in this process, spoken to like any other: with credentials. They are of this machine, the same for
    every process that has the database open, so that none of them takes another's away; also where the key was rotated.
    """
    from reconciler.adapters.backend import BackendConfig, WireEnvironment
    from reconciler.adapters.backend.http.transport import in_process

    secret = Secret(
        digest_key(settings).oldest.digest(f"the embedded backend's client {client}"), SecretRef("ref+run://embedded")
    )
    application = embedded_application(settings)
    if not application.state.world.shop_count():
        why = msg("The embedded backend {file} contains no shops", file=relative_path(settings.embedded.database))
        raise bad_setting(settings, "embedded.seed", why, _hint_without_shops(settings))
    application.state.world.ensure_client(client, secret.reveal())
    config = BackendConfig(
        base_url=_EMBEDDED_URL,
        client_id=client,
        client_secret=secret,
        environment=WireEnvironment[settings.environment.name],
        in_flight=settings.in_flight,
    )
    return config, in_process(application)


def _remote(settings: Settings) -> BackendConfig:
    from reconciler.adapters.backend import BackendConfig, WireEnvironment

    given = settings.backend
    require_secure_url(settings, "backend.url", given.url or "")
    return BackendConfig(
        base_url=given.url or "",
        client_id=given.client_id or "",
        client_secret=client_secret(settings),
        environment=WireEnvironment[settings.environment.name],
        requests_per_second=settings.requests_per_second,
        in_flight=settings.in_flight,
        connect_timeout=settings.timeouts.connect,
        read_timeout=settings.timeouts.read,
    )


def require_secure_url(settings: Settings, place: str, address: str) -> None:
    """Raises SetupError where the client secret would travel unencrypted, or to nowhere. `place` is the setting's."""
    from urllib.parse import urlsplit

    from reconciler.lib.addresses import is_loopback

    try:
        url = urlsplit(address)
        host, fine = url.hostname or "", url.port != 0
    except ValueError:
        host, fine = "", False
    shown = redact(address)
    if not fine or not host:
        raise bad_setting(
            settings,
            place,
            msg("{url} is not an address", url=shown),
            msg("Use an address such as https://admin.example/"),
        )
    if url.scheme != "https" and not is_loopback(host):
        raise bad_setting(
            settings,
            place,
            msg("{url} is not encrypted, and the client secret would be sent to it", url=shown),
            msg("Use https://; http:// is only for addresses of this machine, such as http://127.0.0.1:8765/"),
        )
