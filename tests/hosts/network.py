"""Hosts of a network, as namespaces of this machine: each has its own addresses, process ids and name, and a cable to one switch.

Nothing of it is visible outside: no interface, no name. A host lives as long as its first process, which ends with the process
that made it, also where that one is killed; with it end all programs of the host, as at a power loss, and its cable is gone.

Needs root on Linux and `iproute2`; `missing()` says which of them is not there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.hosts.programs import Program, child_of

NET: Final = "10.77.0"
_KINDS: Final = ("--net", "--uts", "--mount", "--pid")
_BOOT: Final = "ip link set lo up && hostname {name} && echo up && exec cat"
"""`cat` ends when the pipe to it is closed."""


def missing() -> str | None:
    """What keeps hosts from being made here; None: nothing."""
    if shutil.which("ip") is None:
        return "no iproute2: apt-get install iproute2"
    probe = ["unshare", *_KINDS, "--fork", "--mount-proc", "ip", "link", "add", "one", "type", "veth"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    return f"no namespaces, which need root on Linux: {done.stderr.strip()}" if done.returncode else None


@dataclass(slots=True, kw_only=True, eq=False)
class Host:
    """`cut()` drops all that is sent over its cable, in both directions, and closes no connection; `restore()` lets it pass."""

    name: str
    address: str
    switch: int
    init: int
    programs: list[Program] = field(default_factory=list)

    def command(self, words: Sequence[str], folder: Path) -> list[str]:
        return ["nsenter", f"--target={self.init}", *_KINDS, "--", "env", "-C", str(folder), *words]

    def start(
        self, words: Sequence[str], folder: Path, log: Path, variables: Mapping[str, str] | None = None
    ) -> Program:
        """Its output goes to `log`, after what is there."""
        program = Program.started(self.command(words, folder), log, variables)
        self.programs.append(program)
        return program

    def run(self, *words: str) -> str:
        """In a moment: its output. Raises CalledProcessError."""
        done = subprocess.run(self.command(words, Path("/")), check=True, capture_output=True, text=True, timeout=30)
        return done.stdout

    def cut(self) -> None:
        self._port("down")

    def restore(self) -> None:
        self._port("up")

    def lose_power(self) -> None:
        """All its programs end at once; nothing can be started on it afterwards."""
        with suppress(ProcessLookupError):
            os.kill(self.init, signal.SIGKILL)

    def _port(self, state: str) -> None:
        _at(self.switch, f"ip link set {self.name} {state}")


class Network:
    """`host(name)` is a new host with the next address of `NET`."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._last = 0
        self._switch = stack.enter_context(_booted("switch", _KINDS))
        _at(self._switch, "ip link add bridge type bridge && ip link set bridge up")

    def host(self, name: str) -> Host:
        init = self._stack.enter_context(_booted(name, _KINDS))
        self._last += 1
        address = f"{NET}.{self._last}"
        _at(
            self._switch,
            f"ip link add {name} type veth peer name eth0 netns {init} && ip link set {name} master bridge up",
        )
        _at(init, f"ip address add {address}/24 dev eth0 && ip link set eth0 up")
        host = Host(name=name, address=address, switch=self._switch, init=init)
        self._stack.callback(_end, host)
        return host


@contextmanager
def network() -> Iterator[Network]:
    with ExitStack() as stack:
        yield Network(stack)


def _end(host: Host) -> None:
    host.lose_power()
    for program in host.programs:
        program.thaw()  # where it is frozen, the process that entered the host is too
        program.entering.wait(30)


@contextmanager
def _booted(name: str, kinds: Sequence[str]) -> Iterator[int]:
    """The process id of its first process."""
    words = ["unshare", *kinds, "--fork", "--kill-child", "--mount-proc", "sh", "-c", _BOOT.format(name=name)]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stderr is not None
        try:
            if holder.stdout.readline() != "up\n":
                pytest.fail(f"{name} did not start: {holder.stderr.read()}")
            yield child_of(holder.pid)
        finally:
            holder.stdin.close()


def _at(init: int, script: str) -> None:
    """In the network of a host."""
    words = ["nsenter", f"--target={init}", "--net", "sh", "-c", script]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{script}: {done.stderr}"
