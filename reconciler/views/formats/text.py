"""Text for people. What is wrong goes to stderr, beside the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext

Render = Callable[[Any, RenderContext], str]

_WITH_RESULT: Final = frozenset(
    {
        "plan",
        "drift",
        "heal",
        "import",
        "onboarding",
        "onboarding-status",
        "formatting",
        "shop",
        "resume",
        "fleet-run",
        "offboarding",
    }
)
"""Kinds whose text follows their diagnostics, after a blank line."""

_OF_FLEETS: Final = frozenset({"import", "onboarding", "onboarding-status"})
"""Kinds of which many diagnostics say the same of many shops."""


def aside(result: CommandResult, context: RenderContext) -> str:
    """All that an import found; nothing for a validation, whose text is its diagnostics, and for an apply, whose diagnostics
    were shown before it was approved.
    """
    from reconciler.views.text.diagnostic_groups import render_fleet_diagnostics
    from reconciler.views.text.diagnostics import render_diagnostics

    if result.kind in ("validation", "report"):
        return ""
    found = result.all_diagnostics if result.kind == "import" else result.diagnostics
    text = render_fleet_diagnostics(found, context) if result.kind in _OF_FLEETS else render_diagnostics(found, context)
    return f"{text}\n" if text and _is_followed(result) and not context.concise else text


def _is_followed(result: CommandResult) -> bool:
    """Whether a text on stdout comes after the diagnostics."""
    match result.kind:
        case "new":
            return getattr(result, "news", None) is not None
        case "offboarding":
            return bool(getattr(result, "shops", ()))
        case kind:
            return kind in _WITH_RESULT


def renderer(kind: str) -> Render:  # one case for each kind
    match kind:
        case "plan":
            return _plan
        case "report":
            from reconciler.views.text.report import render_report

            return lambda result, context: render_report(result.report, context, result.next_command)
        case "drift":
            from reconciler.views.text.drift import render_drift

            return lambda result, context: "" if result.silent else render_drift(result.drift, context)
        case "validation":
            from reconciler.views.text.validation import render_validation

            return render_validation
        case "shop":
            from reconciler.views.text.observed import render_observed

            return lambda result, context: render_observed(result.observed, context)
        case "fleet-run" | "conformance" | "offboarding":
            return _of_a_whole(kind)
        case "resume":
            return _recovery
        case "import" | "onboarding" | "formatting" | "sharding" | "new" | "onboarding-status" | "onboarding-mail":
            return _authoring(kind)
        case "history" | "history-steps" | "table" | "columns" | "heal":
            return _columns if kind == "columns" else _table
        case "codes" | "fields" | "field-value":
            return _reference(kind)
        case "owner-issue":
            from reconciler.views.markdown.owner_issue import owner_issue_title

            return owner_issue_title
        case _:
            return lambda _result, _context: ""


def _onboarding(kind: str) -> Render:
    from reconciler.views.onboarding.mail import mail_text
    from reconciler.views.onboarding.text import render_status

    return render_status if kind == "onboarding-status" else lambda result, _context: mail_text(result)


def _of_a_whole(kind: str) -> Render:
    """Of a fleet that is run, of a backend that is checked, of shops that leave."""
    from reconciler.views.fleet_run import render_fleet_run
    from reconciler.views.text.checks.conformance import render_conformance
    from reconciler.views.text.steps.offboarding import render_offboarding

    match kind:
        case "fleet-run":
            return render_fleet_run
        case "conformance":
            return render_conformance
        case _:
            return render_offboarding


def _plan(result: Any, context: RenderContext) -> str:
    """A saved plan with its leaves: a part of it can be approved."""
    from reconciler.core.results.plan_result import SavedPlanResult
    from reconciler.views.text.plan import render_leaves, render_plan

    text = render_plan(result.plan, context)
    return text + render_leaves(result.plan, context) if isinstance(result, SavedPlanResult) else text


def _table(result: Any, context: RenderContext) -> str:
    from reconciler.views.tables.results import table_for_terminal
    from reconciler.views.tables.table import render_table

    return render_table(table_for_terminal(result, context), context)


def _reference(kind: str) -> Render:
    from reconciler.views.text.codes import render_explanation
    from reconciler.views.text.fields import render_fields

    match kind:
        case "codes":
            return render_explanation
        case "fields":
            return render_fields
        case _:
            return lambda result, _context: "" if result.text is None else f"{result.text}\n"


def _columns(result: Any, context: RenderContext) -> str:
    from reconciler.views.text.mapping import render_columns, render_mapping

    return render_columns(context) if result.owners else render_mapping(context)


def _recovery(result: Any, context: RenderContext) -> str:
    from reconciler.views.recovery import render_recovery
    from reconciler.views.text.report import render_report

    rest = result.continued
    if rest is None:
        return render_recovery(result, context)
    before = render_recovery(result, context) if result.recovered else ""
    return f"{before}{render_report(rest.report, context, rest.next_command)}"


def _authoring(kind: str) -> Render:
    from reconciler.views.text.authoring import render_fmt, render_new, render_shard
    from reconciler.views.text.importing import render_import
    from reconciler.views.text.onboarding import render_onboard

    match kind:
        case "onboarding-status" | "onboarding-mail":
            return _onboarding(kind)
        case "import":
            return render_import
        case "onboarding":
            return render_onboard
        case "formatting":
            return render_fmt
        case "sharding":
            return render_shard
        case _:
            return render_new
