"""JSON for machines: one document a result, in English, with its diagnostics in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from reconciler.core.results.command import CommandResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.views.common.context import RenderContext
from reconciler.views.json.document import DocumentHead

Render = Callable[[Any, RenderContext], str]


def aside(_result: CommandResult, _context: RenderContext) -> str:
    return ""


def pieces(result: CommandResult, context: RenderContext) -> Iterator[str] | None:
    """Of a document that grows with the fleet: the text of its renderer, bit by bit."""
    if not isinstance(result, PlanResult):
        return None
    from reconciler.views.json.plan import plan_pieces

    return plan_pieces(result.plan, result.diagnostics, _head(result, context))


def renderer(kind: str) -> Render:  # one case for each kind
    match kind:
        case "plan":
            from reconciler.views.json.plan import plan_json

            return lambda result, context: plan_json(result.plan, result.diagnostics, _head(result, context))
        case "report":
            return _report
        case "drift":
            from reconciler.views.json.drift import drift_json

            return lambda result, context: drift_json(result.drift, _head(result, context))
        case "validation":
            from reconciler.views.json.validation import validation_json

            return lambda result, context: validation_json(result, _head(result, context))
        case "failure":
            from reconciler.views.json.validation import failure_json

            return lambda result, context: failure_json(result.diagnostics, _head(result, context))
        case "shop":
            from reconciler.views.json.observed import observed_json

            return lambda result, context: observed_json(result.observed, _head(result, context))
        case "fleet-run" | "conformance" | "offboarding":
            return _of_a_whole(kind)
        case "resume":
            return _recovery
        case "import" | "onboarding" | "formatting" | "sharding" | "new" | "onboarding-status" | "onboarding-mail":
            return _authoring(kind)
        case "history" | "history-steps" | "table" | "columns" | "codes" | "fields" | "heal":
            return _rows(kind)
        case _:
            return lambda _result, _context: ""


def _onboarding(kind: str) -> Render:
    from reconciler.views.json.onboarding.status import mail_json, status_json
    from reconciler.views.onboarding.mail import mail_text

    if kind == "onboarding-status":
        return lambda result, context: status_json(result, _head(result, context))
    return lambda result, context: mail_json(result, mail_text(result), _head(result, context))


def _of_a_whole(kind: str) -> Render:
    """Of a fleet that is run, of a backend that is checked, of shops that leave."""
    from reconciler.views.json.conformance import conformance_json
    from reconciler.views.json.fleet_run import fleet_run_json
    from reconciler.views.json.onboarding.offboarding import offboarding_json

    match kind:
        case "fleet-run":
            return lambda result, context: fleet_run_json(result, _head(result, context))
        case "conformance":
            return lambda result, context: conformance_json(result, _head(result, context))
        case _:
            return lambda result, context: offboarding_json(result, _head(result, context))


def _rows(kind: str) -> Render:
    from reconciler.views.json.history import history_json, history_steps_json
    from reconciler.views.tables.results import table_for_machines
    from reconciler.views.tables.table import table_json

    match kind:
        case "history":
            return lambda result, context: history_json(result.runs, _head(result, context))
        case "history-steps":
            return lambda result, context: history_steps_json(result.runs, _head(result, context))
        case "columns":
            return _columns
        case _:
            return lambda result, context: table_json(table_for_machines(result), _head(result, context))


def _columns(result: Any, context: RenderContext) -> str:
    from reconciler.views.json.mapping import mapping_json
    from reconciler.views.tables.results import table_for_machines
    from reconciler.views.tables.table import table_json

    head = _head(result, context)
    return table_json(table_for_machines(result), head) if result.owners else mapping_json(head)


def _report(result: Any, context: RenderContext) -> str:
    from reconciler.views.json.report import report_json

    return report_json(result.report, result.diagnostics, _head(result, context))


def _recovery(result: Any, context: RenderContext) -> str:
    import json

    from reconciler.views.json.recovery import recovery_json

    rest = None if result.continued is None else json.loads(_report(result.continued, context))
    return recovery_json(result.recovered, diagnostics=result.diagnostics, continued=rest, head=_head(result, context))


def _authoring(kind: str) -> Render:
    from reconciler.views.json.authoring import fmt_json, import_json, new_json, onboard_json, shard_json

    match kind:
        case "onboarding-status" | "onboarding-mail":
            return _onboarding(kind)
        case "import":
            return lambda result, context: import_json(result, _head(result, context))
        case "onboarding":
            return lambda result, context: onboard_json(result, _head(result, context))
        case "formatting":
            return lambda result, context: fmt_json(result, _head(result, context))
        case "sharding":
            return lambda result, context: shard_json(result, _head(result, context))
        case _:
            return lambda result, context: new_json(result, _head(result, context))


def _head(result: CommandResult, context: RenderContext) -> DocumentHead:
    """With the request log, where it was asked for, and the lines that diagnostics point at."""
    return DocumentHead(
        identity=result.identity, requests=result.requests if context.show_requests else None, sources=context.sources
    )
