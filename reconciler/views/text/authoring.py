"""What a formatting did, as text: each file, or its diff, then the count.

In: a formatting and a context. Out: text. Diagnostics are separate.

What a division of the folder moved, as text: the first files, then the count.

A new manifest, as text: where it is, and how many values are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.results.authoring.format_result import FormatResult, ShardResult
from reconciler.core.results.authoring.new_result import NewManifestResult
from reconciler.views.common.ansi import Style
from reconciler.views.common.context import RenderContext, join_lines
from reconciler.views.common.file_diff import diff_lines
from reconciler.views.common.summaries import formatted_summary, new_summary, sharded_summary

_MOST_MOVES: Final = 20


def render_fmt(formatted: FormatResult, context: RenderContext) -> str:
    style = Style.CHANGE if formatted.files and formatted.check else Style.GOOD
    return join_lines([*_files(formatted, context), context.paint(formatted_summary(formatted, context), style)])


def _files(formatted: FormatResult, context: RenderContext) -> Iterator[str]:
    for news in formatted.files:
        if formatted.check:
            yield from diff_lines(news, context)
        else:
            yield context.translate(msg("Formatted {file}", file=news.file))


def render_shard(sharded: ShardResult, context: RenderContext) -> str:
    style = Style.CHANGE if sharded.moves and sharded.check else Style.GOOD
    return join_lines([*_moves(sharded, context), context.paint(sharded_summary(sharded, context), style)])


def _moves(sharded: ShardResult, context: RenderContext) -> Iterator[str]:
    """A fleet is moved once: its first files show where the others go."""
    for move in sharded.moves[:_MOST_MOVES]:
        yield f"{move.source} → {move.target}"
    if more := len(sharded.moves[_MOST_MOVES:]):
        yield context.plural("and {count} more file", "and {count} more files", more)


def render_new(created: NewManifestResult, context: RenderContext) -> str:
    """Nothing where nothing was written: the findings say why."""
    return join_lines([] if created.news is None else [new_summary(created, context)])
