"""`reconciler plan`: what would an apply change? Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import affected, allowing, reporting, selecting
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import Verdict
    from reconciler.core.model.selection import Selection
    from reconciler.core.planning.guards import Allowed
    from reconciler.core.planning.plan import Plan
    from reconciler.ports import RequestLine
    from reconciler.wiring import Settings
    from reconciler.workflows.drift.check import Evidence
    from reconciler.workflows.plan import Planned


@click.command(
    cls=Command,
    name="plan",
    short_help=_("Show what an apply would change; nothing is written."),
    help=_(
        "Compare the manifests of the shops named, or of all, with the live backend, and show what an apply would change."
    )
    + "\n\n"
    + _("Nothing is written. Shops whose manifest is not valid are told and left out."),
)
@selecting
@affected
@allowing
@option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=_("Save the plan, to be applied with `apply FILE`. It holds no secret."),
)  # fmt: skip
@reporting
def command(
    *,
    terminal: Terminal,
    config: Path | None,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    out: Path | None,
) -> Verdict:
    from reconciler.cli.shell.error_boundary import with_backend
    from reconciler.cli.slips import unallowed, unmatched
    from reconciler.core.diagnostics.messages import say
    from reconciler.core.results.exit_status import of_plan

    async def story(settings: Settings) -> Verdict:
        planned, requests = await observe_and_plan(settings, selection, grants, terminal)
        looked_at = replace(planned, plan=_marked(planned.plan, settings))
        manifest = planned.manifest
        slips = unmatched(selection, manifest.names, settings)
        idle = unallowed(grants, planned.plan, manifest.names, selection, settings)
        findings = (*manifest.findings, *slips, *idle)
        terminal.findings(findings)
        terminal.write(_shown(looked_at, findings, terminal, terminal.log(requests)))
        if out is not None and slips:
            terminal.note(say("The plan was not saved: not all that was named is there"))
        elif out is not None:
            _save(planned, out, settings, terminal, grants)
        return of_plan(looked_at.plan, findings)

    return with_backend(terminal, config, story)


def _marked(plan: Plan, settings: Settings) -> Plan:
    """With what other runs have to do with its shops: one that is at work now, one that may have left a shop closed."""
    from reconciler import wiring
    from reconciler.workflows.execution.lease import mark_busy
    from reconciler.workflows.recover import mark_owed

    with wiring.history(settings) as history:
        left = () if history is None else history.unfinished()
    with wiring.held_leases(settings) as held:
        return mark_busy(mark_owed(plan, left), held)


def _save(
    planned: Planned, out: Path, settings: Settings, terminal: Terminal, grants: tuple[tuple[str, str], ...]
) -> None:
    """A plan over half of what was asked for is not saved: applied later, nobody would know."""
    from reconciler import wiring
    from reconciler.core.diagnostics.messages import say

    if planned.manifest.broken:
        terminal.note(say("The plan was not saved: not every manifest of the selection is valid"))
        return
    wiring.save_plan(settings, out, planned.plan, grants)
    terminal.note(say("The plan was saved: apply it with `reconciler apply {file}`", file=str(out)))


async def observe_and_plan(
    settings: Settings,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    terminal: Terminal,
    evidence: Evidence | None = None,
) -> tuple[Planned, Sequence[RequestLine]]:
    """With a backend that cannot write. `evidence` is given where what stands will be remembered. Raises BackendError where
    nothing at all can be read.
    """
    from reconciler import wiring
    from reconciler.core.planning.guards import Allowed
    from reconciler.workflows.plan import PlanRequest, make_plan

    request = PlanRequest(
        selection=selection,
        limits=wiring.limits(settings),
        allowed=Allowed(grants=grants),
        pace=wiring.pace(settings),
        digest_key=wiring.shared_key(),
    )
    async with wiring.observer(settings, terminal.heard) as backend:
        planned = await make_plan(
            request,
            wiring.manifests(settings),
            wiring.secrets(settings),
            backend,
            wiring.clock(),
            evidence=evidence,
        )
        held = hold_conflicts(planned.plan, settings, request.allowed)
        return replace(planned, plan=held), backend.requests


def hold_conflicts(plan: Plan, settings: Settings, allowed: Allowed) -> Plan:
    """What both Git and the backend moved since it was last applied waits for a person. Raises Unusable."""
    from reconciler import wiring
    from reconciler.core.drift.conflicts import guard_conflicts
    from reconciler.workflows.drift.check import Evidence

    with wiring.history(settings) as history:
        if history is None:
            return plan
        evidence = Evidence(history=history, key=wiring.digest_key(settings), audit=None)
        pasts = evidence.pasts([shop.shop for shop in plan.changed])
    return guard_conflicts(plan, pasts, allowed)


def _shown(
    planned: Planned,
    findings: Sequence[Diagnostic],
    terminal: Terminal,
    log: Log,
) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.plan import plan_json

            return plan_json(planned.plan, findings, log)
        case "markdown":
            from reconciler.views.markdown.plan import plan_markdown

            return plan_markdown(planned.plan, findings, terminal.look())
        case _:
            from reconciler.views.text.plan import render_plan

            return render_plan(planned.plan, terminal.look())
