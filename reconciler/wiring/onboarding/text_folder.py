"""A folder of texts that are written together, such as mails: all of them, or none."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange, FileWriter


def replace_texts(writer: FileWriter, folder: Path, texts: Iterable[tuple[str, str]]) -> tuple[int, tuple[str, ...]]:
    """How many, and the names of other files with the same suffix. Raises SetupError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        changes = [_change(folder / name, text) for name, text in texts]
        written = {change.path.name for change in changes}
        suffixes = {change.path.suffix for change in changes} or {".txt"}
        others = sorted(each.name for each in folder.iterdir() if each.suffix in suffixes and each.name not in written)
    except OSError as error:
        why = msg("{file} cannot be written: {reason}", file=folder.as_posix(), reason=system_reason(error))
        hint = msg("Name a folder that you may write to")
        raise SetupError(why, hint=hint, code=codes.NOT_WRITTEN) from None
    writer.write(changes)
    return len(written), tuple(others)


def _change(path: Path, text: str) -> FileChange:
    before = path.read_bytes() if path.exists() else None
    return FileChange(path=path, display_path=path.as_posix(), before=before, after=text.encode())
