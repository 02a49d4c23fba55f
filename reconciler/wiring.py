"""The one place where a port meets its adapter. No logic: which, not how.

In: settings. Out: adapters, each as the port that asked for it. Heavy rooms are imported where they are wired.
"""

from __future__ import annotations

import os
import secrets as randomness
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reconciler.adapters.settings import Settings, load
from reconciler.core.canonical import DigestKey
from reconciler.core.diagnostics import Diagnostic
from reconciler.core.guards import Limits
from reconciler.core.plan import Pace, Plan
from reconciler.core.values import Secret, SecretRef
from reconciler.ports import (
    Audit,
    Backend,
    Clock,
    Held,
    History,
    Journal,
    Leases,
    Manifests,
    ObservingBackend,
    RunInfo,
    Secrets,
)

if TYPE_CHECKING:
    from reconciler.adapters.backend import BackendConfig
    from reconciler.adapters.store import Store
    from reconciler.core.plan_document import SavedPlan

__all__ = [
    "Settings",
    "audit",
    "backend",
    "backend_openapi",
    "clock",
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
    application.state.world.ensure_client(_EMBEDDED_CLIENT, secret.reveal())
    config = BackendConfig(
        base_url=_EMBEDDED_URL,
        client_id=_EMBEDDED_CLIENT,
        client_secret=secret,
        environment=Environment[settings.environment.name],
        in_flight=settings.in_flight,
    )
    return config, in_process(application)


def _remote(settings: Settings) -> BackendConfig:
    from reconciler.adapters.backend import BackendConfig, Environment

    given = settings.backend
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


def embedded_application(settings: Settings, *, fault_control: bool = False) -> Any:
    """The embedded backend over the settings' database, seeded where that is new."""
    from reconciler.embedded.app import create_app
    from reconciler.embedded.config import EmbeddedConfig

    settings.embedded.database.parent.mkdir(parents=True, exist_ok=True)
    return create_app(
        EmbeddedConfig(
            database=settings.embedded.database,
            seed=settings.embedded.seed,
            environment=os.environ,
            clock=clock().now,
            fault_control=fault_control,
        )
    )


def serve_backend(settings: Settings, host: str, port: int, faults: bool) -> None:
    """The same application over a socket, until it is interrupted. Its client's secret is read from the environment."""
    import uvicorn

    application = embedded_application(settings, fault_control=faults)
    reference = settings.backend.client_secret or SecretRef("ref+env://RECONCILER_BACKEND_SECRET")
    secret = secrets(settings).resolve(reference)
    application.state.world.ensure_client(settings.backend.client_id or _EMBEDDED_CLIENT, secret.reveal())
    uvicorn.run(application, host=host, port=port, log_level="warning")


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
