"""`reconciler plan`: what would an apply change? Nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.planning import observe_and_plan
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.options import allow_options, changed_since_option, output_options, selection_options
from reconciler.cli.shell.terminal import Log, Terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection
    from reconciler.core.planning.plan import Plan
    from reconciler.wiring import Settings
    from reconciler.workflows.plan import PlanResult


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
@selection_options
@changed_since_option
@allow_options
@option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=_("Save the plan, to be applied with `apply FILE`. It holds no secret."),
)  # fmt: skip
@output_options
def command(
    *,
    terminal: Terminal,
    config: Path | None,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    out: Path | None,
) -> ExitCode:
    from reconciler.cli.shell.error_boundary import run_async_command
    from reconciler.cli.slips import unmatched_selection, unused_allowance_warnings
    from reconciler.core.diagnostics.messages import msg
    from reconciler.core.results.exit_status import exit_code_for_plan

    async def story(settings: Settings) -> ExitCode:
        planned, requests = await observe_and_plan(settings, selection, grants, terminal)
        looked_at = replace(planned, plan=_marked(planned.plan, settings))
        manifest = planned.manifest
        slips = unmatched_selection(selection, manifest.names, settings)
        idle = unused_allowance_warnings(grants, planned.plan, manifest.names, selection, settings)
        findings = (*manifest.findings, *slips, *idle)
        terminal.findings(findings)
        terminal.write(_shown(looked_at, findings, terminal, terminal.log(requests)))
        if out is not None and slips:
            terminal.info(msg("The plan was not saved: not all that was named is there"))
        elif out is not None:
            _save(planned, out, settings, terminal, grants)
        return exit_code_for_plan(looked_at.plan, findings)

    return run_async_command(terminal, config, story)


def _marked(plan: Plan, settings: Settings) -> Plan:
    """With what other runs have to do with its shops: one that is at work now, one that may have left a shop closed."""
    from reconciler import wiring
    from reconciler.workflows.execution.lease import warn_busy_shops
    from reconciler.workflows.recover import warn_owed_reopenings

    with wiring.history(settings) as history:
        left = () if history is None else history.unfinished()
    with wiring.held_leases(settings) as held:
        return warn_busy_shops(warn_owed_reopenings(plan, left), held)


def _save(
    planned: PlanResult, out: Path, settings: Settings, terminal: Terminal, grants: tuple[tuple[str, str], ...]
) -> None:
    """A plan over half of what was asked for is not saved: applied later, nobody would know."""
    from reconciler import wiring
    from reconciler.core.diagnostics.messages import msg

    if planned.manifest.broken:
        terminal.info(msg("The plan was not saved: not every manifest of the selection is valid"))
        return
    wiring.save_plan(settings, out, planned.plan, grants)
    terminal.info(msg("The plan was saved: apply it with `reconciler apply {file}`", file=str(out)))


def _shown(
    planned: PlanResult,
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

            return plan_markdown(planned.plan, findings, terminal.render_context())
        case _:
            from reconciler.views.text.plan import render_plan

            return render_plan(planned.plan, terminal.render_context())
