"""Drift over time: how much was open at the ends of days or hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen


@frozen
class DriftPoint:
    """The state at `at`: findings that were not settled then, by severity, and the shops that had one."""

    at: str
    open: Mapping[FindingSeverity, int] = field(default_factory=dict)
    shops: int = 0

    @property
    def findings(self) -> int:
        return sum(self.open.values())


@frozen
class DriftTrend:
    """Points with `step` seconds between them, oldest first; the last one is now."""

    points: tuple[DriftPoint, ...] = ()
    step: int = 86_400

    @property
    def highest(self) -> int:
        """The most findings of one point."""
        return max((point.findings for point in self.points), default=0)
