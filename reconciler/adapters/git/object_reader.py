"""Objects of a repository, read by one `git cat-file --batch` that stays open.

In: names of objects. Out: their type and content, in the order asked for. Names go in portions that fit into a pipe, so that
neither side waits for the other.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import IO, Final

from reconciler.adapters.git.program import GitProgram, GitSilent
from reconciler.lib.frozen_class import frozen

_PORTION: Final = 500
"""Names of 40 or 64 characters: less than the 64 KiB that a pipe holds."""
_SECONDS: Final = 60.0
"""That one portion may take."""


@frozen(kw_only=False)
class GitObject:
    """`kind` is `blob`, `tree`, `commit` or `tag`."""

    kind: str
    content: bytes


@dataclass(slots=True)
class ObjectReader:
    """Not for several threads at once. A process that ended is started again."""

    git: GitProgram
    seconds: float = _SECONDS
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def read(self, names: Iterable[str]) -> Iterator[GitObject | None]:
        """None for an object that the repository does not have. Raises GitMissing, GitSilent."""
        waiting = iter(names)
        while portion := list(islice(waiting, _PORTION)):
            yield from self._portion(portion)

    def close(self) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        running.kill()
        running.wait()
        for pipe in (running.stdin, running.stdout):
            if pipe is not None:
                pipe.close()

    def _portion(self, names: Sequence[str]) -> list[GitObject | None]:
        """Whole or not at all: after an error the next portion goes to a new process."""
        process = self._process()
        assert process.stdin is not None
        assert process.stdout is not None
        watchdog = threading.Timer(self.seconds, process.kill)
        watchdog.start()
        try:
            process.stdin.write("".join(f"{name}\n" for name in names).encode())
            process.stdin.flush()
            return [_next(process.stdout) for _ in names]
        except (OSError, EOFError, ValueError) as error:
            self.close()
            raise GitSilent(type(error).__name__) from None
        finally:
            watchdog.cancel()

    def _process(self) -> subprocess.Popen[bytes]:
        if self._running is None or self._running.poll() is not None:
            self.close()
            self._running = self.git.start("cat-file", "--batch")
        return self._running


def _next(output: IO[bytes]) -> GitObject | None:
    """A line `NAME KIND SIZE`, the content and a line break; or `NAME missing`."""
    head = output.readline()
    if not head.endswith(b"\n"):
        raise EOFError
    words = head.split()
    if len(words) != 3:
        return None
    size = int(words[2])
    content = output.read(size + 1)
    if len(content) != size + 1:
        raise EOFError
    return GitObject(words[1].decode(), content[:size])
