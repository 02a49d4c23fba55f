"""Where a file is in the repository: readers of reports look for it from the root, wherever the command ran.

In: paths as diagnostics show them. Out: paths from the root, with slashes; None for a file that is not below it.
"""

from __future__ import annotations

import posixpath

from reconciler.lib.frozen_class import frozen


@frozen(kw_only=False)
class SourceRoot:
    """`root` and `folder`, in which the command runs, are absolute."""

    root: str = "/"
    folder: str = "/"

    def path(self, file: str) -> str | None:
        whole = posixpath.normpath(posixpath.join(self.folder, file))
        above = self.root.rstrip("/") + "/"
        return (whole.removeprefix(above) or None) if whole.startswith(above) else None
