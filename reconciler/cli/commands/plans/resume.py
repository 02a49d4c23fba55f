"""`reconciler resume`: recover from an interrupted run: reopen the shops that it closed, continue its rollout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import expand_option, output_options, parallelism_option
from reconciler.cli.options.rollout import auto_approve_option
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="resume",
    short_help=_("Recover from an interrupted run."),
    help=_(
        "Check each shop that a run started and did not finish, and reopen the shops that it closed. Changes that are still to"
        " be written are left to the next apply. Every apply starts with this check."
    )
    + "\n\n"
    + _("If the run was a rollout in waves, ask for approval and continue with the remaining waves."),
)
@auto_approve_option
@parallelism_option
@expand_option
@output_options
def command(*, terminal: Terminal, config: SettingsFile, auto_approve: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.apply.resume import resume_runs

    return run_command(terminal, config, resume_runs, auto_approve=auto_approve, from_saved=True)
