"""`reconciler ci check`: compare the plan of the checked-out commit with what was reviewed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options
from reconciler.cli.options.approvals import leaves_option
from reconciler.cli.options.output import output_options, parallelism_option
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="check",
    short_help=_("Compare the plan of this commit with the reviewed one."),
    help=_(
        "Plan the shops that the commit changes, and compare each with the plan that was reviewed in its pull request: for a"
        " merge queue, and before an apply. Nothing is written."
    ),
)
@leaves_option
@allow_options
@parallelism_option
@output_options
def check(
    *, terminal: Terminal, config: SettingsFile, leaves: tuple[Path, ...], grants: tuple[tuple[str, str], ...]
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.check import CheckRequest, check_approvals

    return run_command(terminal, config, check_approvals, CheckRequest(allowed=grants, leaves=leaves))
