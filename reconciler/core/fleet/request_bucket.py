"""The requests that all workers of a fleet may send, as one bucket: it fills with time, and is taken from in advance.

In: the bucket as it was left, and a time. Out: the bucket now, and how long to wait. How the rate falls and rises is decided
in `core/watch/request_rate.py`. Times are seconds of the store's clock, which may stop or go back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reconciler.core.watch.request_rate import RequestRate
from reconciler.lib.frozen_class import frozen

_BURST: Final = 1.0
"""Seconds: so much of what was not used may leave at once."""


@frozen
class RequestBucket:
    """`tokens` requests are free as of `filled`; fewer than none are taken in advance. `per_second` at that time, at `most`;
    `halved` when the backend last refused.
    """

    most: float
    tokens: float
    filled: float
    per_second: float
    halved: float | None = None

    @classmethod
    def empty(cls, most: float, at: float) -> RequestBucket:
        return cls(most=most, tokens=0.0, filled=at, per_second=most)

    def take(self, count: int, at: float) -> RequestBucket:
        """The caller waits for `wait` seconds, and may then send `count` requests."""
        now = self._filled(at)
        return replace(now, tokens=now.tokens - count)

    @property
    def wait(self) -> float:
        """Seconds until what was taken is there."""
        return max(0.0, -self.tokens / self.per_second)

    def halve(self, at: float) -> RequestBucket:
        now = self._filled(at)
        rate = now.rate.throttled(at)
        return replace(now, per_second=rate.now, halved=rate.halved)

    @property
    def rate(self) -> RequestRate:
        return RequestRate(most=self.most, now=min(self.per_second, self.most), since=self.filled, halved=self.halved)

    def _filled(self, at: float) -> RequestBucket:
        """The rate of the whole time is the one that it had at its start: none is granted that was not earned."""
        rate = self.rate
        earned = self.tokens + rate.now * max(0.0, at - self.filled)
        raised = rate.raised(at)
        tokens = min(earned, rate.now * _BURST)
        return replace(self, tokens=tokens, filled=max(at, self.filled), per_second=raised.now)
