"""`reconciler watch`: keeps a fleet checked until it is stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.listen import announce_ready, listen_address, listen_options
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="watch",
    short_help=_("Watch the fleet until interrupted."),
    help=_(
        "Check each shop as soon as its manifest or the backend changes, and all shops regularly. What is found is recorded and"
        " alerted as by `drift`; deferred applies run in their windows, and what a policy allows is healed. Several processes"
        " may run: one works, the others are on standby. /healthz, /readyz and /metrics are on the port."
    ),
)
@listen_options("watch", 8768)
@option("--once", is_flag=True, help=_("Do what is due now, then exit, without a port."))
@output_options
def command(*, terminal: Terminal, config: SettingsFile, host: str, port: int, once: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_service
    from reconciler.core.results.command import DoneResult
    from reconciler.wiring.watch.serve_watch import WatchServing, watch_fleet, watch_fleet_once

    def announce(serving: WatchServing) -> None:
        announce_ready(terminal, "watch", serving.address)
        if serving.warnings:
            terminal.show_aside(DoneResult(diagnostics=serving.warnings))

    if once:
        return run_service(terminal, config, watch_fleet_once)
    return run_service(terminal, config, watch_fleet, listen_address("watch", host, port), announce)
