"""The story of a formatting: look at each file, and write those that are not in the style.

A file that cannot be read is told and left alone; the others are not held up by it.
"""

from __future__ import annotations

from collections.abc import Sequence

from reconciler.core.diagnostics.diagnostic import in_order
from reconciler.core.results.authoring import FileNews, Formatted
from reconciler.ports.manifest_editing import FileChange, FileWriter, Formatter


def fmt(words: Sequence[str], formatter: Formatter, writer: FileWriter, *, check: bool) -> Formatted:
    """Raises Unusable where the files cannot be written."""
    seen = tuple(formatter.styled(words))
    changes = tuple(each.change for each in seen if each.change is not None)
    if not check:
        writer.write(changes)
    return Formatted(
        files=tuple(map(news_of, changes)),
        fine=sum(each.change is None and not each.findings for each in seen),
        findings=in_order(finding for each in seen for finding in each.findings),
        check=check,
    )


def news_of(change: FileChange) -> FileNews:
    before = None if change.before is None else change.before.decode()
    return FileNews(file=change.shown, before=before, after=change.after.decode())
