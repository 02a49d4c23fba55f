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
    short_help=_("Delete old entries of the store, or copy it."),
    help=_("Delete old entries of the store of runs and findings, or copy it to a file or another database."),
)
@language_option
def command() -> None:
    """Groups the commands."""


def _duration(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    from reconciler.cli.options.finding_filter import parse_days

    return None if value is None else parse_days(value, _("invalid duration {value!r} (examples: 90m, 12h, 3d)"))


@command.command(
    cls=Command,
    name="prune",
    short_help=_("Delete old runs, findings and alerts."),
    help=_(
        "Delete what ended before the retention: runs, drift checks, resolved findings, alerts, plans of pull requests, and"
        " deferred applies whose approval has expired. Unfinished and open runs, open findings, alerts and deferred applies that"
        " wait, leases, the last applied values, notifications and mails stay."
    ),
)
@option(
    "--older-than", metavar="DURATION", callback=_duration,
    help=_("Delete what ended longer ago (180d). Default: store.retention of the settings."),
)  # fmt: skip
@option("--dry-run", is_flag=True, help=_("Delete nothing; show how much would be deleted."))
@output_options
def prune(*, terminal: Terminal, config: SettingsFile, older_than: int | None, dry_run: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.store import PruneRequest, prune_store

    return run_command(terminal, config, prune_store, PruneRequest(older_than=older_than, dry_run=dry_run))


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


@command.command(
    cls=Command,
    name="copy",
    short_help=_("Copy the store into an empty database."),
    help=_(
        "Copy everything in the store into an empty database: from SQLite to PostgreSQL, or back into a new file. The store must"
        " not be in use. If the command fails or is killed, the target stays empty and the command can be run again."
    ),
)
@option(
    "--to", metavar="URL", required=True,
    help=_("The empty database (postgresql://...), or a new file. Leave the password out: set PGPASSWORD."),
)  # fmt: skip
@option("--inbox", is_flag=True, help=_("Copy the inbox of the sidecar (ipn.inbox), not the store."))
@output_options
def copy(*, terminal: Terminal, config: SettingsFile, to: str, inbox: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.store import CopyRequest, copy_stored_rows

    return run_command(terminal, config, copy_stored_rows, CopyRequest(to=to, inbox=inbox))
