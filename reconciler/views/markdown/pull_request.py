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
from reconciler.views.markdown.reviewed_plan import reviewed_plan_page

_SHOWN: Final = 50
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9._~:/-]{1,300}")
"""Of the job's page: nothing in it has a meaning in Markdown."""


def pull_request_markdown(result: PullRequestResult, context: RenderContext) -> str:
    page = _page(result, context)
    head = (*_head(result, context), *page.head)
    return write_document(MarkdownPage(head=head, sections=page.sections), context, _everything(result, context))


def _page(result: PullRequestResult, context: RenderContext) -> MarkdownPage:
    """In the comment one screen; in the record and on the page of the job each shop."""
    if result.plan is None:
        sections = (*each_diagnostic(result.diagnostics, context), *_findings(result, context))
        return MarkdownPage(sections=sections)
    plan, found = result.plan.plan, (*result.diagnostics, *result.plan.diagnostics)
    page = reviewed_plan_page(plan, found, context) if result.marker else plan_document(plan, found, context)
    beside = (paragraph_piece(context.translate(notice)) for notice in result.notices)
    return MarkdownPage(head=page.head, sections=(*beside, *page.sections))


def _everything(result: PullRequestResult, context: RenderContext) -> str:
    """Where what a budget omits can be read."""
    if not (result.marker and _ADDRESS.fullmatch(result.run_url)):
        return ""
    return f"{escaped(context.translate(msg('The page of the job shows more:')))} <{result.run_url}>"


def _head(result: PullRequestResult, context: RenderContext) -> Iterator[str]:
    """The marker is the first line: it survives any budget."""
    if result.marker:
        yield result.marker
    yield f"**{escaped(context.translate(_title(result)))}**"
    yield escaped(context.translate(_compared(result)))
    if _ADDRESS.fullmatch(result.run_url):
        yield f"{escaped(context.translate(msg('Complete plan in the job:')))} <{result.run_url}>"
    if result.state is ReviewState.REVIEWABLE and _changes(result):
        yield escaped(context.translate(msg("After the merge exactly this plan is applied.")))
    if result.state is ReviewState.HELD:
        yield escaped(context.translate(msg("What a guard holds is not applied after the merge.")))
    if result.state is ReviewState.FAILED:
        yield escaped(context.translate(msg("The log of the job has the reason. Fix it, then run the job again.")))


def _changes(result: PullRequestResult) -> bool:
    return result.plan is not None and any(shop.written_changes for shop in result.plan.plan.shops)


def _title(result: PullRequestResult) -> Message:
    match result.state:
        case ReviewState.PLANNING:
            return msg("Planning: the plan for this commit is not complete yet")
        case ReviewState.REVIEWABLE:
            return msg("Plan: ready for review") if _changes(result) else msg("Plan: no changes")
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
