"""A file of approved leaves: one `SHOP LEAF` per line. Every fault is a SetupError that names the file and the line."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reconciler.adapters.files.atomic_write import require_regular
from reconciler.core.approvals.leaf_list import InvalidLeafLine, Leaves, parse_leaves
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Origin
from reconciler.ports import SetupError

SIZE_LIMIT: Final = 64 * 1024 * 1024
"""Half a million shops."""
_HINT: Final = msg("Name a text file with one `SHOP LEAF` per line, as `reconciler show-plan FILE` prints them")


def read_leaves(path: Path) -> Leaves:
    """Raises SetupError."""
    try:
        require_regular(path)
        with path.open("rb") as stream:
            content = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise _broken(path, msg("The file cannot be read: {reason}", reason=system_reason(error))) from error
    if len(content) > SIZE_LIMIT:
        raise _broken(path, msg("The file is larger than {limit} MiB", limit=SIZE_LIMIT // 1024 // 1024))
    try:
        return parse_leaves(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _broken(path, msg("The line is not UTF-8"), content.count(b"\n", 0, error.start) + 1) from None
    except InvalidLeafLine as fault:
        raise _broken(path, fault.text, fault.line) from None


def _broken(path: Path, text: Message, line: int | None = None) -> SetupError:
    origin = Origin(str(path)) if line is None else Origin(str(path), line, 1)
    return SetupError(text, hint=_HINT, code=codes.BROKEN_LEAVES, origin=origin)
