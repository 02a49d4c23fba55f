"""A session over the commit of a fleet run: its settings, manifests, accepted drift and owners, without a work tree.

What belongs to the worker's machine is its own: the store, the folder of keys and undo plans, the files that secrets refer
to, the embedded backend. Everything else is as it is in the commit.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from reconciler.adapters.git.mirror import GitMirror
from reconciler.adapters.git.mirror_commit import MirrorCommit
from reconciler.adapters.git.program import GitMissing, GitProgram, GitSilent
from reconciler.adapters.manifests.ledger import LEDGER_NAME, LedgerFile
from reconciler.adapters.settings.manifest_roots import ManifestRoot
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.wiring.backends import backend, observer
from reconciler.wiring.fleet.commit_manifests import CommitFolder, commit_manifests
from reconciler.wiring.manifest_files import OWNER_FILES, manifest_owners
from reconciler.wiring.plan_files import ConfiguredPlanFiles, fleet_name
from reconciler.wiring.runtime import clock, new_run_info
from reconciler.wiring.session import open_session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reconciler.core.fleet.fleet_run import FleetRun
    from reconciler.core.planning.plan import Plan
    from reconciler.ports import RunInfo
    from reconciler.ports.files.plan_files import Allowances
    from reconciler.ports.watch.request_pace import RequestPacer
    from reconciler.workflows.session import Session

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://|[^/]+:")
"""A URL, or `host:path`."""


def fleet_mirror(settings: Settings) -> GitMirror:
    """The mirror of this machine. Raises SetupError where no repository is named, and none holds the settings."""
    return GitMirror(source=_source(settings), folder=settings.root / ".reconciler" / "mirror.git")


def _source(settings: Settings) -> str:
    named = settings.scale.mirror
    if named is not None:
        return named if _ADDRESS.match(named) else str((settings.root / named).resolve())
    try:
        found = GitProgram(settings.root).ask("rev-parse", "--show-toplevel")
    except (GitMissing, GitSilent):
        found = None
    if found is None or found.returncode != 0:
        raise SetupError(
            msg("{folder} is in no Git repository, and no other one is named", folder=settings.root.as_posix()),
            code=codes.BAD_SETTINGS,
            hint=msg("Set `scale.mirror` to the path or the URL of the repository of the manifests"),
            subject="scale.mirror",
        )
    return found.stdout.decode().strip()


@contextmanager
def session_at(settings: Settings, run: FleetRun, rate: RequestPacer) -> Iterator[Session]:
    """`settings` are the worker's. Fetches the commit if need be. Raises SetupError."""
    mirror = fleet_mirror(settings)
    mirror.obtain(run.commit)
    tree = MirrorCommit(mirror, run.commit)
    try:
        with TemporaryDirectory(prefix="reconciler-") as folder:
            commit = _CommitFiles(tree=tree, run=run, top=Path(folder), worker=settings)
            yield commit.session(rate)
    finally:
        tree.close()


@frozen
class _CommitFiles:
    """`top` is an empty folder: the few files that are read besides manifests are copied there, at their places."""

    tree: MirrorCommit
    run: FleetRun
    top: Path
    worker: Settings

    def session(self, rate: RequestPacer) -> Session:
        read, folders = self._settings()
        self._copy_owners()
        roots = [ManifestRoot(self.top / folder.path, folder.shown_as) for folder in folders]
        owned = _with_roots(replace(read, root=self.top / self._folder), roots)
        here = [ManifestRoot(self.worker.root / folder.shown_as, folder.shown_as) for folder in folders]
        settings = _with_roots(replace(owned, root=self.worker.root), here)
        return replace(
            open_session(settings),
            manifests=commit_manifests(self.tree, folders),
            observing=partial(observer, settings, rate=rate),
            writing=partial(backend, settings, rate=rate),
            ledger=self._ledger,
            owners=partial(manifest_owners, owned),
            plans=_ChunkPlanFiles(settings),
            new_run=partial(self._new_run, settings),
            sync_cache=lambda: None,
        )

    def _settings(self) -> tuple[Settings, list[CommitFolder]]:
        """As they are in the commit, on this machine; and the folders of manifests."""
        name, commit = self.run.options.settings, self.run.commit[:12]
        file = self._copied(name)
        if file is None:
            raise _unusable(msg("The commit {commit} has no file {file}", commit=commit, file=name))
        found = read_settings(file)
        if isinstance(found, tuple):
            reason = str(found[0].summary)
            raise _unusable(msg("{file} in {commit}: {reason}", file=name, commit=commit, reason=reason))
        paths = [posixpath.relpath(root.folder.as_posix(), self.top.as_posix()) for root in found.manifest_roots]
        if any(path.startswith("..") for path in paths):
            raise _unusable(msg("The manifests of {file} are not in the repository", file=name))
        folders = [CommitFolder(path=path, shown_as=posixpath.relpath(path, self._folder or ".")) for path in paths]
        fleet, expected = fleet_name(found), self.run.fleet
        if fleet != expected:
            text = msg(
                "{file} is for the fleet {found}, the run for {expected}", file=name, found=fleet, expected=expected
            )
            raise _unusable(text)
        return self._on_this_machine(found), folders

    def _on_this_machine(self, found: Settings) -> Settings:
        name, worker = self.run.options.settings, self.worker
        return replace(
            found,
            store=worker.store,
            embedded=worker.embedded,
            sidecar=worker.sidecar,
            scale=worker.scale,
            executor=worker.executor,
            origins={place: Origin(name, origin.line, origin.column) for place, origin in found.origins.items()},
            file=worker.file,
        )

    def _ledger(self) -> LedgerFile:
        name = posixpath.join(self._folder, LEDGER_NAME)
        self._copied(name)
        return LedgerFile(self.top / name, LEDGER_NAME, clock())

    def _copy_owners(self) -> None:
        """The owners' file is read from the folder that Git calls the root."""
        (self.top / ".git").mkdir()
        for name in OWNER_FILES:
            self._copied(name)

    def _new_run(self, settings: Settings, command: str, fingerprint: str) -> RunInfo:
        """By the person who started the run, on this host: it is the one that writes, and that holds the leases."""
        person, _ = self.run.started_by
        return replace(new_run_info(settings, command, fingerprint), commit=self.run.commit, actor=person)

    @property
    def _folder(self) -> str:
        return posixpath.dirname(self.run.options.settings)

    def _copied(self, name: str) -> Path | None:
        if name.startswith("/") or ".." in name.split("/"):
            return None
        content = self.tree.file(name)
        if content is None:
            return None
        place = self.top / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
        return place


def _with_roots(settings: Settings, roots: Sequence[ManifestRoot]) -> Settings:
    first, *more = roots
    return replace(settings, manifests=first.folder, manifests_shown_as=first.shown_as, more_manifests=tuple(more))


class _ChunkPlanFiles(ConfiguredPlanFiles):
    """Of a part of a fleet run: that is continued by its tables, not by a rollout that is saved on one machine."""

    def save_rollout(
        self, run: str, plan: Plan, allowed: Allowances, pacing: Mapping[str, Any], reason: str | None = None
    ) -> None:
        pass

    def load_rollout(self) -> None:
        return None

    def delete_rollout(self) -> None:
        pass


def _unusable(text: Message) -> SetupError:
    hint = msg("Commit valid settings, and start the run again")
    return SetupError(text, code=codes.BAD_SETTINGS, hint=hint)
