"""A session over the commit of a fleet run: its settings, manifests, accepted drift and owners, without a work tree.

What belongs to the worker's machine is its own: the store, the folder of keys and undo plans, the files that secrets refer
to, the embedded backend. Everything else is as it is in the commit.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from reconciler.adapters.git.mirror import GitMirror
from reconciler.adapters.git.mirror_commit import MirrorCommit, MirrorRevisions
from reconciler.adapters.git.program import GitMissing, GitProgram, GitSilent
from reconciler.adapters.manifests.ledger import LEDGER_NAME, LedgerFile
from reconciler.adapters.manifests.loading.at_commit import CommitManifests
from reconciler.adapters.manifests.loading.commit_index import CommitIndex, index_commit
from reconciler.adapters.settings.settings import Settings, read_settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin
from reconciler.ports import Manifests, SetupError
from reconciler.wiring.backends import backend, observer
from reconciler.wiring.manifest_files import OWNER_FILES, manifest_owners
from reconciler.wiring.plan_files import ConfiguredPlanFiles, fleet_name
from reconciler.wiring.runtime import clock, new_run_info
from reconciler.wiring.session import open_session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reconciler.core.fleet.fleet_run import FleetRun
    from reconciler.core.planning.plan import Plan
    from reconciler.ports import RunInfo
    from reconciler.ports.plan_files import Allowances
    from reconciler.ports.watch.request_pace import RequestPacer
    from reconciler.workflows.session import Session

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://|[^/]+:")
"""A URL, or `host:path`."""
_INDEXES: Final[dict[tuple[Path, str], tuple[str, CommitIndex]]] = {}
"""The last commit of each folder of manifests that this process read: chunks of one run follow each other."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _CommitFiles:
    """`top` is an empty folder: the few files that are read besides manifests are copied there, at their places."""

    tree: MirrorCommit
    run: FleetRun
    top: Path
    worker: Settings

    def session(self, rate: RequestPacer) -> Session:
        read, manifests = self._settings()
        shown = posixpath.relpath(manifests, self._folder or ".")
        self._copy_owners()
        owned = replace(read, root=self.top / self._folder, manifests=self.top / manifests, manifests_shown_as=shown)
        settings = replace(owned, root=self.worker.root, manifests=self.worker.root / shown)
        return replace(
            open_session(settings),
            manifests=self._manifests(manifests, shown),
            observing=partial(observer, settings, rate=rate),
            writing=partial(backend, settings, rate=rate),
            ledger=self._ledger,
            owners=partial(manifest_owners, owned),
            plans=_ChunkPlanFiles(settings),
            new_run=partial(self._new_run, settings),
            sync_cache=lambda: None,
        )

    def _settings(self) -> tuple[Settings, str]:
        """As they are in the commit, on this machine; and the folder of manifests below the root of the repository."""
        name, commit = self.run.options.settings, self.run.commit[:12]
        file = self._copied(name)
        if file is None:
            raise _unusable(msg("The commit {commit} has no file {file}", commit=commit, file=name))
        found = read_settings(file)
        if isinstance(found, tuple):
            reason = str(found[0].summary)
            raise _unusable(msg("{file} in {commit}: {reason}", file=name, commit=commit, reason=reason))
        manifests = posixpath.normpath(posixpath.relpath(found.manifests.as_posix(), self.top.as_posix()))
        if manifests.startswith(".."):
            raise _unusable(msg("The manifests of {file} are not in the repository", file=name))
        fleet, expected = fleet_name(found), self.run.fleet
        if fleet != expected:
            text = msg(
                "{file} is for the fleet {found}, the run for {expected}", file=name, found=fleet, expected=expected
            )
            raise _unusable(text)
        return self._on_this_machine(found), manifests

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

    def _manifests(self, folder: str, shown: str) -> Manifests:
        key = (self.tree.mirror.folder, folder)
        commit, index = _INDEXES.get(key, ("", None))
        if commit != self.tree.commit or index is None:
            index = index_commit(self.tree, "" if folder == "." else folder, index)
            _INDEXES[key] = (self.tree.commit, index)
        revisions = MirrorRevisions(self.tree, folder)
        return CommitManifests(self.tree, folder, shown_as=shown, revisions=revisions, index=index)

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
        info = new_run_info(settings, command, fingerprint)
        return replace(info, commit=self.run.commit, actor=self.run.actor)

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
