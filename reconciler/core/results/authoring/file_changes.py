"""What a command did with a file, or would do: created, changed or moved it.

It holds the texts, so that what would change can be shown. A manifest holds no secret.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEdit:
    """`file` is the shown path. `before` is None for a new file."""

    file: str
    before: str | None
    after: str

    @property
    def is_new(self) -> bool:
        return self.before is None


class FileAction(Enum):
    """What becomes of a file."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFile:
    """A file of a fleet's folder beside the manifests."""

    file: str
    action: FileAction


@dataclass(frozen=True, slots=True)
class FileMove:
    """Paths as messages show them."""

    source: str
    target: str
