"""`reconciler runs`: the recorded runs, and what one of them did; fleet runs are also watched and cancelled."""

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
    short_help=_("List, show, watch or cancel runs."),
    help=_(
        "List the runs in the journal and fleet runs, and show what one of them did. `reconciler history SHOP` shows the runs of"
        " one shop."
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
    from reconciler.workflows.history import HistoryRequest
    from reconciler.workflows.runs import list_all_runs

    return run_command(terminal, config, list_all_runs, HistoryRequest(limit=limit))


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


@command.command(
    cls=Command,
    name="watch",
    short_help=_("Watch a fleet run to its end."),
    help=_(
        "Show the progress of a fleet run until it ends, and then its result. Ctrl-C leaves the run working. RUN is the id that"
        " `reconciler runs list` shows, or the start of one."
    ),
)
@argument("run", metavar="RUN")
@output_options
def watch(*, terminal: Terminal, config: SettingsFile, run: str) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.fleet.watch_run import watch_run

    return run_command(terminal, config, watch_run, run, auto_approve=True)


@command.command(
    cls=Command,
    name="cancel",
    short_help=_("Stop a fleet run."),
    help=_(
        "Stop a fleet run: shops in progress are finished, and no further shop is started. What was applied stays. RUN is the id"
        " that `reconciler runs list` shows, or the start of one."
    ),
)
@argument("run", metavar="RUN")
@output_options
def cancel(*, terminal: Terminal, config: SettingsFile, run: str) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.fleet.watch_run import cancel_run

    return run_command(terminal, config, cancel_run, run)
