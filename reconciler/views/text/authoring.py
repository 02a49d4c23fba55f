"""What a formatting did, as text: each file, or its diff, then the count.

In: a formatting and a context. Out: text. Diagnostics are separate.

A new manifest, as text: where it is, and how many values are missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring import FormatResult, NewManifestResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.summaries import formatted_summary, new_summary


def render_fmt(formatted: FormatResult, context: RenderContext) -> str:
    style = Style.CHANGE if formatted.files and formatted.check else Style.GOOD
    return join_lines([*_files(formatted, context), context.paint(formatted_summary(formatted, context), style)])


def _files(formatted: FormatResult, context: RenderContext) -> Iterator[str]:
    for news in formatted.files:
        if formatted.check:
            yield from diff_lines(news, context)
        else:
            yield context.translate(msg("Formatted {file}", file=news.file))


def render_new(created: NewManifestResult, context: RenderContext) -> str:
    """Nothing where nothing was written: the findings say why."""
    return join_lines([] if created.news is None else [new_summary(created, context)])
