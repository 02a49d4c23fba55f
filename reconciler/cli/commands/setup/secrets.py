"""`reconciler secrets`: the secrets that the manifests refer to. No value is shown, and the backend is not read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.options.selection import selection_options
from reconciler.cli.shell.click_ext import Command, Group, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


@click.group(
    cls=Group,
    name="secrets",
    short_help=_("List the secrets that the manifests refer to."),
    help=_("List the secrets that the manifests refer to, and find those that are not provided yet."),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List the secrets, and whether each can be resolved."),
    help=_(
        "List the secrets that the manifests of the selected shops (default: all) refer to, and whether each can be resolved"
        " here. No value is shown. JSON names the shops of each secret."
    ),
)
@selection_options
@option("--missing", is_flag=True, help=_("Only those that cannot be resolved."))
@output_options
def list_(*, terminal: Terminal, config: SettingsFile, selection: Selection, missing: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.secrets import SecretsRequest, list_secrets

    return run_command(terminal, config, list_secrets, SecretsRequest(selection=selection, missing=missing))
