"""A program of a host: its process id here, signals, and what it wrote."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.support.waiting import wait_until


@dataclass(slots=True, kw_only=True, eq=False)
class Program:
    """`pid` is that of the program itself, seen from here; `entering` is the process that put it there, and ends with it."""

    entering: subprocess.Popen[bytes]
    pid: int
    log: Path

    @classmethod
    def started(cls, command: Sequence[str], log: Path, variables: Mapping[str, str] | None = None) -> Self:
        with log.open("ab") as out:
            entering = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=variables)
        return cls(entering=entering, pid=child_of(entering.pid), log=log)

    @property
    def running(self) -> bool:
        return self.entering.poll() is None

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self.entering.poll()

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def send(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def freeze(self) -> None:
        """SIGSTOP, also to what it started."""
        for pid in (self.pid, *_descendants(self.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT. `nsenter` stops itself with its program, and has to continue first."""
        for pid in (self.entering.pid, *_descendants(self.pid), self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, also to what it started; returns when it is gone."""
        for pid in (*_descendants(self.pid), self.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.thaw()
        self.entering.wait(30)

    def wait(self, seconds: float = 240) -> int:
        """Its exit code; a program that does not end is killed and fails the test."""
        try:
            return self.entering.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"did not end within {seconds:g} s:\n{self.output[-4000:]}") from None


def child_of(pid: int) -> int:
    """The one child of this process, once there is one."""
    found: list[int] = []

    def there() -> bool:
        found[:] = _children(pid)
        assert found or (Path("/proc") / str(pid)).exists(), "it ended at once"
        return bool(found)

    wait_until(there)
    return found[0]


def _children(pid: int) -> list[int]:
    """Of all its threads."""
    found = []
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in listed.read_text().split()]
    return found


def _descendants(pid: int) -> list[int]:
    return [each for child in _children(pid) for each in (child, *_descendants(child))]
