"""Runs the program `git` in a folder.

Nothing that a repository brings is executed: no hook, no file system monitor, no external diff, no editor or pager, no helper
for other protocols. No lock is taken for reading, there is no prompt at the terminal. Each word of a command that comes from
outside is a commit or a full reference name.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from reconciler.lib.frozen_class import frozen

_QUIET: Final = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_REPLACE_OBJECTS": "1", "LC_ALL": "C"}
_SETTINGS: Final = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "protocol.ext.allow=never",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.writeCommitGraph=false",
)
NO_REPOSITORY: Final = b"not a git repository"
"""As Git says it in its C locale."""
_OPTIONS: Final = tuple(word for setting in _SETTINGS for word in ("-c", setting))


class GitMissing(Exception):
    """There is no program `git`."""


class GitSilent(Exception):
    """It did not end in time, or could not be started; the argument is the kind of error."""


@frozen(kw_only=False)
class GitProgram:
    folder: Path

    def ask(self, *words: str, seconds: float = 60.0, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """With any exit code. `given` goes to its standard input. Raises GitMissing, GitSilent."""
        try:
            return subprocess.run(  # noqa: S603  # no shell; words from outside are checked
                self._command(words),
                capture_output=True,
                timeout=seconds,
                check=False,
                env=os.environ | _QUIET,
                input=given,
            )
        except FileNotFoundError:
            raise GitMissing from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise GitSilent(type(error).__name__) from None

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """A process that gets requests and answers over its pipes. Raises GitMissing, GitSilent."""
        try:
            return subprocess.Popen(  # noqa: S603  # as above
                self._command(words),
                env=os.environ | _QUIET,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            raise GitMissing from None
        except OSError as error:
            raise GitSilent(type(error).__name__) from None

    def _command(self, words: Sequence[str]) -> list[str]:
        return ["git", *_OPTIONS, "--no-pager", "-C", str(self.folder), *words]


def first_line(output: bytes) -> str:
    return output.decode("utf-8", "replace").strip().partition("\n")[0]


def path_of(name: bytes) -> str:
    """A repository inside this one is listed as a folder, with a slash at its end."""
    return os.fsdecode(name).rstrip("/")


def changed_paths(compared: bytes) -> tuple[str, ...]:
    """Of `--name-status -z`: `status NUL path NUL ...`."""
    parts = compared.split(b"\0")
    return tuple(path_of(path) for path in parts[1::2] if path)
