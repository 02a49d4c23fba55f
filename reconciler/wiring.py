"""The one place where a port meets its adapter. No logic: which, not how.

In: settings. Out: adapters, each as the port that asked for it. Heavy rooms are imported where they are wired.
"""

from __future__ import annotations

import os
import secrets as randomness
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import AF_INET, AF_INET6, create_server, socket
from typing import TYPE_CHECKING, Any

from reconciler.adapters.settings import Settings, load
from reconciler.core import codes
from reconciler.core.canonical import DigestKey
from reconciler.core.diagnostics import Diagnostic
from reconciler.core.guards import Limits
from reconciler.core.plan import Pace, Plan
from reconciler.core.texts import Text, say
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import (
    Audit,
    Backend,
    BackendError,
    Clock,
    Held,
    History,
    Journal,
    Leases,
    Manifests,
    ObservingBackend,
    RunInfo,
    Secrets,
    Unusable,
)

if TYPE_CHECKING:
    from reconciler.adapters.backend import BackendConfig
    from reconciler.adapters.store import Store
    from reconciler.core.plan_document import SavedPlan

__all__ = [
    "Served",
    "Settings",
    "audit",
    "backend",
    "backend_openapi",
    "clock",
    "diagnose",
    "digest_key",
    "held_leases",
    "history",
    "history_of",
    "in_flight",
    "journal",
    "leases",
    "limits",
    "load_settings",
    "manifests",
    "observer",
    "pace",
    "read_plan",
    "run_info",
    "save_plan",
    "schemas",
    "secrets",
    "serve_backend",
    "shared_key",
    "store",
]

