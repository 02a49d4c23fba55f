"""A look in a process of its own, which kills itself with SIGKILL at a point of its life.

In: the fleet and its receivers. Out: their log, as if the look had been in this process: the other one hands over each entry and
waits until it is written down, so that the order is that of the world.
"""

from __future__ import annotations

import os
import signal
import traceback
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Any

from tests.simulation.alert_channels import Receivers
from tests.simulation.kill_points import Life
from tests.simulation.simulated_fleet import SimulatedFleet, Weather
from tests.simulation.world_log import Died, Looked


class RemoteLog:
    """The log, and what was handed over to be sent, in the parent process."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, entry: object) -> None:
        self._tell("entry", entry)

    def confirm(self, channel: str) -> None:
        self._tell("confirm", channel)

    def __setitem__(self, key: str, content: object) -> None:
        self._tell("mail", (key, content))

    def _tell(self, word: str, what: object) -> None:
        self._connection.send((word, what))
        self._connection.recv()


def look_in_process(fleet: SimulatedFleet, receivers: Receivers, weather: Weather, life: Life) -> bool:
    """Whether it was killed."""
    here, there = Pipe()
    child = os.fork()
    if child == 0:
        here.close()
        _look(fleet, receivers, weather, life, there)
    there.close()
    before = len(fleet.log)
    _listen(fleet, receivers, here)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or status == 0, f"the process ended with {status}"
    if killed:
        fleet.log.append(Died(at=fleet.now))
    if killed and not any(isinstance(entry, Looked) for entry in fleet.log[before:]):
        fleet.log.append(Looked(at=fleet.now, recorded=False, died="by SIGKILL"))
    return killed


def _listen(fleet: SimulatedFleet, receivers: Receivers, connection: Connection) -> None:
    while True:
        try:
            word, what = connection.recv()
        except EOFError:
            return
        match word:
            case "entry":
                fleet.log.append(what)
            case "confirm":
                receivers.confirm(what)
            case "mail":
                receivers.mails[what[0]] = what[1]
            case _:
                raise AssertionError(what)
        connection.send(None)


def _look(fleet: SimulatedFleet, receivers: Receivers, weather: Weather, life: Life, connection: Connection) -> None:
    """Never returns. The parent's connections to the databases are left alone."""
    try:
        remote: Any = RemoteLog(connection)
        fleet.log = receivers.log = receivers.mails = remote
        receivers.confirm = remote.confirm  # type: ignore[method-assign]  # of this process alone
        fleet.start()
        fleet.look(weather, life)
        os._exit(0)
    except BaseException:  # noqa: BLE001  # whatever it is, it is the parent's to report
        connection.send(("error", traceback.format_exc()))
    finally:
        os._exit(1)
