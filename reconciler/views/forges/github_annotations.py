"""Annotations of GitHub Actions: workflow commands that show a problem at its line of the pull request.

GitHub keeps the first ten errors, ten warnings and ten notices of a step and drops the rest silently. So lines that the pull
request changes come first, then the most severe; the last of each says how many more there are. This is the one format that
writes workflow commands: everything in one is encoded, so that no value ends it or starts another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.log_commands import harmless_lines
from reconciler.views.common.reports.issues import Issue, IssueLevel, issues_of

if TYPE_CHECKING:
    from reconciler.core.results.command import CommandResult
    from reconciler.views.common.context import RenderContext

MOST: Final = 10
"""Annotations of one level that a step can have."""
_LONGEST: Final = 1_000
_WORDS: Final = {IssueLevel.ERROR: "error", IssueLevel.WARNING: "warning", IssueLevel.NOTE: "notice"}


def github_annotations(result: CommandResult, context: RenderContext) -> str:
    issues = sorted(issues_of(result, context), key=lambda issue: not _in_diff(issue, context))  # the rest stays sorted
    lines = [
        line for level in _WORDS for line in _of_level([one for one in issues if one.level is level], level, context)
    ]
    return "".join(f"{line}\n" for line in lines)


def _in_diff(issue: Issue, context: RenderContext) -> bool:
    return issue.path is not None and issue.line in context.diff.get(issue.path, ())


def _of_level(issues: Sequence[Issue], level: IssueLevel, context: RenderContext) -> Iterator[str]:
    for nth, issue in enumerate(issues[:MOST], 1):
        more = len(issues) - MOST if nth == MOST else 0
        yield f"::{_WORDS[level]} {_place(issue)}::{_data(_text(issue, more, context))}"


def _place(issue: Issue) -> str:
    title = f"title={_property(issue.rule.title_words)}"
    if issue.path is None:
        return title
    end = issue.end_column - 1
    return f"file={_property(issue.path)},line={issue.line},col={issue.column},endColumn={end},{title}"


def _text(issue: Issue, more: int, context: RenderContext) -> str:
    about = f"{issue.shop}: " if issue.shop else ""
    text = f"{about}{issue.text}"
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    lines = [text, *([issue.hint[:_LONGEST]] if issue.hint else [])]
    if more:
        lines.append(
            context.plural(
                "and {count} more like this, see the log of the job or its summary",
                "and {count} more like this, see the log of the job or its summary",
                more,
            )
        )
    return "\n".join(harmless_lines(line) for line in lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(escape_unprintable(harmless_lines(text))).replace(":", "%3A").replace(",", "%2C")
