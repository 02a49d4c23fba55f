"""The fleet of a folder, for an editor: its files, its settings, its store, which is opened read-only and when it is needed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from reconciler.adapters.clock import SystemClock
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.live.fleet_folder import FleetFolder, LiveSettingsFile
from reconciler.adapters.secrets import SecretResolver
from reconciler.adapters.settings.documents import SettingsDocument
from reconciler.adapters.settings.settings import Settings, default_settings, read_settings, settings_faults
from reconciler.adapters.settings.settings_path import FILE_NAME
from reconciler.lib.utc import day_in_japan
from reconciler.wiring.console.read_only_stores import ReadOnlyFindings, ReadOnlyStore
from reconciler.wiring.plan_files import fleet_name
from reconciler.workflows.editor.editor_fleet import EditorFleet


def open_fleet(root: Path) -> EditorFleet:
    """Messages name files from `root`."""
    settings = _settings(root)
    secrets = SecretResolver(settings.root)
    file = ManifestPath(stem=Path(FILE_NAME).stem, path=str(root / FILE_NAME), display_path=FILE_NAME)
    live = FleetFolder(
        roots=[(each.folder, _shown_as(each.folder, root)) for each in settings.manifest_roots],
        settings=LiveSettingsFile(file=file, model=SettingsDocument, check=partial(settings_faults, shown=FILE_NAME)),
        today=_today,
        schemes=secrets.schemes,
    )
    live.prepare()
    store = ReadOnlyStore(settings)
    return EditorFleet(
        root=root,
        live=live,
        secrets=secrets,
        findings=ReadOnlyFindings(store),
        name=fleet_name(settings),
        close=store.close,
    )


def _today() -> str:
    return day_in_japan(SystemClock().now())


def _settings(root: Path) -> Settings:
    """What is wrong in the file is shown where it is open; until it is corrected, the defaults hold."""
    file = root / FILE_NAME
    read = read_settings(file) if file.is_file() else ()
    return default_settings(root) if isinstance(read, tuple) else read


def _shown_as(folder: Path, root: Path) -> str:
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else folder.as_posix()
