"""`reconciler key`: the keys that digest secrets and seal saved plans, by their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.group(
    cls=Group,
    name="key",
    short_help=_("Manage the key for saved plans and secret digests."),
    help=_(
        "Manage the key that seals saved plans and digests the secrets in the history: the variable RECONCILER_PLAN_KEY, or"
        " the file .reconciler/plan.key. Commands print the id of a key, never the key."
    ),
)
@language_option
def command() -> None:
    """Holds what can be done with keys."""


@command.command(
    cls=Command,
    name="create",
    short_help=_("Create a key."),
    help=_("Create a key of 32 random bytes in .reconciler/plan.key, readable by its owner only."),
)
@output_options
def create(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.keys import create_plan_key

    return run_command(terminal, config, create_plan_key)


@command.command(
    cls=Command,
    name="rotate",
    short_help=_("Replace the key and keep the former ones."),
    help=_(
        "Replace the key with a new one. Former keys stay in the file, so that older digests and seals can still be compared"
        " and verified."
    ),
)
@output_options
def rotate(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.keys import rotate_plan_key

    return run_command(terminal, config, rotate_plan_key)


@command.command(
    cls=Command,
    name="list",
    short_help=_("List the ids of the keys."),
    help=_("List the ids of the current key and of the former ones. The history stores an id with each digest."),
)
@output_options
def list_(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.keys import list_keys

    return run_command(terminal, config, list_keys)
