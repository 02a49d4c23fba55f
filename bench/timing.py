"""Timing: alternating pairs of a subject and its reference, so that a noisy machine affects both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """Seconds of the subject and of the floor, run by run."""

    name: str
    floor: str
    subject_seconds: tuple[float, ...]
    floor_seconds: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The median of the pairwise ratios."""
        return statistics.median(s / f for s, f in zip(self.subject_seconds, self.floor_seconds, strict=True))

    def line(self) -> str:
        subject, floor = statistics.median(self.subject_seconds), statistics.median(self.floor_seconds)
        return f"{self.ratio:7.2f} x   {self.name:58s} {subject:8.3f} s   against {self.floor} {floor:.3f} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """A figure whose reference is not on this machine."""

    name: str
    why: str

    def line(self) -> str:
        return f"   -   x   {self.name:58s} not measured: {self.why}"


Work = Callable[[], object]


def compare(  # both sides with their names, how often, and by which clock
    name: str,
    subject: Work,
    floor_name: str,
    floor: Work,
    runs: int,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Figure:
    """One warm-up of each, then `runs` pairs. With `time.process_time`, other processes do not count."""
    subject(), floor()
    pairs = [(_seconds(subject, clock), _seconds(floor, clock)) for _ in range(runs)]
    return Figure(
        name=name,
        floor=floor_name,
        subject_seconds=tuple(pair[0] for pair in pairs),
        floor_seconds=tuple(pair[1] for pair in pairs),
    )


def _seconds(work: Work, clock: Callable[[], float]) -> float:
    started = clock()
    work()
    return clock() - started
