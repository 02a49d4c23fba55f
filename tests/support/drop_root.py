"""File permissions hold for root too, for the duration of a test.

The two Linux capabilities that let root ignore file modes are dropped and restored.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION_3 = 0x20080522
_OVERRIDES = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@contextmanager
def modes_count() -> Iterator[None]:
    """In this thread, and in those that it starts. Without root there is nothing to drop."""
    if os.geteuid() != 0:
        yield
        return
    before = _sets()
    without = _sets()
    without[0].effective &= ~_OVERRIDES
    _take(without)
    try:
        yield
    finally:
        _take(before)


def _sets() -> ctypes.Array[_Sets]:
    sets = (_Sets * 2)()
    _ask("capget", sets)
    return sets


def _take(sets: ctypes.Array[_Sets]) -> None:
    _ask("capset", sets)


def _ask(call: str, sets: ctypes.Array[_Sets]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, call)(ctypes.byref(_Header(version=_VERSION_3, pid=0)), sets):
        raise OSError(ctypes.get_errno(), call)
