"""The comment in a pull request and the summary of its job: what the plan would change, for which commit, and where the rest is.

In: what `ci plan` knows. Out: Markdown. Nothing of a fork is quoted but codes, files and counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.pull_request_result import PullRequestResult, ReviewState
from reconciler.views.common.context import RenderContext
from reconciler.views.common.pages.omissions import Counted
from reconciler.views.markdown.document import MarkdownPage, Part, Piece, paragraph_piece, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import each_diagnostic
from reconciler.views.markdown.plan import plan_document

_SHOWN: Final = 50
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9._~:/-]{1,300}")
"""Of the job's page: nothing in it has a meaning in Markdown."""


def pull_request_markdown(result: PullRequestResult, context: RenderContext) -> str:
    if result.plan is None:
        sections = (*each_diagnostic(result.diagnostics, context), *_findings(result, context))
        return write_document(MarkdownPage(head=tuple(_head(result, context)), sections=sections), context)
    plan = plan_document(result.plan.plan, (*result.diagnostics, *result.plan.diagnostics), context)
    return write_document(MarkdownPage(head=(*_head(result, context), *plan.head), sections=plan.sections), context)


def _head(result: PullRequestResult, context: RenderContext) -> Iterator[str]:
    """The marker is the first line: it survives any budget."""
    if result.marker:
        yield result.marker
    yield f"**{escaped(context.translate(_title(result.state)))}**"
    yield escaped(context.translate(_compared(result)))
    if _ADDRESS.fullmatch(result.run_url):
        yield f"{escaped(context.translate(msg('Complete plan in the job:')))} <{result.run_url}>"


def _title(state: ReviewState) -> Message:
    match state:
        case ReviewState.PLANNING:
            return msg("Planning: the plan for this commit is not complete yet")
        case ReviewState.REVIEWABLE:
            return msg("Plan: ready for review")
        case ReviewState.INVALID:
            return msg("Plan: invalid, it cannot be applied")
        case ReviewState.HELD:
            return msg("Plan: held by a guard")
        case ReviewState.FAILED:
            return msg("No plan: the job failed before it was complete")
        case ReviewState.VALIDATED:
            return msg("Manifests of a fork: validated, not planned")


def _compared(result: PullRequestResult) -> Message:
    if result.base:
        return msg("Commit {head}, compared with {base}", head=result.head[:12], base=result.base[:12])
    return msg("Commit {head}", head=result.head[:12])


def _findings(result: PullRequestResult, context: RenderContext) -> Iterator[Part]:
    if result.state is not ReviewState.VALIDATED:
        return
    counts = msg("Valid manifests: {valid}. Broken: {broken}", valid=result.valid, broken=len(result.broken))
    yield paragraph_piece(context.translate(counts))
    for finding in result.findings[:_SHOWN]:
        place = "" if finding.origin is None else f" {code_span(str(finding.origin))}"
        line = f"- {finding.code.number} {escaped(context.translate(finding.code.title))}{place}"
        yield Piece((line,), {Counted.DIAGNOSTICS: 1})
    if len(result.findings) > _SHOWN:
        rest = msg("{count} more in the log of the job", count=len(result.findings) - _SHOWN)
        yield paragraph_piece(context.translate(rest))
