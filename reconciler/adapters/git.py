"""What Git says of a folder, asked by its plumbing.

In: the folder and a revision. Out: the paths that differ from it, relative to the folder. Nothing is written, no lock is taken,
and no program that a repository's settings name is run for a difference. It does not know what the files mean.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import SetupError

_SECONDS: Final = 60.0
_QUIET: Final = {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}

_STATUS_AND_PATH: Final = 2


@dataclass(frozen=True, slots=True)
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
        return frozenset((*_paths_of(compared), *(_path(name) for name in others.split(b"\0") if name)))

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

    def _said(self, *words: str) -> bytes:
        done = self._ask(*words)
        if done.returncode != 0:
            raise self._no_answer(done.stderr)
        return done.stdout

    def _ask(self, *words: str) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", str(self.folder), *words]
        try:
            return subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False, env=os.environ | _QUIET)  # noqa: S603  # no shell; the revision is one word
        except FileNotFoundError:
            raise _unusable(
                msg("Git was not found: no program `git`"),
                msg("Install Git, or omit --changed-since"),
            ) from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise _unusable(
                msg("Git does not answer ({kind})", kind=type(error).__name__),
                msg("Run `git status` in that folder, or omit --changed-since"),
            ) from None

    def _no_answer(self, stderr: bytes) -> SetupError:
        said = stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        return _unusable(
            msg("Git cannot list the changes in {folder}: {reason}", folder=self.folder.as_posix(), reason=said),
            msg("Run the command in a clone of the repository, or omit --changed-since"),
        )


def _paths_of(compared: bytes) -> list[str]:
    """Of `status NUL path NUL ...`."""
    parts = compared.split(b"\0")
    return [_path(path) for path in parts[1::_STATUS_AND_PATH] if path]


def _path(name: bytes) -> str:
    """A repository inside this one is listed as a folder, with a slash at its end."""
    return os.fsdecode(name).rstrip("/")


def _unusable(text: Message, hint: Message) -> SetupError:
    return SetupError(text, code=codes.NO_REVISION, hint=hint, subject="--changed-since")
