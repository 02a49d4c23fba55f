"""A bare copy of a repository on this machine, for processes that read commits and have no work tree.

In: where the repository is (a path or an address) and where the mirror lies. Out: commits that are there, fetched if need be.
One process fetches at a time; the others wait, and then find what it brought. Nothing is deleted: a commit that a branch has
left stays readable.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess
from typing import Final

from reconciler.adapters.git.object_reader import ObjectReader
from reconciler.adapters.git.program import GitMissing, GitProgram, GitSilent, first_line
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

_COMMIT: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FETCH: Final = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--prune", "--")
_BRANCHES: Final = "+refs/heads/*:refs/heads/*"
_PACKS: Final = 40
"""More packs than this make reading slow: they are joined after a fetch."""
_PAUSE: Final = 0.05


class MirrorError(SetupError):
    """The mirror cannot be made, read or brought up to date."""


class CommitNotFound(MirrorError):
    """The repository does not have the commit, not even after a fetch."""


@frozen(kw_only=False)
class GitMirror:
    """`source` is the repository's path or address, `folder` the mirror's own. A fetch may take `seconds`, and so may the
    wait for that of another process.
    """

    source: str
    folder: Path
    seconds: float = 600.0

    def obtain(self, commit: str) -> None:
        """Afterwards the mirror has the commit. Raises CommitNotFound, MirrorError."""
        if _COMMIT.fullmatch(commit) is None:
            raise CommitNotFound(
                msg("{commit} is not the full name of a commit", commit=repr(commit)), code=codes.NO_CLONE
            )
        if self._has(commit):
            return
        with self._locked():
            if self._has(commit):  # another process was quicker
                return
            self._update(commit)
            if not self._has(commit):
                raise self._not_found(commit)

    def objects(self) -> ObjectReader:
        """To be closed by the caller."""
        return ObjectReader(self._git)

    def ask(self, *words: str) -> bytes:
        """What Git answers about the mirror. Raises MirrorError."""
        done = self._run(*words)
        if done.returncode != 0:
            raise self._unusable(msg("Git cannot read the mirror {folder}: {reason}", **self._said(done)))
        return done.stdout

    def _has(self, commit: str) -> bool:
        if not (self.folder / "objects").is_dir():
            return False
        return self._run("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0

    def _update(self, commit: str) -> None:
        """All branches; and the commit by its name, where no branch has it any more."""
        self._make()
        done = self._fetch(_BRANCHES)
        if done.returncode == 0 and not self._has(commit):
            self._fetch(commit)  # a server may refuse that: then the commit is simply not there
        elif done.returncode != 0:
            text = msg(
                "The repository {source} cannot be fetched: {reason}", source=redact(self.source), **_reason(done)
            )
            raise self._unusable(
                text, msg("Check `scale.mirror`, the network, and the credentials of Git on this machine")
            )
        self._join_packs()

    def _make(self) -> None:
        done = self._run("init", "--quiet", "--bare", folder=self._made())
        if done.returncode != 0:
            raise self._unusable(msg("Git cannot make the mirror {folder}: {reason}", **self._said(done)))

    def _made(self) -> Path:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._no_folder(error) from None
        return self.folder

    def _fetch(self, refspec: str) -> CompletedProcess[bytes]:
        """A killed fetch may have left locks of references; no other process holds one while this process has the mirror's
        lock.
        """
        for left in (self.folder / "refs").rglob("*.lock"):
            left.unlink(missing_ok=True)
        (self.folder / "packed-refs.lock").unlink(missing_ok=True)
        return self._run(*_FETCH, self.source, refspec, seconds=self.seconds)

    def _join_packs(self) -> None:
        """Every fetch adds a pack. Concurrent readers find the objects in the new one."""
        if sum(1 for _ in (self.folder / "objects" / "pack").glob("*.pack")) > _PACKS:
            self._run("repack", "-a", "-d", "-l", "--quiet", "--keep-unreachable", seconds=self.seconds)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Given back by the system when the process ends in any way."""
        path = self.folder.with_name(f"{self.folder.name}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self._no_folder(error) from None
        try:
            self._wait_for(descriptor)
            yield
        finally:
            os.close(descriptor)

    def _wait_for(self, descriptor: int) -> None:
        last = time.monotonic() + self.seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > last:
                    text = msg(
                        "Another process has been fetching into {folder} for {seconds} s",
                        folder=self.folder.as_posix(),
                        seconds=f"{self.seconds:g}",
                    )
                    raise self._unusable(text, msg("End that process, or wait for it")) from None
                time.sleep(_PAUSE)
            else:
                return

    @property
    def _git(self) -> GitProgram:
        return GitProgram(self.folder)

    def _run(self, *words: str, seconds: float = 60.0, folder: Path | None = None) -> CompletedProcess[bytes]:
        try:
            return GitProgram(folder or self.folder).ask(*words, seconds=seconds)
        except GitMissing:
            raise self._unusable(
                msg("Git was not found: no program `git`"), msg("Install Git where the worker runs")
            ) from None
        except GitSilent as error:
            raise self._unusable(msg("Git does not answer ({kind})", kind=str(error))) from None

    def _said(self, done: CompletedProcess[bytes]) -> dict[str, str]:
        return {"folder": self.folder.as_posix(), **_reason(done)}

    def _not_found(self, commit: str) -> CommitNotFound:
        text = msg("{source} does not have the commit {commit}", source=redact(self.source), commit=commit[:12])
        hint = msg("Push the commit to that repository; the chunk is run again automatically")
        return CommitNotFound(text, code=codes.NO_CLONE, hint=hint)

    def _no_folder(self, error: OSError) -> MirrorError:
        folder, reason = self.folder.as_posix(), system_reason(error)
        return self._unusable(msg("The mirror {folder} cannot be made: {reason}", folder=folder, reason=reason))

    def _unusable(self, text: Message, hint: Message | None = None) -> MirrorError:
        return MirrorError(text, code=codes.NO_CLONE, hint=hint)


def _reason(done: CompletedProcess[bytes]) -> dict[str, str]:
    return {"reason": redact(first_line(done.stderr))}
