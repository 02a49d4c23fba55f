"""`reconciler plan`: what an apply would change. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options, require_secrets_option
from reconciler.cli.options.output import expand_option, output_options, parallelism_option
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


@click.command(
    cls=Command,
    name="plan",
    short_help=_("Show what an apply would change."),
    help=_(
        "Compare the manifests of the selected shops (default: all) with the backend, and show what an apply would change."
    )
    + "\n\n"
    + _("Nothing is written to the backend. Shops with an invalid manifest are reported and omitted."),
)
@selection_options
@changed_since_option
@allow_options
@require_secrets_option
@option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=_("Save the plan for `apply FILE`. The file contains no secrets."),
)  # fmt: skip
@option(
    "--detailed-exitcode", "detailed", is_flag=True, help=_("Exit with 2 if there are changes (see the exit codes)."),
)  # fmt: skip
@parallelism_option
@expand_option
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
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
