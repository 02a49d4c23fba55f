"""What a formatting did, as Markdown: the count, then each file with how it changes, folded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.results.authoring import FileNews, Formatted
from reconciler.views.cells import visible
from reconciler.views.file_diff import diff_of
from reconciler.views.look import Look
from reconciler.views.markdown.parts import code, escaped, finding_items, fold
from reconciler.views.page import page
from reconciler.views.sums import formatted_sum

_FENCE: Final = "````"
"""No line of a manifest can end it: a text that holds such a line stands indented below its key."""


def formatted_markdown(formatted: Formatted, look: Look) -> str:
    lines = [line for news in formatted.files for line in (*file_fold(news), "")]
    total = escaped(formatted_sum(formatted, look))
    return page([f"### {total}", "", *lines, *finding_items(formatted.findings, look)])


def file_fold(news: FileNews) -> Iterator[str]:
    lines = map(visible, diff_of(news).removesuffix("\n").split("\n"))
    yield from fold(code(news.file), (f"{_FENCE}diff", *lines, _FENCE))
