"""What a run needs of its machine, and of its settings.

The place of an unusable setting.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.adapters.settings.manifest_roots import ManifestRoot, common_folder
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.selection import Selection
from reconciler.core.values import Secret, SecretRef
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, Manifest, Manifests, RunInfo, SecretMissing, Secrets, SetupError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.adapters.manifests.loading.loader import ManifestFolder
    from reconciler.ports.ci.forge import CiJob
    from reconciler.ports.ci.repository import Repository
    from reconciler.ports.manifests import AffectedShops


def load_settings(
    path: Path | None, *, in_flight: int | None = None, initial: str | None = None
) -> Settings | tuple[Diagnostic, ...]:
    """`in_flight` replaces the setting. `initial` is the text of the settings file where there is none."""
    settings = read_settings(path, initial=initial)
    if in_flight is None or isinstance(settings, tuple):
        return settings
    return replace(settings, in_flight=in_flight)


def manifests(settings: Settings) -> Manifests:
    return _LazyManifests(settings)


@frozen(kw_only=False)
class _LazyManifests:
    """The reader of manifests is loaded on first use: a check of a fleet in sync does not need it."""

    settings: Settings

    def read(self, selection: Selection) -> Manifest:
        return self._folder().read(selection)

    def names(self) -> tuple[str, ...]:
        return self._folder().names()

    def read_at(self, revision: str, names: frozenset[str]) -> Manifest:
        return self._folder().read_at(revision, names)

    def affected_by(self, changes: Sequence[frozenset[str]]) -> AffectedShops:
        return self._folder().affected_by(changes)

    def _folder(self) -> Manifests:
        from reconciler.adapters.git.revisions import GitRevisions
        from reconciler.adapters.manifests.loading.fleet_roots import FleetRoots, Root, files_in
        from reconciler.adapters.manifests.loading.loader import ManifestFolder

        def reader(root: ManifestRoot) -> ManifestFolder:
            return ManifestFolder(root.folder, shown_as=root.shown_as, revisions=GitRevisions(root.folder))

        if not self.settings.more_manifests:
            return reader(self.settings.manifest_roots[0])
        top = common_folder(self.settings.manifest_roots)
        return FleetRoots(
            [
                Root(
                    reader=reader(root),
                    files=partial(files_in, root.folder, root.shown_as),
                    shown_as=root.shown_as,
                    below=_below(root.folder, top),
                )
                for root in self.settings.manifest_roots
            ]
        )


def _below(folder: Path, top: Path) -> str:
    return Path(os.path.relpath(folder, top)).as_posix()


def shop_names(settings: Settings) -> tuple[str, ...]:
    """Of the manifests' files; none is read."""
    from reconciler.adapters.manifests.discovery.files import shop_files

    listings = (shop_files(root.folder, root.shown_as) for root in settings.manifest_roots)
    return tuple(file.stem for listing in listings for file in listing.files)


def group_names(settings: Settings) -> tuple[str, ...]:
    from reconciler.adapters.manifests.discovery.files import group_files

    groups = (group_files(root.folder, root.shown_as) for root in settings.manifest_roots)
    return tuple(dict.fromkeys(file.stem for files in groups for file in files))


def secrets(settings: Settings) -> Secrets:
    """For one run."""
    from reconciler.adapters.secrets import SecretResolver

    return SecretResolver(settings.root)


def renewed_secrets(settings: Settings) -> Secrets:
    """For a service: what is renewed in a store is noticed."""
    from reconciler.adapters.secrets import SecretResolver
    from reconciler.adapters.secrets.documents import KEPT_BY_SERVICES

    return SecretResolver(settings.root, kept=KEPT_BY_SERVICES)


def client_secret(settings: Settings) -> Secret:
    """What the client at the backend proves itself with. Raises SetupError, at the line that refers to it."""
    reference = client_secret_reference(settings)
    try:
        return secrets(settings).resolve(reference)
    except SecretMissing as missing:
        place = "backend.client_secret"
        origin = settings.origins.get(place)
        text, hint, code = missing.text, missing.hint, missing.code
        raise SetupError(text, hint=hint, code=code, subject=place, origin=origin) from None


def client_secret_reference(settings: Settings) -> SecretRef:
    return settings.backend.client_secret or SecretRef("ref+env://RECONCILER_BACKEND_SECRET")


def clock() -> Clock:
    from reconciler.adapters.clock import SystemClock

    return SystemClock()


def ci_job() -> CiJob:
    from reconciler.adapters.forges.job import EnvironmentJob

    return EnvironmentJob(os.environ, Path.cwd(), clock())


def repository(settings: Settings) -> Repository:
    from reconciler.adapters.git.repository import GitRepository

    return GitRepository(common_folder(settings.manifest_roots))


def new_run_info(settings: Settings, command: str, fingerprint: str) -> RunInfo:
    from reconciler.adapters import run_info as runs

    return runs.run_info(settings.root, command, fingerprint, clock())


def person(settings: Settings) -> str:
    from reconciler.adapters.run_info import known_person

    return known_person(settings.root)


def digest_key(settings: Settings) -> DigestKey:
    """Raises SetupError."""
    from reconciler.adapters.files.plan_key import plan_key

    return plan_key(settings.root)


def bad_setting(settings: Settings, place: str, text: Message, hint: Message) -> SetupError:
    origin = settings.origins.get(place) or settings.origins.get(place.partition(".")[0])
    return SetupError(text, hint=hint, code=codes.BAD_SETTINGS, subject=place, origin=origin)


def relative_path(path: Path) -> str:
    """As people write it: from the working directory, where the path lies below it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def store_exists(place: str) -> bool:
    """Whether there is a store at `place`, a path or an address. Only a request shows whether a server has one: True."""
    return "://" in place or Path(place).exists()
