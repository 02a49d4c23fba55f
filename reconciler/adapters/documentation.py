"""Where a page of the documentation is on this machine: in the source tree, or where the wheel installed it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg

_SOURCES: Final = Path(__file__).parents[2] / "docs"
_INSTALLED: Final = Path(sys.prefix) / "share" / "doc" / "reconciler"


def documentation(page: str) -> Message | str:
    """The path of `page`, such as `ipn.md`, as messages name it: of the page in the reader's language, where there is one."""
    if not (_SOURCES / page).is_file():
        return str(_INSTALLED / page)
    translated = (_SOURCES / "ja" / page).is_file()
    return msg("docs/{page}.md", page=page.removesuffix(".md")) if translated else f"docs/{page}"
