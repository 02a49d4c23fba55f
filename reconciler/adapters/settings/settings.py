"""The settings file, `reconciler.yaml`.

In: its path. Out: `Settings`, every path in it absolute, or diagnostics with positions. It is read by the manifests' reader, so
it is as strict as they are. Environment variables and command-line options are laid over it by the command line, not here; no
secret is resolved here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from enum import StrEnum
from pathlib import Path

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.discovery.files import read_file
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.adapters.settings.console import ConsoleSettings, console_settings
from reconciler.adapters.settings.console_documents import ConsoleDocument
from reconciler.adapters.settings.documents import (
    BackendDocument,
    EmbeddedDocument,
    LimitsDocument,
    PaceDocument,
    SettingsDocument,
    StoreDocument,
    TimeoutsDocument,
)
from reconciler.adapters.settings.heal import healing_faults, healing_policy
from reconciler.adapters.settings.heal_documents import HealDocument
from reconciler.adapters.settings.manifest_roots import ManifestRoot, manifest_folders, nested_roots
from reconciler.adapters.settings.scale import scale_settings
from reconciler.adapters.settings.scale_documents import ScaleDocument
from reconciler.adapters.settings.settings_path import FILE_NAME, no_settings_file, settings_file, shown_settings_path
from reconciler.adapters.settings.sidecar import SidecarSettings, sidecar_settings
from reconciler.adapters.settings.sidecar_documents import SidecarDocument
from reconciler.adapters.settings.watch import watch_settings
from reconciler.adapters.settings.watch_documents import WatchDocument
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.core.fleet.scale_settings import ExecutorKind, ScaleSettings
from reconciler.core.healing.policy import NO_HEALING, HealingPolicy
from reconciler.core.planning.guards import Limits
from reconciler.core.planning.plan import RequestPace
from reconciler.core.values import Origin, SecretRef
from reconciler.core.watch.watch_settings import WatchSettings
from reconciler.lib.frozen_class import frozen
from reconciler.lib.optional import value_or


class Environment(StrEnum):
    """At Amazon; each has its own IPN endpoints."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"


@frozen
class BackendSettings:
    """`kind` is `embedded`, `http`, or the name of an entry point; `url` is None for `embedded` only."""

    kind: str = "embedded"
    url: str | None = None
    client_id: str | None = None
    client_secret: SecretRef | None = None


@frozen
class ChangeWebhookSettings:
    url: str
    secret: SecretRef


@frozen
class EmbeddedSettings:
    """`site_url`: how 販売事業者様サイトURL is issued, with `{shop_key}`; None: as the embedded backend does."""

    database: Path
    seed: Path | None = None
    site_url: str | None = None
    webhook: ChangeWebhookSettings | None = None


@frozen
class Timeouts:
    """Seconds."""

    connect: float = 5.0
    read: float = 30.0
    store: float = 30.0


@frozen
class Settings:
    """`root` is the folder of the settings file; `manifests_shown_as` is what messages call the folder of manifests, and
    `more_manifests` are further folders of the same fleet; `store` a file's path or a database's address, `retention` the days
    that it keeps what has ended, None for ever.

    `requests_per_second` holds for one shop, `in_flight` for the whole run. `longest_closed`: after this many seconds a shop
    that is closed for its changes is reopened, done or not. `origins` maps the dotted place of a setting to its place in
    the file. `file` is None if the defaults hold.
    """

    root: Path
    manifests: Path
    manifests_shown_as: str
    more_manifests: tuple[ManifestRoot, ...] = ()
    backend: BackendSettings
    embedded: EmbeddedSettings
    store: str
    sidecar: SidecarSettings
    retention: int | None = None
    environment: Environment = Environment.PRODUCTION
    limits: Limits = field(default_factory=Limits)
    healing: HealingPolicy = NO_HEALING
    requests_per_second: float = 1.0
    in_flight: int = 16
    longest_closed: float = 300.0
    lease_seconds: float = 60.0
    timeouts: Timeouts = field(default_factory=Timeouts)
    watch: WatchSettings = field(default_factory=WatchSettings)
    console: ConsoleSettings = ConsoleSettings()
    runbooks: Runbooks = NO_RUNBOOKS
    executor: ExecutorKind = ExecutorKind.LOCAL
    scale: ScaleSettings = field(default_factory=ScaleSettings)
    origins: Mapping[str, Origin] = field(default_factory=dict)
    file: Path | None = None

    @property
    def manifest_roots(self) -> tuple[ManifestRoot, ...]:
        """All folders of manifests. New shops go to the first, unless they follow a shop or a group of another."""
        return (ManifestRoot(self.manifests, self.manifests_shown_as), *self.more_manifests)

    @property
    def pace(self) -> RequestPace:
        return RequestPace(seconds_per_request=1 / self.requests_per_second)


def read_settings(path: Path | None, *, initial: str | None = None) -> Settings | tuple[Diagnostic, ...]:
    """None: `reconciler.yaml` of the current folder; where there is none, what is `initial`ly in it, or the defaults. A path that
    is named must exist.
    """
    named = Path(FILE_NAME) if path is None else path
    if path is None and not named.exists() and not named.is_symlink():
        return _settings(SettingsDocument(), named) if initial is None else _initial_settings(initial, named)
    if named.is_dir() or not (named.exists() or named.is_symlink()):
        return (no_settings_file(named),)
    parsed = read_file(settings_file(path))
    if [finding.code for finding in parsed.diagnostics] == [codes.EMPTY]:
        return _settings(SettingsDocument(), named)
    found = _faults(parsed)
    if found:
        return found
    settings = _settings(SettingsDocument.model_validate(parsed.data), named)
    origins = {".".join(path): parsed.origin(path) for path in _places(parsed.data)}
    return replace(settings, origins=origins, file=named.absolute())


