"""Manifests that are made or brought up to date from what is known of a shop, and judged before they are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.drafts import Draft
from reconciler.core.state import Desired
from reconciler.ports.file_changes import FileChange


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """`change` is None where the file stands as it should, `desired` where what it would hold is refused: `findings` say why."""

    shown: str
    change: FileChange | None = None
    desired: Desired | None = None
    findings: tuple[Diagnostic, ...] = ()


class Drafts(Protocol):
    def there(self, draft: Draft) -> str | None:
        """The file that the shop has already, as people call it."""
        ...

    def made(self, draft: Draft) -> Drafted:
        """The shop's manifest with what the draft knows: the one that is there, or a new one from the template."""
        ...

    def begun(self, draft: Draft, source: str | None) -> Drafted:
        """A new manifest in which what must be filled in stands ready as comments; like that of the shop `source`, without what
        is that shop's own. Raises Unusable where the source is not in order.
        """
        ...
