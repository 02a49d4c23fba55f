"""The folder of a fleet: the settings in use, files that `init` writes, permissions that `doctor` checks."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.documents.formats import URL
from reconciler.adapters.settings.console import ConsoleSettings
from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.findings.runbooks import RunbookTeam
from reconciler.core.values import SecretRef
from reconciler.core.watch.watch_settings import WatchSettings
from reconciler.lib.durations import duration_word
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.ports.runtime import PermissionCheck, SettingInUse
from reconciler.wiring.runtime import relative_path
from reconciler.wiring.schemas import schemas

BACKEND_ADDRESS: Final = URL
"""The form that `backend.url` has in the settings."""
_FOR_EDITORS: Final = ("shop", "shared", "settings")
_OTHERS_READ: Final = stat.S_IRWXG | stat.S_IRWXO


@frozen(kw_only=False)
class ConfiguredProjectFolder:
    """Implements ports.project.ProjectFolder."""

    in_use: Settings

    @property
    def settings_file(self) -> str | None:
        file = self.in_use.file
        return None if file is None else relative_path(file)

    def settings(self) -> Sequence[SettingInUse]:
        return tuple(
            SettingInUse(name=name, value=_shown(value), source=self._source(name))
            for name, value in _flat(self.in_use)
        )

    def _source(self, name: str) -> str:
        """`backend: embedded` and `backend: URL` are written without the keys below."""
        origins, above = self.in_use.origins, name.partition(".")[0]
        short = name in {"backend.kind", "backend.url"} and not any(key.startswith(f"{above}.") for key in origins)
        return str(origins.get(name) or (origins.get(above) if short else None) or "default")

    def read(self, file: str) -> str | None:
        path = self.in_use.root / file
        try:
            return path.read_text(encoding="utf-8") if path.exists() else None
        except (OSError, UnicodeDecodeError) as error:
            raise _unusable(file, error) from None

    def write(self, file: str, text: str) -> None:
        path = self.in_use.root / file
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise _unusable(file, error) from None

    def editor_schemas(self) -> Mapping[str, str]:
        made = schemas()
        return {
            f"schemas/{name}.schema.json": json.dumps(made[name](), ensure_ascii=False, indent=2) + "\n"
            for name in _FOR_EDITORS
        }

    def permissions(self) -> Sequence[PermissionCheck]:
        return (*_key_file(self.in_use.root), *map(_writable, dict.fromkeys(_written_folders(self.in_use))))


def _flat(settings: Settings) -> Iterator[tuple[str, object]]:
    limits, timeouts = settings.limits, settings.timeouts
    yield "manifests", tuple(root.shown_as for root in settings.manifest_roots)
    yield from _parts("backend", settings.backend)
    yield from _parts("embedded", settings.embedded)
    yield "store", _place(settings.store)
    yield "store.retention", settings.retention
    yield "environment", settings.environment
    yield "limits.fleet_share", f"{limits.fleet_share}%"
    yield "limits.fleet_share_from", limits.fleet_from
    yield "limits.closed_at_once", limits.closed_at_once
    yield "limits.closed_seconds", settings.longest_closed
    yield "limits.lease_seconds", settings.lease_seconds
    yield "limits.plan_age", limits.plan_age
    yield "pace.requests_per_second", settings.requests_per_second
    yield "pace.in_flight", settings.in_flight
    yield from _parts("timeouts", timeouts)
    yield "ipn.inbox", _place(settings.sidecar.inbox)
    yield "ipn.topics", settings.sidecar.topics
    yield from _watch(settings.watch)
    yield from _console(settings.console)
    yield "runbooks.url", settings.runbooks.url
    for team in RunbookTeam:
        yield f"runbooks.escalation.{team.value}", settings.runbooks.escalation.get(team)


def _watch(watch: WatchSettings) -> Iterator[tuple[str, object]]:
    yield from ((f"watch.{name}", duration_word(getattr(watch, name))) for name in ("period", "complete", "poll"))
    yield "watch.batch", watch.batch
    yield "watch.pull", watch.pull
    yield "watch.requests_per_second", watch.requests_per_second
    yield from _parts("watch.webhooks", watch.webhooks)


def _console(console: ConsoleSettings) -> Iterator[tuple[str, object]]:
    proxy = console.proxy
    yield "console.token", console.token
    yield "console.hosts", tuple(sorted(console.hosts))
    yield "console.proxy.addresses", () if proxy is None else proxy.addresses
    yield "console.proxy.header", None if proxy is None else proxy.header


def _place(store: str) -> str:
    """A file as people write it, or an address."""
    return store if "://" in store else relative_path(Path(store))


def _parts(name: str, part: object) -> Iterator[tuple[str, object]]:
    assert is_dataclass(part)
    yield from ((f"{name}.{each.name}", getattr(part, each.name)) for each in fields(part))


def _shown(value: object) -> str | None:
    match value:
        case None | ():
            return None
        case SecretRef():
            return value.uri
        case Path():
            return relative_path(value)
        case Enum():
            return str(value.value)
        case tuple():
            return ", ".join(map(str, value))
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case _:
            return redact(str(value))


def _unusable(file: str, error: Exception) -> SetupError:
    message = system_reason(error) if isinstance(error, OSError) else str(error)
    text = msg("{file}: {message}", file=file, message=message)
    return SetupError(text, hint=msg("Check the file and its permissions"), code=codes.UNUSABLE)


def _key_file(root: Path) -> Iterator[PermissionCheck]:
    key = root / ".reconciler" / "plan.key"
    if not key.exists():
        return
    shown = relative_path(key)
    private = not stat.S_IMODE(key.stat().st_mode) & _OTHERS_READ
    fix = None if private else msg("Run `chmod 600 {file}`", file=shown)
    yield PermissionCheck(text=msg("Only the owner can read {file}", file=shown), fix=fix)


def _written_folders(settings: Settings) -> Iterator[Path]:
    yield from (root.folder for root in settings.manifest_roots)
    yield settings.root / ".reconciler"
    if "://" not in settings.store:
        yield Path(settings.store).parent


def _writable(folder: Path) -> PermissionCheck:
    """A folder that does not exist yet is created when it is needed, in the nearest one that does."""
    present = next((each for each in (folder, *folder.parents) if each.exists()), folder)
    fine = present.is_dir() and os.access(present, os.W_OK | os.X_OK)
    shown = relative_path(folder)
    fix = None if fine else msg("Make {folder} a folder that you can write to", folder=relative_path(present))
    return PermissionCheck(text=msg("{folder} is writable", folder=shown), fix=fix)
