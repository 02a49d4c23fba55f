"""`reconciler runs`: the recorded runs, and what one of them did. The backend is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, limit_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.group(
    cls=Group,
    name="runs",
    short_help=_("List runs, and show what one of them did."),
    help=_(
        "List the runs in the journal, and show what one of them did. `reconciler history SHOP` shows the runs of one shop."
    ),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List the recorded runs, newest first."),
    help=_("List the recorded runs, newest first, with who started them and their outcome."),
)
@limit_option(20)
@output_options
def list_(*, terminal: Terminal, config: SettingsFile, limit: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.history import HistoryRequest, list_runs

    return run_command(terminal, config, list_runs, HistoryRequest(limit=limit))


@command.command(
    cls=Command,
    name="show",
    short_help=_("Show what one run did in each shop."),
    help=_("Show what one run did in each shop. RUN is the id that `reconciler runs list` shows, or the start of one."),
)
@argument("run", metavar="RUN")
@output_options
def show(*, terminal: Terminal, config: SettingsFile, run: str) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.runs import show_run

    return run_command(terminal, config, show_run, run)
