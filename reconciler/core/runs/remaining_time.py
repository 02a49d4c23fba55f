"""How long a run still takes: reckoned from the shops that are finished, and from the waits between waves that are left.

In: what is to be done, and each thing as it happens with the time at which it does. Out: seconds.
"""

from __future__ import annotations


class RemainingTime:
    """`soaks` waits of `soak` seconds each are part of the run. Times are seconds of any clock that only goes forward."""

    def __init__(self, *, shops: int, now: float, soaks: int = 0, soak: float = 0.0) -> None:
        self._shops = shops
        self._soaks = soaks
        self._soak = soak
        self._finished = 0
        self._started = now
        self._soaked = 0.0
        self._soaking: tuple[float, float] | None = None

    def finish_shop(self, now: float) -> None:
        self._end_soak(now)
        self._finished += 1

    def start_soak(self, seconds: float, now: float) -> None:
        self._end_soak(now)
        self._soaks = max(0, self._soaks - 1)
        self._soaking = now, seconds

    def start_wave(self, now: float) -> None:
        self._end_soak(now)

    def elapsed(self, now: float) -> float:
        return now - self._started

    def soak_left(self, now: float) -> float:
        """Of the present wait; 0 where the run works."""
        if self._soaking is None:
            return 0.0
        since, seconds = self._soaking
        return max(0.0, since + seconds - now)

    def left(self, now: float) -> float | None:
        """None while nothing is known: before the first shop is finished."""
        if not self._finished:
            return None
        waited = self._soaked + (now - self._soaking[0] if self._soaking else 0.0)
        worked = max(0.0, self.elapsed(now) - waited)
        rest = max(0, self._shops - self._finished)
        return rest * worked / self._finished + self.soak_left(now) + self._soaks * self._soak

    def _end_soak(self, now: float) -> None:
        if self._soaking is not None:
            self._soaked += now - self._soaking[0]
            self._soaking = None
