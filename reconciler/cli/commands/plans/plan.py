"""`reconciler plan`: what would an apply change? Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options, require_secrets_option
from reconciler.cli.options.output import output_options
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


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
@require_secrets_option
@option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=_("Save the plan, to be applied with `apply FILE`. It holds no secret."),
)  # fmt: skip
@option(
    "--detailed-exitcode", "detailed", is_flag=True, help=_("Exit with 2 if there are changes (see the exit codes)."),
)  # fmt: skip
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: Path | None,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    require_secrets: bool,
    out: Path | None,
    detailed: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.plan import PlanRequest, plan_changes

    request = PlanRequest(
        selection=selection, allowed=grants, require_secrets=require_secrets, out=out, detailed=detailed
    )
    return run_command(terminal, config, plan_changes, request)
