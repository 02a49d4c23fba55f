"""`reconciler leases`: which shops are being written right now, by which run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="leases",
    short_help=_("List the shops that a run is writing to."),
    help=_(
        "List the active leases: which run writes to which shop, and until when. A lease expires when it is not renewed."
    ),
)
@output_options
def command(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.history import list_leases

    return run_command(terminal, config, list_leases)
