"""The hosts themselves: what is cut, killed and wrong in a story really is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hosts import clocks
from tests.hosts.network import Host, Network, network
from tests.hosts.programs import Program
from tests.support.waiting import wait_until

pytestmark = pytest.mark.hosts

ASK = "import socket, sys; print(socket.create_connection((sys.argv[1], 8000), timeout=1).recv(9))"
ANSWER = """
import socket
with socket.create_server(("", 8000)) as listener:
    print("ready", flush=True)
    while True:
        listener.accept()[0].sendall(b"hello")
"""
OWNER = """
import sys
from tests.hosts.network import network
with network() as net:
    print(net.host("only").init, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def net(hosts: None) -> Iterator[Network]:
    with network() as made:
        yield made


@pytest.fixture
def answering(net: Network, tmp_path: Path) -> tuple[Host, Program]:
    host = net.host("server")
    program = host.start([sys.executable, "-c", ANSWER], tmp_path, tmp_path / "log")
    wait_until(lambda: "ready" in program.output)
    return host, program


def reaches(client: Host, server: Host) -> bool:
    try:
        return "hello" in client.run(sys.executable, "-c", ASK, server.address)
    except subprocess.CalledProcessError:
        return False


def test_a_cut_cable_carries_nothing_until_it_is_whole(net: Network, answering: tuple[Host, Program]) -> None:
    server, _ = answering
    client, other = net.host("client"), net.host("other")
    assert reaches(client, server)

    client.cut()

    assert not reaches(client, server)
    assert reaches(other, server)
    client.restore()
    assert reaches(client, server)


def test_a_frozen_program_answers_when_it_continues(net: Network, answering: tuple[Host, Program]) -> None:
    server, program = answering
    client = net.host("client")

    program.freeze()

    assert not reaches(client, server)
    program.thaw()
    assert reaches(client, server)


def test_a_killed_program_is_gone_and_its_host_goes_on(net: Network, answering: tuple[Host, Program]) -> None:
    server, program = answering

    program.kill()

    assert not program.running
    assert server.run("echo", "here") == "here\n"


def test_a_power_loss_ends_all_programs_of_the_host(answering: tuple[Host, Program]) -> None:
    server, program = answering

    server.lose_power()

    wait_until(lambda: not program.running)


@pytest.mark.parametrize("wrong", [3600, 0, -3600])
def test_a_clock_is_wrong_by_what_was_asked(net: Network, tmp_path: Path, wrong: int) -> None:
    host, now = net.host("late"), "import time; print(time.time(), time.monotonic())"
    program = host.start(
        [sys.executable, "-c", now], tmp_path, tmp_path / "log", {**os.environ, **clocks.wrong_by(wrong)}
    )
    assert program.wait() == 0

    shown, monotonic = map(float, program.output.split())

    here, monotonic_here = map(float, subprocess.check_output([sys.executable, "-c", now], text=True).split())
    assert round((shown - here) / 600) == wrong / 600
    assert round((monotonic - monotonic_here) / 600) == 0


def test_programs_of_two_hosts_do_not_see_each_other(net: Network, answering: tuple[Host, Program]) -> None:
    """So that no run can take a process of another host for one that died here."""
    ids = "import os; print([name for name in os.listdir('/proc') if name.isdigit()])"

    seen = net.host("client").run(sys.executable, "-c", ids)

    assert len(seen.split()) == 2  # the first process, and the one that asks


def test_nothing_is_left_of_a_network_whose_owner_was_killed(hosts: None) -> None:
    words = [sys.executable, "-c", OWNER]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        first = int(owner.stdout.readline())
        assert Path(f"/proc/{first}").exists()

        owner.send_signal(signal.SIGKILL)
        owner.wait()

    wait_until(lambda: not Path(f"/proc/{first}").exists())
