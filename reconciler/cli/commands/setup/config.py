"""`reconciler config`: the settings in use."""

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
    name="config",
    short_help=_("Show the settings in use."),
    help=_("Show the settings in use."),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="show",
    short_help=_("Show each setting and where it comes from."),
    help=_("Show each setting, its value, and where it comes from: a place in the settings file, or the default.")
    + "\n\n"
    + _("Secrets are shown as references, never as values."),
)
@output_options
def show(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.config import show_settings

    return run_command(terminal, config, show_settings)
