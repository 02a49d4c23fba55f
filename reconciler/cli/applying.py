"""The course of an apply: plan, hold back or ask, execute, report.

In: an order and the settings. Out: a report on the terminal and the verdict. Observing and writing are two connections, so that
none is held while a person reads.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler import wiring
from reconciler.cli.carrying import ExecutionOptions, execute_plan, show_report
from reconciler.cli.planning import observe_and_plan
from reconciler.cli.rescuing import recover_and_report
from reconciler.cli.shell.rollout_options import RolloutOptions
from reconciler.cli.shell.run_async import run_async
from reconciler.cli.shell.terminal import Terminal
from reconciler.cli.slips import unmatched_selection, unused_allowance_warnings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.selection import Selection
from reconciler.core.planning.plan import Plan
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.runs.report import add_left_closed, fold
from reconciler.ports import RequestLogEntry
from reconciler.views.text.plan import render_plan
from reconciler.views.text.waves import render_waves
from reconciler.wiring import Settings
from reconciler.workflows.plan import PlanResult
from reconciler.workflows.recover import block_recovering_shops, left_closed_diagnostics
from reconciler.workflows.sources import DriftSources


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyRequest:
    selection: Selection
    grants: tuple[tuple[str, str], ...]
    auto_approve: bool
    pacing: RolloutOptions | None = None


def apply_manifests(order: ApplyRequest, settings: Settings, terminal: Terminal) -> ExitCode:
    """Raises BackendError where nothing at all can be read."""
    told = recover_and_report(settings, terminal)
    closed = left_closed_diagnostics(told)
    planned, requests = _planned(order, settings, terminal)
    plan, manifest = block_recovering_shops(planned.plan, told), planned.manifest
    slips = unmatched_selection(order.selection, manifest.names, settings)
    idle = unused_allowance_warnings(order.grants, plan, manifest.names, order.selection, settings)
    findings = (*manifest.findings, *slips, *idle)
    terminal.findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        missing = msg("Nothing was sent: not all that was named is there")
        terminal.info(missing if slips else msg("Nothing was sent: not every manifest of the selection is valid"))
        show_report(add_left_closed(fold(plan, ()), closed), findings, terminal, requests)
        return exit_code_for_diagnostics(findings)
    refusal = confirm(plan, terminal, auto_approve=order.auto_approve, pacing=order.pacing)
    if refusal is not None:
        unapplied = fold(replace(plan, findings=(*plan.findings, refusal)), ())
        show_report(add_left_closed(unapplied, closed), findings, terminal, requests)
        return ExitCode.REFUSED
    way = ExecutionOptions(pacing=order.pacing, grants=order.grants, agreed=planned.in_sync, closed=closed)
    return execute_plan(plan, settings, terminal, way, findings=findings, requests=requests)


def _planned(
    order: ApplyRequest, settings: Settings, terminal: Terminal
) -> tuple[PlanResult, Sequence[RequestLogEntry]]:
    """Together with what is to be remembered of the shops that stand as they should."""
    with wiring.history(settings) as history:
        evidence = DriftSources(history=history, key=wiring.digest_key(settings))
        return run_async(observe_and_plan, settings, order.selection, order.grants, terminal, evidence)


def confirm(
    plan: Plan, terminal: Terminal, *, auto_approve: bool, pacing: RolloutOptions | None = None
) -> Diagnostic | None:
    """None where the plan may be applied, or there is nothing in it that could be."""
    held = any(finding.blocking for finding in plan.findings)
    if auto_approve or held or not any(shop.steps and not shop.blocked for shop in plan.shops):
        _show(plan, terminal, pacing)
        return None
    if sys.stdin is None or not sys.stdin.isatty():
        _show(plan, terminal, pacing)
        return diagnostic(
            codes.NOT_CONFIRMED,
            msg("Nobody can be asked: the standard input is not a terminal"),
            hint=msg("Look at `reconciler plan`, then apply with --auto-approve"),
        )
    if _confirmed(plan, terminal, pacing):
        return None
    return diagnostic(
        codes.NOT_CONFIRMED,
        msg("The plan was not confirmed"),
        hint=msg("Run apply again and answer `yes` to apply it"),
    )


def _show(plan: Plan, terminal: Terminal, pacing: RolloutOptions | None) -> None:
    """What would be done, where nobody is asked."""
    if not plan.empty and terminal.output == "text" and not terminal.quiet:
        terminal.write_stderr(_whole(plan, terminal, pacing))


def _confirmed(plan: Plan, terminal: Terminal, pacing: RolloutOptions | None) -> bool:
    terminal.write_stderr(_whole(plan, terminal, pacing))
    question: Message = msg("Apply this plan? Only `yes` applies it: ")
    terminal.write_stderr(terminal.render_context(aside=True).translate(question))
    return sys.stdin.readline().strip() == "yes"


def _whole(plan: Plan, terminal: Terminal, pacing: RolloutOptions | None) -> str:
    """All that is approved, and in which parts it is done."""
    look = terminal.render_context(aside=True)
    cut = "" if pacing is None else f"{render_waves(pacing.rollout(plan).waves, plan, look)}\n"
    return f"{render_plan(plan, look)}\n{cut}"
