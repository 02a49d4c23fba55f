"""Where a page of the documentation is on this machine: in the source tree, or where the wheel installed it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

_SOURCES: Final = Path(__file__).parents[2] / "docs"
_INSTALLED: Final = Path(sys.prefix) / "share" / "doc" / "reconciler"


def documentation(page: str) -> str:
    """The path of `page`, such as `ipn.md`, as messages name it."""
    return f"docs/{page}" if (_SOURCES / page).is_file() else str(_INSTALLED / page)
