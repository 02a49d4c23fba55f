"""What a command did with a file, or would do: created, changed or moved it.

It holds the texts, so that what would change can be shown. A manifest holds no secret.
"""

from __future__ import annotations

from enum import Enum

from reconciler.lib.frozen_class import frozen


@frozen
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


@frozen
class ProjectFile:
    """A file of a fleet's folder beside the manifests."""

    file: str
    action: FileAction


@frozen(kw_only=False)
class FileMove:
    """Paths as messages show them."""

    source: str
    target: str
