"""How an apply takes the fleet: in waves, with pauses, and what halts it.

The options are kept as they were written, so that a run that continues later continues the same way.
"""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.core.planning.failure_limit import FailureLimit
    from reconciler.core.planning.plan import Plan
    from reconciler.workflows.execution.waves import Rollout

ALL_SHOPS: Final = "100%"
_UNITS: Final = {"s": 1, "m": 60, "h": 3600}
_LONGEST: Final = 7 * 24 * 3600
"""Seconds."""


@frozen
class RolloutOptions:
    """As they were written. `max_closed` None: no limit of its own."""

    waves: str = ALL_SHOPS
    soak: str = "0s"
    max_failures: str = "0"
    max_closed: int | None = None

    @property
    def to_args(self) -> str:
        """To be written again on a command line."""
        words = [f"--waves {self.waves}", f"--soak {self.soak}", f"--max-failures {self.max_failures}"]
        return " ".join([*words, *([] if self.max_closed is None else [f"--max-closed {self.max_closed}"])])

    def document(self) -> dict[str, Any]:
        return asdict(self)

    def rollout(self, plan: Plan) -> Rollout:
        from reconciler.core.planning.waves import assign_waves, parse_waves
        from reconciler.workflows.execution.waves import Rollout

        return Rollout(
            waves=assign_waves(plan, parse_waves(self.waves)),
            soak=float(parse_duration(self.soak)),
            tolerance=parse_failure_limit(self.max_failures),
            closed=self.max_closed,
        )


def parse_duration(word: str) -> int:
    """Raises ValueError."""
    match = re.fullmatch(r"([0-9]{1,6})([smh])", word)
    if match is None or (total := int(match[1]) * _UNITS[match[2]]) > _LONGEST:
        raise ValueError(word)
    return total


def parse_failure_limit(word: str) -> FailureLimit:
    """Raises ValueError."""
    from reconciler.core.planning.failure_limit import FailureLimit

    match = re.fullmatch(r"([0-9]{1,6})(%?)", word)
    if match is None or (match[2] and int(match[1]) > 100):
        raise ValueError(word)
    return FailureLimit(number=int(match[1]), percent=bool(match[2]))
