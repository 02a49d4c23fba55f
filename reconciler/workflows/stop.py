"""A wish to end a run early: the step under way is finished, what we closed is reopened, nothing new is begun."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Stop:
    """Set once, by a signal; looked at between two steps."""

    requested: bool = False

    def request(self) -> None:
        self.requested = True
