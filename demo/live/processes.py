"""The processes of the demo: started one after the other, watched, and all ended.

A process is a name, a command, and an address that answers once it is ready. What it prints is in its log. Another process is one
more entry of `PROGRAMS`.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from demo.environment import BIN, ROOT
from demo.live.place import DemoPlace

READY_WITHIN = 90.0
ENDS_WITHIN = 20.0
PAUSE = 0.1
LAST_LINES = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """`ready` is an address, from the addresses of the demo."""

    name: str
    words: Callable[[Mapping[str, int]], Sequence[str | int]]
    ready: Callable[[DemoPlace], str]


PROGRAMS = (
    Program(
        name="backend",
        words=lambda ports: ("serve", "backend", "--port", ports["backend"], "--mail-port", ports["mail"]),
        ready=lambda place: f"{place.address('backend')}/readyz",
    ),
    Program(
        name="sidecar",
        words=lambda ports: ("serve", "ipn", "--port", ports["sidecar"], "--ops-port", ports["metrics"]),
        ready=lambda place: f"{place.address('metrics')}/readyz",
    ),
    Program(
        name="watcher",
        words=lambda ports: ("watch", "--port", ports["watcher"]),
        ready=lambda place: f"{place.address('watcher')}/readyz",
    ),
    Program(
        name="console",
        words=lambda ports: ("serve", "console", "--port", ports["console"]),
        ready=lambda place: f"{place.address('console')}/readyz",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    program: Program
    process: subprocess.Popen[bytes]


class Ended(Exception):
    """A process ended without a signal from here, or never became ready: the key of a message, and its values."""

    def __init__(self, name: str, key: str, **values: object) -> None:
        super().__init__(f"{name}: {key}")
        self.name, self.key, self.values = name, key, values


@contextlib.contextmanager
def started(
    place: DemoPlace,
    environment: Mapping[str, str],
    pause: Callable[[float], object] = time.sleep,
    announce: Callable[[str], object] = lambda _name: None,
) -> Iterator[list[Running]]:
    """All programs, each ready before the next one starts; ended in the reverse order. Raises Ended.

    `pause` is called while a program gets ready; what it raises ends the start. `announce` is called with the name of each.
    """
    running: list[Running] = []
    try:
        for program in PROGRAMS:
            announce(program.name)
            running.append(_start(program, place, environment))
            _wait_until_ready(running, program.ready(place), pause)
        yield running
    finally:
        for each in reversed(running):
            _end(each.process)


def check(running: Sequence[Running]) -> None:
    """Raises Ended for the first process that is not there any more."""
    for each in running:
        if each.process.poll() is not None:
            raise Ended(each.program.name, "died", code=each.process.returncode)


def last_lines(place: DemoPlace, name: str) -> list[str]:
    with contextlib.suppress(OSError):
        return place.log(name).read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
    return []


def _start(program: Program, place: DemoPlace, environment: Mapping[str, str]) -> Running:
    """In a session of its own: Ctrl-C reaches the demo only, which ends its processes in order."""
    words = [str(BIN / "reconciler"), *map(str, program.words(place.ports))]
    with place.log(program.name).open("wb") as log:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Running(program=program, process=process)


def _wait_until_ready(running: Sequence[Running], address: str, pause: Callable[[float], object]) -> None:
    until = time.monotonic() + READY_WITHIN
    while not _answers(address):
        check(running)
        if time.monotonic() > until:
            raise Ended(running[-1].program.name, "slow", seconds=round(READY_WITHIN))
        pause(PAUSE)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5):
            return True
    except (urllib.error.URLError, OSError):
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
