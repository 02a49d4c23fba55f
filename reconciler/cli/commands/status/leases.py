"""`reconciler leases`: which shops are being written right now, by which run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="leases",
    short_help=_("Show which shops are being written right now."),
    help=_(
        "Show the leases that live: which run writes which shop, and until when. There is nothing to unlock by hand."
    ),
)
@output_options
def command(*, terminal: Terminal, config: Path | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.history import list_leases

    return run_command(terminal, config, list_leases)