def settings_faults(data: bytes, shown: str) -> tuple[Diagnostic, ...]:
    """What is wrong in a content of the settings file. An empty one is in order."""
    parsed = read_yaml(data, shown)
    return () if [finding.code for finding in parsed.diagnostics] == [codes.EMPTY] else _faults(parsed)


def default_settings(folder: Path) -> Settings:
    """Of a folder without a settings file."""
    return _settings(SettingsDocument(), folder / FILE_NAME)


def _initial_settings(text: str, named: Path) -> Settings | tuple[Diagnostic, ...]:
    """The file is not there yet: its faults have no place."""
    parsed = read_yaml(text.encode(), shown_settings_path(named))
    found = _faults(parsed)
    if found:
        return tuple(replace(each, origin=None) for each in found)
    return _settings(SettingsDocument.model_validate(parsed.data), named)


def _faults(parsed: Parsed) -> tuple[Diagnostic, ...]:
    found = check_file(parsed, SettingsDocument) or (*_judge(parsed), *nested_roots(parsed), *healing_faults(parsed))
    return sort_diagnostics(replace(d, code=codes.BAD_SETTINGS, severity=codes.BAD_SETTINGS.severity) for d in found)


def _places(data: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key of the file, with those that it is below."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield (*above, key)
            yield from _places(value, (*above, key))


def _judge(parsed: Parsed) -> Iterator[Diagnostic]:
    """Both halves of the credentials, or neither."""
    backend = parsed.data.get("backend")
    if not isinstance(backend, dict):
        return
    given = [name for name in ("client_id", "client_secret") if backend.get(name) is not None]
    if len(given) == 1:
        yield diagnostic(
            codes.BAD_SETTINGS,
            msg("`backend` has {given} without its counterpart", given=given[0]),
            expected=msg("both `client_id` and `client_secret`, or neither"),
            hint=msg("Write the other one as well"),
            subject="backend",
            origin=parsed.origin(("backend", given[0])),
        )


def _settings(document: SettingsDocument, path: Path) -> Settings:
    root = path.parent.absolute()
    first, *more = manifest_folders(document.manifests)
    pace = document.pace or PaceDocument()
    return Settings(
        root=root,
        manifests=root / first,
        manifests_shown_as=shown_settings_path(path.parent / first),
        more_manifests=tuple(ManifestRoot(root / each, shown_settings_path(path.parent / each)) for each in more),
        backend=_backend(document.backend),
        embedded=_embedded(document.embedded or EmbeddedDocument(), root),
        store=_store(_database(document.store), root),
        retention=document.store.retention if isinstance(document.store, StoreDocument) else None,
        sidecar=sidecar_settings(document.ipn or SidecarDocument(), root),
        environment=Environment(document.environment or "production"),
        limits=_limits(document.limits or LimitsDocument()),
        requests_per_second=value_or(pace.requests_per_second, 1.0),
        in_flight=value_or(pace.in_flight, 16),
        longest_closed=value_or((document.limits or LimitsDocument()).closed_seconds, 300.0),
        lease_seconds=value_or((document.limits or LimitsDocument()).lease_seconds, 60.0),
        timeouts=_timeouts(document.timeouts or TimeoutsDocument()),
        healing=healing_policy(document.heal or HealDocument()),
        watch=watch_settings(document.watch or WatchDocument()),
        console=console_settings(document.console or ConsoleDocument()),
        runbooks=NO_RUNBOOKS if document.runbooks is None else document.runbooks.runbooks(),
        executor=ExecutorKind(document.executor or "local"),
        scale=scale_settings(document.scale or ScaleDocument()),
    )


def _backend(document: str | BackendDocument | None) -> BackendSettings:
    match document:
        case None | "embedded":
            return BackendSettings()
        case str():
            return BackendSettings(kind="http", url=document)
        case BackendDocument():
            secret = document.client_secret
            return BackendSettings(
                kind=document.kind or "http",
                url=document.url,
                client_id=document.client_id,
                client_secret=None if secret is None else SecretRef(secret),
            )


def _embedded(document: EmbeddedDocument, root: Path) -> EmbeddedSettings:
    seed, hook = document.seed, document.webhook
    return EmbeddedSettings(
        database=root / (document.database or ".reconciler/embedded.db"),
        seed=None if seed is None else root / seed,
        site_url=document.site_url,
        webhook=None if hook is None else ChangeWebhookSettings(url=hook.url, secret=SecretRef(hook.secret)),
    )


def _database(store: str | StoreDocument | None) -> str:
    return (store.database if isinstance(store, StoreDocument) else store) or ".reconciler/journal.db"


def _store(location: str, root: Path) -> str:
    """A file within reach of the settings, or an address as it is."""
    return location if "://" in location else str(root / location)


def _limits(document: LimitsDocument) -> Limits:
    usual = Limits()
    share = document.fleet_share
    return Limits(
        fleet_share=usual.fleet_share if share is None else int(share.removesuffix("%")),
        fleet_from=value_or(document.fleet_share_from, usual.fleet_from),
        closed_at_once=value_or(document.closed_at_once, usual.closed_at_once),
        plan_age=value_or(document.plan_age, usual.plan_age),
    )


def _timeouts(document: TimeoutsDocument) -> Timeouts:
    usual = Timeouts()
    return Timeouts(
        connect=value_or(document.connect, usual.connect),
        read=value_or(document.read, usual.read),
        store=value_or(document.store, usual.store),
    )
