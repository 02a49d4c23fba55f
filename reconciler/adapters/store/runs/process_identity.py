"""Which process holds something, and whether it is certainly gone.

A process is identified by where it runs (this boot of this kernel, this PID namespace: a PID means nothing outside them), its PID
and when it was born (PIDs are reused). `is_gone` is True only if all of that is visible from here and the process does not
exist; everything invisible counts as alive. Without /proc nothing is ever certain, and leases just
expire.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from reconciler.lib.frozen_class import frozen

_PROC: Final = Path("/proc")
_DEAD: Final = ("Z", "X")  # a zombie does nothing any more; it waits for its parent to notice


@frozen
class Process:
    """`place` is None if it is unknown. `born` is in the kernel's ticks since boot."""

    place: str | None
    pid: int
    born: int


def this_process() -> Process:
    try:
        boot = (_PROC / "sys/kernel/random/boot_id").read_text().strip()
        place = f"{boot} {(_PROC / 'self/ns/pid').readlink()}"
        born = _stat(os.getpid())[1]
    except (OSError, ValueError, IndexError):
        return Process(place=None, pid=os.getpid(), born=0)
    return Process(place=place, pid=os.getpid(), born=born)


def is_gone(process: Process, here: Process) -> bool:
    """`here` is the process that asks."""
    if process.place is None or process.place != here.place or process.pid <= 0:
        return False
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # it belongs to another user: it may still be another process that was born later
    try:
        state, born = _stat(process.pid)
    except (OSError, ValueError, IndexError):
        return False
    return state in _DEAD or born != process.born


def _stat(pid: int) -> tuple[str, int]:
    """State and birth. The second field is a name in brackets that may hold anything, also brackets."""
    fields = (_PROC / str(pid) / "stat").read_text(errors="replace").rpartition(")")[2].split()
    return fields[0], int(fields[19])
