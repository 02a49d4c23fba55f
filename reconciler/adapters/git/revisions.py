"""What differs from a revision, and what a revision held.

In: the folder and a revision. Out: the paths that differ from it, relative to the folder, or files as they were. Nothing is
written, no lock is taken, and no program that a repository's settings name is run for a difference. It does not know what the
files mean.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from reconciler.adapters.git.program import (
    NO_REPOSITORY,
    GitMissing,
    GitProgram,
    GitSilent,
    changed_paths,
    first_line,
    path_of,
)
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

_FILE: Final = b"100"
"""The mode of a regular file; a link and a repository inside this one have others."""


@frozen(kw_only=False)
class GitRevisions:
    """Implements ports.VersionControl for the folder of manifests, which lies somewhere in a work tree."""

    folder: Path

    def changed_since(self, revision: str) -> frozenset[str]:
        if not self.folder.is_dir():
            return frozenset()  # the reader of manifests reports a missing folder
        commit = self._commit(revision)
        # Without renames: a file that moved is gone in one place and new in the other, and both names matter.
        compared = self._said(
            "diff", "--no-ext-diff", "--no-renames", "--name-status", "-z", "--relative", commit, "--"
        )
        others = self._said("ls-files", "--others", "-z")
        return frozenset((*changed_paths(compared), *(path_of(name) for name in others.split(b"\0") if name)))

    def files_at(self, revision: str, wanted: Callable[[str], bool]) -> Mapping[str, bytes]:
        listed = self._said("ls-tree", "-r", "-z", self._commit(revision))
        entries = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry.startswith(_FILE))
        found = {path_of(name): about.split()[2] for about, _, name in entries if wanted(path_of(name))}
        content = self._said("cat-file", "--batch", given=b"".join(blob + b"\n" for blob in found.values()))
        return dict(zip(found, _contents(content), strict=True))

    def _commit(self, revision: str) -> str:
        """The name of one commit: a range would be compared within itself, and not with the work tree."""
        if not revision.startswith("-"):
            done = self._ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
            if done.returncode == 0:
                return done.stdout.decode().strip()
        raise self._unknown(revision)

    def _unknown(self, revision: str) -> SetupError:
        inside = self._ask("rev-parse", "--is-shallow-repository")
        if inside.returncode != 0:
            return self._no_answer(inside.stderr)
        text = msg("Unknown Git revision {revision}", revision=repr(revision))
        if inside.stdout.strip() == b"true":
            hint = msg("This clone is shallow: fetch the history first with `git fetch --unshallow` or a full checkout")
        else:
            hint = msg("Use one commit, branch or tag; `git fetch` gets those that only the server has")
        return _unusable(text, hint)

    def _said(self, *words: str, given: bytes | None = None) -> bytes:
        done = self._ask(*words, given=given)
        if done.returncode != 0:
            raise self._no_answer(done.stderr)
        return done.stdout

    def _ask(self, *words: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        try:
            return GitProgram(self.folder).ask(*words, given=given)
        except GitMissing:
            raise _unusable(
                msg("Git was not found: no program `git`"),
                msg("Install Git, or omit --changed-since"),
            ) from None
        except GitSilent as error:
            raise _unusable(
                msg("Git does not answer ({kind})", kind=str(error)),
                msg("Run `git status` in that folder, or omit --changed-since"),
            ) from None

    def _no_answer(self, stderr: bytes) -> SetupError:
        if NO_REPOSITORY in stderr:
            return _unusable(
                msg("{folder} is in no Git repository", folder=self.folder.as_posix()),
                msg("Run the command in a clone of the repository, or omit --changed-since"),
            )
        return _unusable(
            msg(
                "Git cannot list the changes in {folder}: {reason}",
                folder=self.folder.as_posix(),
                reason=redact(first_line(stderr)),
            ),
            msg("Run `git status` in that folder, or omit --changed-since"),
        )


def _contents(batch: bytes) -> Iterator[bytes]:
    """Of `cat-file --batch`: a line that ends with the size, then so many bytes and a line break."""
    place = 0
    while place < len(batch):
        end = batch.index(b"\n", place)
        size = int(batch[place:end].rpartition(b" ")[2])
        yield batch[end + 1 : end + 1 + size]
        place = end + size + 2


def _unusable(text: Message, hint: Message) -> SetupError:
    return SetupError(text, code=codes.NO_REVISION, hint=hint, subject="--changed-since")
