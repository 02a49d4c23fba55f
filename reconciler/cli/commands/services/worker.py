"""`reconciler worker`: processes chunks of fleet runs until it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.listen import announce_ready, listen_address, listen_options
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="worker",
    short_help=_("Work on fleet runs until interrupted."),
    help=_(
        "Take chunks of fleet runs from the queue in the store, on any number of hosts at the same time. Each chunk is done"
        " at the commit of its run. When interrupted, shops in progress are finished, and other workers continue with the rest."
        " /healthz, /readyz and /metrics are on the port."
    ),
)
@listen_options("worker", 8770)
@output_options
def command(*, terminal: Terminal, config: SettingsFile, host: str, port: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_service
    from reconciler.wiring.fleet.serve_worker import serve_worker

    def announce(address: str) -> None:
        announce_ready(terminal, "worker", address)

    return run_service(terminal, config, serve_worker, listen_address("worker", host, port), announce, terminal.log)
