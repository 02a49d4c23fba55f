"""The text of an issue at a forge: the unsettled findings of one owner, most severe first.

In: what `ci issues` knows. Out: Markdown in which every value from outside is in a code span: none is markup, a mention or a
reference. Nothing in it changes from one check to the next while the findings stay the same.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import Finding, FindingClass, FindingState
from reconciler.core.findings.owner_findings import OwnerFindings
from reconciler.core.findings.runbooks import Runbooks
from reconciler.core.findings.settle import settling_command
from reconciler.core.findings.words import CLASS_WORDS, SEVERITY_NAMES, STATE_WORDS
from reconciler.core.model.canonical import Json
from reconciler.core.results.finding_row import value_cell
from reconciler.core.results.owner_issue_result import OwnerIssueResult
from reconciler.core.results.table_result import NamedCell
from reconciler.views.common.context import LONGEST, RenderContext
from reconciler.views.common.display_width import clipped, escape_unprintable
from reconciler.views.markdown.document import Block, MarkdownPage, Piece, write_document
from reconciler.views.markdown.escaping import code_span, escaped
from reconciler.views.markdown.parts import row, table

_COLUMNS: Final = (
    msg("Severity"),
    msg("Shop"),
    msg("Field"),
    msg("Finding"),
    msg("Git"),
    msg("Backend"),
    msg("Changed by"),
    msg("Open since"),
    msg("Command"),
    msg("Id"),
)
_NOBODY: Final = msg("no owner")
_MOST_TITLE: Final = 120
_ENDS_OF_LINKS: Final = str.maketrans({character: f"%{ord(character):02X}" for character in '()<>\\"`|'})
"""What would end a link, or a cell, as an address may have it as well."""
_CALLS: Final = re.compile(r"(?<!\w)[@#!&~%$^*:]+|[`<>\[\]\\|]")
"""What a forge would take for a mention or a reference: GitLab also looks for them in titles, where nothing can be escaped."""


def owner_issue_title(result: OwnerIssueResult, context: RenderContext) -> str:
    owners = () if result.group is None else result.group.owners
    names = ", ".join(_CALLS.sub("", escape_unprintable(name)) for name in owners)
    shown = clipped(names, _MOST_TITLE) or context.translate(_NOBODY)
    return context.translate(msg("Drift: {owners} ({environment})", owners=shown, environment=result.environment))


def owner_issue_markdown(result: OwnerIssueResult, context: RenderContext) -> str:
    if result.group is None:
        return write_document(MarkdownPage(head=tuple(_closing(result, context))), context)
    help_ = _help(result.group, result.runbooks, context)
    head, rows = (*_head(result, result.group, context), *help_), _table(result.group, context)
    return write_document(MarkdownPage(head=head, sections=(rows,)), context, _everything(result.group, context))


def _closing(result: OwnerIssueResult, context: RenderContext) -> Iterator[str]:
    yield f"{result.marker}\n{result.settled}"
    if result.instead is None:
        yield _sentence(msg("All findings are settled. The issue is opened again if there are new ones."), context)
    else:
        yield _sentence(msg("The findings are in issue {number}.", number=result.instead), context)


def _head(result: OwnerIssueResult, group: OwnerFindings, context: RenderContext) -> Iterator[str]:
    """The marker is the first line: it survives any budget."""
    yield result.marker
    owners = " ".join(code_span(name) for name in group.owners) or _sentence(_NOBODY, context)
    yield f"**{_sentence(msg('Responsible'), context)}:** {owners}"
    severities = [each.severity for each in group.findings]
    counts = ", ".join(
        f"{context.translate(name)} {severities.count(severity)}"
        for severity, name in SEVERITY_NAMES.items()
        if severity in severities
    )
    yield _sentence(msg("Open findings: {count} ({counts})", count=len(group.findings), counts=counts), context)
    yield _sentence(
        msg("`reconciler ci issues` keeps this text up to date. It closes the issue when all findings are settled."),
        context,
    )


def _help(group: OwnerFindings, runbooks: Runbooks, context: RenderContext) -> Iterator[str]:
    """The section about each class, then whom to contact when that does not help."""
    kinds = tuple(dict.fromkeys(each.key.kind for each in group.findings))
    links = ", ".join(_link(kind, runbooks, context) for kind in kinds)
    yield f"**{_sentence(msg('Runbook'), context)}:** {links}"
    contacts = dict.fromkeys(filter(None, map(runbooks.contact, kinds)))
    if contacts:
        yield f"**{_sentence(msg('Escalate to'), context)}:** {', '.join(map(code_span, contacts))}"


def _link(kind: FindingClass, runbooks: Runbooks, context: RenderContext) -> str:
    """A path in the repository of the tool is none in the forge's."""
    words, link = _sentence(CLASS_WORDS[kind], context), context.translate(runbooks.link(kind))
    if runbooks.url is None:
        return f"{words} {code_span(link)}"
    return f"[{words}]({link.translate(_ENDS_OF_LINKS)})"


def _table(group: OwnerFindings, context: RenderContext) -> Block:
    return table(
        [_sentence(title, context) for title in _COLUMNS],
        (_row(each, context, group.proposals.get(each.key.id)) for each in group.findings),
    )


def _row(finding: Finding, context: RenderContext, proposal: str | None) -> Piece:
    key, author, command = finding.key, finding.author, settling_command(finding, proposal)
    about = _sentence(CLASS_WORDS[key.kind], context)
    if finding.state is not FindingState.OPEN:
        about = f"{about} ({_sentence(STATE_WORDS[finding.state], context)})"
    changed = "" if author is None else f"{code_span(author.actor)} {escaped(context.time(author.at))}"
    return row(
        (
            _sentence(SEVERITY_NAMES[finding.severity], context),
            code_span(key.shop),
            _field(finding, context),
            about,
            _value(finding.desired, finding, context),
            _value(finding.observed, finding, context),
            changed or "-",
            escaped(context.time(finding.opened)),
            code_span(command) if command else "-",
            code_span(key.id),
        )
    )


def _field(finding: Finding, context: RenderContext) -> str:
    if not finding.key.field:
        return "-"
    ref = field_at(finding.key.field)
    name = "" if ref is None else f" {_sentence(ref.short_name, context)}"
    return f"{code_span(finding.key.field)}{name}"


def _value(value: Json, finding: Finding, context: RenderContext) -> str:
    cell = value_cell(value, finding)
    if cell is None:
        return "-"
    return _sentence(cell.title, context) if isinstance(cell, NamedCell) else code_span(clipped(str(cell), LONGEST))


def _everything(group: OwnerFindings, context: RenderContext) -> str:
    """Where what a budget omits can be read."""
    words = ["reconciler", "findings", "list", *(("--owner", group.owners[0]) if group.owners else ())]
    return f"{_sentence(msg('Everything is shown by'), context)} {code_span(shlex.join(words))}"


def _sentence(text: Message, context: RenderContext) -> str:
    return escaped(context.translate(text))
