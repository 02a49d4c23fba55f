"""The story of a formatting: look at each file, and write those that are not in the style.

A file that cannot be read is told and left alone; the others are not held up by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.results.authoring import FileEdit, FormatResult
from reconciler.ports.manifest_editing import FileChange, FileWriter, Formatter


def fmt(words: Sequence[str], formatter: Formatter, writer: FileWriter, *, check: bool) -> FormatResult:
    """Raises SetupError where the files cannot be written."""
    seen = tuple(formatter.format(words))
    changes = tuple(each.change for each in seen if each.change is not None)
    if not check:
        writer.write(changes)
    return FormatResult(
        files=tuple(map(file_edit, changes)),
        unchanged=sum(each.change is None and not each.findings for each in seen),
        findings=sort_diagnostics(finding for each in seen for finding in each.findings),
        check=check,
    )


def file_edit(change: FileChange) -> FileEdit:
    before = None if change.before is None else change.before.decode()
    return FileEdit(file=change.display_path, before=before, after=change.after.decode())
