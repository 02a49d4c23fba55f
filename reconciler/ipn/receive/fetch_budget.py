"""How many certificates are requested of addresses that never verified a message.

A stranger who knows a shop's path can name any address before a signature is checked: the SellerId is public, and the TopicArn
follows from it. Nothing in a post distinguishes a genuine new address from a made-up one. The time does: Amazon SNS delivers a
message that was not accepted again after 20 seconds, with the same address. So there are two budgets:

- an address named for the first time is requested as long as one request per second is not exceeded on average;
- one that is named again after REPEAT seconds has a budget of its own, which made-up addresses do not use up unless each is sent
  again as Amazon does it. A stranger who does that can delay a new certificate; still at most PER_SECOND_AGAIN requests are sent
  per second.

Addresses that verified a message do not come here. The memory is bounded: the addresses named last are remembered, by their hash.
"""

from __future__ import annotations

from typing import Final

from reconciler.ports.runtime import Clock

BURST: Final = 30
"""Requests at one time; then as many as are refilled."""

PER_SECOND_NEW: Final = 1.0
PER_SECOND_AGAIN: Final = 10.0

REPEAT: Final = 10.0
"""Seconds: less than Amazon SNS waits between two deliveries."""

REMEMBERED: Final = 20_000
"""Addresses: 20 seconds of a flood of 1,000 posts a second."""


class FetchBudget:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._new = _Bucket(PER_SECOND_NEW)
        self._again = _Bucket(PER_SECOND_AGAIN)
        self._named: dict[int, float] = {}

    def take(self, url: str) -> bool:
        """Whether it may be requested now."""
        now = self._clock.monotonic()
        since = self._named.setdefault(hash(url), now)
        if len(self._named) > REMEMBERED:
            del self._named[next(iter(self._named))]
        return (self._again if now - since >= REPEAT else self._new).take(now)


class _Bucket:
    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._left = float(BURST)
        self._at = float("-inf")

    def take(self, now: float) -> bool:
        self._left = min(self._left + max(now - self._at, 0.0) * self._per_second, float(BURST))
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
