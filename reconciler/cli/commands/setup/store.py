"""`reconciler store`: care for the store of runs and findings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.group(
    cls=Group,
    name="store",
    short_help=_("Delete old entries of the store, or copy it to a file."),
    help=_("Delete old entries of the store of runs and findings, or copy it to a file."),
)
@language_option
def command() -> None:
    """Groups the commands."""


def _duration(_ctx: click.Context, _param: click.Parameter, value: str) -> int:
    from reconciler.cli.options.finding_filter import parse_days

    return parse_days(value, _("invalid duration {value!r} (examples: 90m, 12h, 3d)"))


@command.command(
    cls=Command,
    name="prune",
    short_help=_("Delete old runs, findings and alerts."),
    help=_(
        "Delete runs, drift checks and resolved findings that ended before, and alerts from before. Unfinished runs, open"
        " findings, leases and the last applied values stay."
    ),
)
@option(
    "--older-than", metavar="DURATION", required=True, callback=_duration,
    help=_("Delete what ended longer ago (180d)."),
)  # fmt: skip
@output_options
def prune(*, terminal: Terminal, config: SettingsFile, older_than: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.store import PruneRequest, prune_store

    return run_command(terminal, config, prune_store, PruneRequest(older_than=older_than))


@command.command(
    cls=Command,
    name="backup",
    short_help=_("Copy the store to a file while it is in use."),
    help=_(
        "Copy the store to FILE, which must not exist, as of one moment and while other commands use it. The copy is a store:"
        " to restore it, put it in the place of the other. For PostgreSQL use the tools of the server."
    ),
)
@argument("file", metavar="FILE", type=click.Path(path_type=Path))
@output_options
def backup(*, terminal: Terminal, config: SettingsFile, file: Path) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.store import back_up_store

    return run_command(terminal, config, back_up_store, file)
