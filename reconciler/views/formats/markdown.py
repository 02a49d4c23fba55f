"""Markdown for pull requests and chat: diagnostics are part of the document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext

Render = Callable[[Any, RenderContext], str]


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def renderer(kind: str) -> Render:  # one case for each kind
    match kind:
        case "plan":
            from reconciler.views.markdown.plan import plan_markdown

            return lambda result, context: plan_markdown(result.plan, result.diagnostics, context)
        case "pull-request" | "owner-issue" | "conformance" | "offboarding":
            return _page(kind)
        case "report":
            from reconciler.views.markdown.report import report_markdown

            return lambda result, context: report_markdown(
                result.report, result.diagnostics, context, result.next_command
            )
        case "drift":
            from reconciler.views.markdown.drift import drift_markdown

            return lambda result, context: drift_markdown(result.drift, context)
        case "validation":
            from reconciler.views.markdown.validation import validation_markdown

            return validation_markdown
        case "failure":
            from reconciler.views.markdown.validation import failure_markdown

            return lambda result, context: failure_markdown(result.diagnostics, context)
        case "shop":
            from reconciler.views.markdown.observed import observed_markdown

            return lambda result, context: observed_markdown(result.observed, context)
        case "resume" | "fleet-run":
            return _run(kind)
        case "import" | "onboarding" | "formatting" | "sharding" | "new" | "onboarding-status" | "onboarding-mail":
            return _authoring(kind)
        case "columns":
            return _columns
        case "history" | "history-steps" | "table" | "codes" | "fields" | "heal":
            return _table
        case _:
            return lambda _result, _context: ""


def _onboarding(kind: str) -> Render:
    from reconciler.views.onboarding.markdown import mail_markdown, status_markdown

    return status_markdown if kind == "onboarding-status" else mail_markdown


def _page(kind: str) -> Render:
    from reconciler.views.markdown.conformance import conformance_markdown
    from reconciler.views.markdown.offboarding import offboarding_markdown
    from reconciler.views.markdown.owner_issue import owner_issue_markdown
    from reconciler.views.markdown.pull_request import pull_request_markdown

    match kind:
        case "pull-request":
            return pull_request_markdown
        case "owner-issue":
            return owner_issue_markdown
        case "offboarding":
            return offboarding_markdown
        case _:
            return conformance_markdown


def _columns(result: Any, context: RenderContext) -> str:
    """Of an export also the screens of the former admin (項目対照表)."""
    from reconciler.views.markdown.document import joined, write_document
    from reconciler.views.tables.columns import screens_table
    from reconciler.views.tables.results import table_for_people
    from reconciler.views.tables.table import table_document

    tables = [*([] if result.owners else [screens_table()]), table_for_people(result, context)]
    return write_document(joined(*(table_document(table, context) for table in tables)), context)


def _table(result: Any, context: RenderContext) -> str:
    from reconciler.views.tables.results import table_for_people
    from reconciler.views.tables.table import table_markdown

    return table_markdown(table_for_people(result, context), context)


def _run(kind: str) -> Render:
    from reconciler.views.fleet_run import fleet_run_markdown

    return _recovery if kind == "resume" else fleet_run_markdown


def _recovery(result: Any, context: RenderContext) -> str:
    from reconciler.views.markdown.document import joined, write_document
    from reconciler.views.markdown.report import report_document
    from reconciler.views.recovery import recovery_document

    rest = result.continued
    pages = [recovery_document(result, context)] if result.recovered or result.diagnostics or rest is None else []
    if rest is not None:
        pages.append(report_document(rest.report, rest.diagnostics, context, rest.next_command))
    return write_document(joined(*pages), context)


def _authoring(kind: str) -> Render:
    from reconciler.views.markdown.authoring import fmt_markdown, new_markdown, shard_markdown
    from reconciler.views.markdown.importing import import_markdown
    from reconciler.views.markdown.onboarding import onboard_markdown

    match kind:
        case "onboarding-status" | "onboarding-mail":
            return _onboarding(kind)
        case "import":
            return import_markdown
        case "onboarding":
            return onboard_markdown
        case "formatting":
            return fmt_markdown
        case "sharding":
            return shard_markdown
        case _:
            return new_markdown
