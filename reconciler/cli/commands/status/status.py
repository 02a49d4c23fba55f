"""`reconciler status`: the state of the fleet on one screen, from the store only."""

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
    name="status",
    short_help=_("Show the state of the fleet on one screen."),
    help=_(
        "Show the state of the fleet on one screen: shops by state, closed shops and pending reopenings, runs in progress, the"
        " last check with its findings, waiting alerts, deferred applies and problems of the inbox."
    )
    + "\n\n"
    + _(
        "Only the store and the inbox are read; no request is sent to the backend. Run `reconciler drift` to check the shops."
    ),
)
@output_options
def command(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.overview.status import fleet_status

    return run_command(terminal, config, fleet_status)
