"""Loaded by Python itself in programs whose clock is wrong (`clocks.py`).

libfaketime 0.9.10 makes `time.sleep` fail with EINVAL where the monotonic clock is right.
"""

from __future__ import annotations

import select
import time
from typing import SupportsIndex


def _sleep(seconds: float | SupportsIndex, /) -> None:
    select.select([], [], [], float(seconds))


time.sleep = _sleep
