"""The manifests: what a reader of them brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.selection import Selection
from reconciler.core.state import Desired


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a reader of manifests brings: the valid shops, sorted by key, and all that is wrong with the rest.

    `broken` names the shops (or files that should have been shops) that could not be understood. `unchanged` counts the shops of
    the selection that were not read, because they stand as in the revision that was named; 0 where that cannot be counted.
    """

    shops: tuple[Desired, ...]
    findings: tuple[Diagnostic, ...]
    broken: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Of all that is there, in order or not."""
        return (*(shop.shop for shop in self.shops), *self.broken)


class Manifests(Protocol):
    def read(self, selection: Selection) -> Manifest: ...
