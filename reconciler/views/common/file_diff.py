"""How a file would change, line by line, as `diff -u` shows it.

In: a file's text before and after. Out: lines. What steers a terminal is shown as an escape. A comment may hold what no value
may: credentials are taken out.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from reconciler.core.diagnostics.redaction import redact
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable


def diff_of(news: FileEdit) -> str:
    """Without colours; as it can be handed to `patch`."""
    return "".join(f"{line}\n" for line in _lines(news))


def diff_lines(news: FileEdit, context: RenderContext) -> Iterator[str]:
    for line in _lines(news):
        yield context.paint(line, _style(line))


def _lines(news: FileEdit) -> Iterator[str]:
    before = (news.before or "").splitlines(keepends=True)
    origin = "/dev/null" if news.is_new else news.file
    for line in unified_diff(before, news.after.splitlines(keepends=True), origin, news.file):
        yield escape_unprintable(redact(line.rstrip("\r\n")))
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _style(line: str) -> Style | None:
    if line.startswith(("+++", "---")):
        return Style.QUIET
    return {"+": Style.GOOD, "-": Style.ERROR}.get(line[:1])