_EMBEDDED_CLIENT = "reconciler"
_EMBEDDED_URL = "http://embedded.invalid"
_OWN_KINDS = frozenset({"embedded", "http"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What whoever wants to connect must know."""

    port: int
    client: str
    secret_from: str
    shops: int


def load_settings(path: Path | None) -> Settings | tuple[Diagnostic, ...]:
    return load(path)


def manifests(settings: Settings) -> Manifests:
    from reconciler.adapters.manifests.loader import ManifestFolder

    return ManifestFolder(settings.manifests, shown_as=settings.manifests_shown_as)


def secrets(settings: Settings) -> Secrets:
    from reconciler.adapters.secrets import SecretStore

    return SecretStore(settings.root)


def clock() -> Clock:
    from reconciler.adapters.clock import SystemClock

    return SystemClock()


@contextmanager
def store(settings: Settings) -> Iterator[Store]:
    """The local store, made where there is none. Raises Unusable."""
    from reconciler.adapters.store import open_store

    opened = open_store(settings.store)
    try:
        yield opened
    finally:
        opened.close()


def run_info(settings: Settings, command: str, fingerprint: str) -> RunInfo:
    from reconciler.adapters import run_info as runs

    return runs.run_info(settings.root, command, fingerprint, clock())


def journal(settings: Settings, opened: Store, info: RunInfo, plan: Plan) -> Journal:
    """Raises Unusable."""
    from reconciler.adapters.store import StoreJournal

    return StoreJournal(opened, info, plan, clock(), digest_key(settings))


def leases(opened: Store, info: RunInfo) -> Leases:
    from reconciler.adapters.store import StoreLeases

    return StoreLeases(opened, info, clock())


def history_of(opened: Store) -> History:
    from reconciler.adapters.store import StoreHistory

    return StoreHistory(opened, clock())


@contextmanager
def history(settings: Settings) -> Iterator[History | None]:
    """What was journalled, or None where nothing ever was: looking makes no store. Raises Unusable."""
    if "://" not in settings.store and not Path(settings.store).exists():
        yield None
        return
    with store(settings) as opened:
        yield history_of(opened)


@contextmanager
def held_leases(settings: Settings) -> Iterator[Sequence[Held]]:
    """Those that live; looking makes no store. Raises Unusable."""
    if "://" not in settings.store and not Path(settings.store).exists():
        yield ()
        return
    with store(settings) as opened:
        yield leases(opened, run_info(settings, "leases", "")).all()


def digest_key(settings: Settings) -> DigestKey:
    """Raises Unusable."""
    from reconciler.adapters.plan_key import plan_key

    return plan_key(settings.root)


def shared_key() -> DigestKey | None:
    """The key that machines share, if one is configured: only with it may fingerprints cover secrets. Raises Unusable."""
    from reconciler.adapters import plan_key as keys

    return keys.shared_key()


def save_plan(settings: Settings, path: Path, plan: Plan, allowed: tuple[tuple[str, str], ...]) -> None:
    """Raises Unusable."""
    from reconciler import __version__
    from reconciler.adapters.plan_files import write_plan
    from reconciler.adapters.run_info import commit, digests
    from reconciler.core.plan_document import PlanOrigin, SavedPlan

    made = PlanOrigin(
        tool=__version__,
        created=clock().now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        environment=settings.environment.value,
        backend=settings.backend.url or settings.backend.kind,
        commit=commit(settings.root),
        manifests=digests(settings.root, plan.files),
        allowed=allowed,
    )
    write_plan(path, SavedPlan(plan=plan, made=made), digest_key(settings))


def read_plan(path: Path, key: DigestKey | None) -> SavedPlan:
    """Without the key only accidental edits are found. Raises Unusable."""
    from reconciler.adapters import plan_files

    return plan_files.read_plan(path, key)


def diagnose(error: BackendError) -> Diagnostic:
    """The error as a finding, with a way on."""
    from reconciler.adapters.backend import errors

    return errors.diagnose(error)


def audit(backend: ObservingBackend) -> Audit | None:
    """The backend's own trail, where it keeps one."""
    return backend if isinstance(backend, Audit) else None


def limits(settings: Settings) -> Limits:
    return settings.limits


def pace(settings: Settings) -> Pace:
    return settings.pace


def in_flight(settings: Settings) -> int:
    return settings.in_flight


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
        why = say("The embedded backend {file} holds no shops", file=_near(settings.embedded.database))
        way_on = say("Name a seed (embedded.seed, docs/embedded.md), or set backend.url")
        raise _unusable(settings, "embedded.seed", why, way_on)
    application.state.world.ensure_client(_EMBEDDED_CLIENT, secret.reveal())
    config = BackendConfig(
        base_url=_EMBEDDED_URL,
        client_id=_EMBEDDED_CLIENT,
        client_secret=secret,
        environment=Environment[settings.environment.name],
        in_flight=settings.in_flight,
    )
    return config, in_process(application)


def _near(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


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
        raise _unusable(
            settings,
            "backend.url",
            say("{url} is no address", url=settings.backend.url or ""),
            say("Write one such as https://admin.example/"),
        )
    if url.scheme != "https" and not is_loopback(host):
        raise _unusable(
            settings,
            "backend.url",
            say("{url} is not encrypted, and the client secret is sent to it", url=settings.backend.url or ""),
            say("Write https://; http:// is for this machine's own addresses only, such as http://127.0.0.1:8765/"),
        )


def _unusable(settings: Settings, place: str, text: Text, way_on: Text) -> Unusable:
    origin = settings.origins.get(place) or settings.origins.get(place.partition(".")[0])
    return Unusable(text, way_on=way_on, code=codes.BAD_SETTINGS, subject=place, origin=origin)


def embedded_application(settings: Settings, *, fault_control: bool = False) -> Any:
    """The embedded backend over the settings' database, seeded where that is new. Raises Unusable."""
    from reconciler.embedded.app import create_app
    from reconciler.embedded.config import EmbeddedConfig
    from reconciler.embedded.database import DatabaseError
    from reconciler.embedded.seed import SeedError

    given = settings.embedded
    config = EmbeddedConfig(
        database=given.database, seed=given.seed, environment=os.environ, clock=clock().now, fault_control=fault_control
    )
    try:
        given.database.parent.mkdir(parents=True, exist_ok=True)
        return create_app(config)
    except SeedError as error:
        why, way_on = say("{message}", message=str(error)), say("Mend the seed; docs/embedded.md shows its form")
        raise _unusable(settings, "embedded.seed", why, way_on) from None
    except (DatabaseError, OSError) as error:
        why = say("{file}: {message}", file=str(given.database), message=str(error))
        way_on = say("Name another file as embedded.database, or move this one away: a new one is made")
        raise _unusable(settings, "embedded.database", why, way_on) from None


def serve_backend(settings: Settings, host: str, port: int, faults: bool, announce: Callable[[Served], None]) -> None:
    """The same application over a socket, until it is interrupted or ended. Raises SecretMissing and Unusable, all before it is
    announced.
    """
    import signal

    import uvicorn

    reference = settings.backend.client_secret or SecretRef("ref+env://RECONCILER_BACKEND_SECRET")
    secret = secrets(settings).resolve(reference)
    application = embedded_application(settings, fault_control=faults)
    client = settings.backend.client_id or _EMBEDDED_CLIENT
    application.state.world.ensure_client(client, secret.reveal())
    shops = application.state.world.shop_count()
    with _listening(host, port) as listening:
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises again what ended it
        try:
            announce(Served(port=listening.getsockname()[1], client=client, secret_from=reference.uri, shops=shops))
            uvicorn.Server(uvicorn.Config(application, log_level="warning")).run(sockets=[listening])
        except KeyboardInterrupt:
            pass
        finally:
            signal.signal(signal.SIGTERM, before)


def _listening(host: str, port: int) -> socket:
    """Raises Unusable."""
    try:
        return create_server((host, port), family=AF_INET6 if ":" in host else AF_INET)
    except OSError as error:
        why = say(
            "{host}:{port} cannot be listened on: {message}", host=host, port=port, message=error.strerror or str(error)
        )
        way_on = say("Choose another with --port, or 0 for a free one")
        raise Unusable(why, way_on=way_on, code=codes.BAD_SETTINGS) from None


def backend_openapi() -> Mapping[str, Any]:
    """The contract as the embedded backend states it."""
    import json

    from reconciler.embedded.app import contract

    document: Mapping[str, Any] = json.loads(contract())
    return document


def schemas() -> Mapping[str, Callable[[], dict[str, Any]]]:
    """Each JSON Schema by its name: what `reconciler schema NAME` prints and `schemas/` holds."""
    from reconciler.adapters.manifests.schema import settings_schema, shared_schema, shop_schema
    from reconciler.core.plan_schema import saved_plan_schema
    from reconciler.views.schema import drift_schema, plan_schema, report_schema

    return {
        "saved-plan": saved_plan_schema,
        "shop": shop_schema,
        "shared": shared_schema,
        "settings": settings_schema,
        "plan": plan_schema,
        "report": report_schema,
        "drift": drift_schema,
    }
