"""What a formatting did, as text: each file, or how it would change, then the count."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import say
from reconciler.core.results.authoring import Formatted
from reconciler.views.file_diff import diff_lines
from reconciler.views.look import Look
from reconciler.views.page import page
from reconciler.views.paint import Style
from reconciler.views.sums import formatted_sum


def render_formatted(formatted: Formatted, look: Look) -> str:
    style = Style.CHANGE if formatted.files and formatted.check else Style.GOOD
    return page([*_files(formatted, look), look.paint(formatted_sum(formatted, look), style)])


def _files(formatted: Formatted, look: Look) -> Iterator[str]:
    for news in formatted.files:
        if formatted.check:
            yield from diff_lines(news, look)
        else:
            yield look.tell(say("Formatted {file}", file=news.file))
