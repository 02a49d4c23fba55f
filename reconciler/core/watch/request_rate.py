"""How many requests a second may be sent: halved when the backend says that it is too much, raised slowly while it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from reconciler.lib.frozen_class import frozen

RAISED_BY: Final = 0.05
"""Of the highest rate, for each second without a refusal."""
SLOWEST: Final = 0.01
"""Of the highest rate."""


@frozen
class RequestRate:
    """Requests a second: `now`, and at `most`. `since` is when it was last changed, `halved` when the backend last refused."""

    most: float
    now: float
    since: float
    halved: float | None = None

    @classmethod
    def full(cls, most: float, at: float) -> RequestRate:
        return cls(most=most, now=most, since=at)

    def throttled(self, at: float) -> RequestRate:
        """The backend answered 429. Several answers within a second are one."""
        if self.halved is not None and at - self.halved < 1.0:
            return self
        return replace(self, now=max(self.now / 2, self.most * SLOWEST), since=at, halved=at)

    def raised(self, at: float) -> RequestRate:
        """So much later, without a refusal."""
        faster = min(self.most, self.now + self.most * RAISED_BY * max(0.0, at - self.since))
        return replace(self, now=faster, since=max(at, self.since))
