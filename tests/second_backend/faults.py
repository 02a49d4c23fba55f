"""Failures of a network and of a platform, planted for the next requests that fit."""

from __future__ import annotations

import re
from dataclasses import dataclass, field


@dataclass
class Fault:
    kind: str
    method: str | None = None
    path: str = ""
    times: int = 1
    retry_after: int = 1


@dataclass
class Faults:
    planted: list[Fault] = field(default_factory=list)

    def add(self, kind: str, **about: object) -> None:
        """Kinds: TOO_MANY_REQUESTS, INTERNAL_ERROR, MAINTENANCE, UNAVAILABLE, CUT_BEFORE, CUT_AFTER, PARTIAL_JSON."""
        self.planted.append(Fault(kind, **about))

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self.planted:
            if fault.method in {None, method} and re.search(fault.path, path):
                fault.times -= 1
                if fault.times < 1:
                    self.planted.remove(fault)
                return fault
        return None
