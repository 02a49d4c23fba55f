"""The course of an apply: plan, hold back or ask, execute, report.

In: an order and the settings. Out: a report on the terminal and the verdict. Observing and writing are two connections, so that
none is held while a person reads.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reconciler import wiring
from reconciler.cli.carrying import Way, carry_out, tell
from reconciler.cli.commands.plan import observe_and_plan
from reconciler.cli.rescuing import rescue
from reconciler.cli.shell.rollout_options import Pacing
from reconciler.cli.shell.run_async import in_loop
from reconciler.cli.shell.terminal import Terminal
from reconciler.cli.slips import unallowed, unmatched
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, found
from reconciler.core.diagnostics.exit_codes import Verdict
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.model.selection import Selection
from reconciler.core.planning.plan import Plan
from reconciler.core.results.exit_status import of_findings
from reconciler.core.runs.report import fold, with_left_closed
from reconciler.ports import RequestLine
from reconciler.views.text.plan import render_plan
from reconciler.views.text.waves import render_waves
from reconciler.wiring import Settings
from reconciler.workflows.drift.check import Evidence
from reconciler.workflows.plan import Planned
from reconciler.workflows.recover import hold, still_closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    selection: Selection
    grants: tuple[tuple[str, str], ...]
    auto_approve: bool
    pacing: Pacing | None = None


def apply_order(order: Order, settings: Settings, terminal: Terminal) -> Verdict:
    """Raises BackendError where nothing at all can be read."""
    told = rescue(settings, terminal)
    closed = still_closed(told)
    planned, requests = _planned(order, settings, terminal)
    plan, manifest = hold(planned.plan, told), planned.manifest
    slips = unmatched(order.selection, manifest.names, settings)
    idle = unallowed(order.grants, plan, manifest.names, order.selection, settings)
    findings = (*manifest.findings, *slips, *idle)
    terminal.findings(findings)
    if any(finding.severity is Severity.ERROR for finding in findings):
        missing = say("Nothing was sent: not all that was named is there")
        terminal.note(missing if slips else say("Nothing was sent: not every manifest of the selection is valid"))
        tell(with_left_closed(fold(plan, ()), closed), findings, terminal, requests)
        return of_findings(findings)
    refusal = ask(plan, terminal, auto_approve=order.auto_approve, pacing=order.pacing)
    if refusal is not None:
        unapplied = fold(replace(plan, findings=(*plan.findings, refusal)), ())
        tell(with_left_closed(unapplied, closed), findings, terminal, requests)
        return Verdict.REFUSED
    way = Way(pacing=order.pacing, grants=order.grants, agreed=planned.agreed, closed=closed)
    return carry_out(plan, settings, terminal, way, findings=findings, requests=requests)


def _planned(order: Order, settings: Settings, terminal: Terminal) -> tuple[Planned, Sequence[RequestLine]]:
    """Together with what is to be remembered of the shops that stand as they should."""
    with wiring.history(settings) as history:
        evidence = Evidence(history=history, key=wiring.digest_key(settings))
        return in_loop(observe_and_plan, settings, order.selection, order.grants, terminal, evidence)


def ask(plan: Plan, terminal: Terminal, *, auto_approve: bool, pacing: Pacing | None = None) -> Diagnostic | None:
    """None where the plan may be applied, or there is nothing in it that could be."""
    held = any(finding.stops for finding in plan.findings)
    if auto_approve or held or not any(shop.steps and not shop.blocked for shop in plan.shops):
        _show(plan, terminal, pacing)
        return None
    if sys.stdin is None or not sys.stdin.isatty():
        _show(plan, terminal, pacing)
        return found(
            codes.NOT_CONFIRMED,
            say("Nobody can be asked: the standard input is not a terminal"),
            way_on=say("Look at `reconciler plan`, then apply with --auto-approve"),
        )
    if _confirmed(plan, terminal, pacing):
        return None
    return found(
        codes.NOT_CONFIRMED,
        say("The plan was not confirmed"),
        way_on=say("Run apply again and answer `yes` to apply it"),
    )


def _show(plan: Plan, terminal: Terminal, pacing: Pacing | None) -> None:
    """What would be done, where nobody is asked."""
    if not plan.empty and terminal.output == "text" and not terminal.quiet:
        terminal.aside(_whole(plan, terminal, pacing))


def _confirmed(plan: Plan, terminal: Terminal, pacing: Pacing | None) -> bool:
    terminal.aside(_whole(plan, terminal, pacing))
    question: Text = say("Apply this plan? Only `yes` applies it: ")
    terminal.aside(terminal.look(aside=True).tell(question))
    return sys.stdin.readline().strip() == "yes"


def _whole(plan: Plan, terminal: Terminal, pacing: Pacing | None) -> str:
    """All that is approved, and in which parts it is done."""
    look = terminal.look(aside=True)
    cut = "" if pacing is None else f"{render_waves(pacing.course(plan).waves, plan, look)}\n"
    return f"{render_plan(plan, look)}\n{cut}"
