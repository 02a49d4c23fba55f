"""`reconciler heal`: undo the drift that the policy of the settings names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import exit_zero_option, output_options, parallelism_option
from reconciler.cli.options.selection import selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


@click.command(
    cls=Command,
    name="heal",
    short_help=_("Undo the drift that the policy names."),
    help=_(
        "Check the selected shops (default: all), and set the fields that `heal` in the settings names back to what Git declares."
    )
    + "\n\n"
    + _("No shop is closed, and conflicts, secrets and changes of Git that are not applied yet are never touched."),
)
@selection_options
@option("--check", is_flag=True, help=_("Show what would be healed and why not, and change nothing."))
@exit_zero_option
@parallelism_option
@output_options
def command(
    *, terminal: Terminal, config: SettingsFile, selection: Selection, check: bool, exit_zero: bool
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.healing.heal import HealRequest, heal_drift

    request = HealRequest(selection=selection, check=check)
    return run_command(terminal, config, heal_drift, request, auto_approve=True, exit_zero=exit_zero)
