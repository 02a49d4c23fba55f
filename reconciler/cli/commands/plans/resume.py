"""`reconciler resume`: look at the shops that a run which was cut off left behind, and reopen those it closed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="resume",
    short_help=_("Look after what a run that was cut off left behind."),
    help=_(
        "Look at every shop that a run began and did not finish, and reopen those it closed. What is still to be written is"
        " left to the next apply. Every apply begins with this."
    )
    + "\n\n"
    + _("Where the run went in waves and did not come to its end, ask, and go on with the waves that are left."),
)
@option("--auto-approve", is_flag=True, help=_("Do not ask before going on with waves."))
@output_options
def command(*, terminal: Terminal, config: Path | None, auto_approve: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.apply.resume import resume_runs

    return run_command(terminal, config, resume_runs, auto_approve=auto_approve, from_saved=True)
