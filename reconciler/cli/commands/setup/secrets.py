"""`reconciler secrets`: the secrets that the manifests refer to, and their rotation. No value is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import check_option, language_option, output_options
from reconciler.cli.options.selection import selection_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


@click.group(
    cls=Group,
    name="secrets",
    short_help=_("List and rotate the secrets that the manifests refer to."),
    help=_(
        "List the secrets that the manifests refer to, find those that are not provided yet, and rotate the token of one"
        " merchant in all of its shops."
    ),
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


@command.command(
    cls=Command,
    name="rotate",
    short_help=_("Rotate the token of one merchant in all of its shops."),
    help=_(
        "Rotate the token of one merchant in all of its shops: those of its SellerId, and those that refer to the same secret."
        " TARGET is a SellerId, a shop or a reference."
    )
    + "\n\n"
    + _(
        "With --to, every manifest of the merchant gets the new reference, and comments stay. Without it, the value behind the"
        " reference is taken to be new: the shops are listed to which the next plan writes it, and nothing is changed."
    )
    + "\n\n"
    + _("A part of a merchant is never rotated. The backend is only read."),
)
@argument("target", metavar="TARGET", shell_complete=complete_shops)
@option("--to", metavar="REFERENCE", help=_("The new reference, such as ref+vault://secret/shops#kyoto-tea."))
@check_option
@output_options
def rotate(*, terminal: Terminal, config: SettingsFile, target: str, to: str | None, check: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.rotation import RotateRequest, rotate_secret

    return run_command(terminal, config, rotate_secret, RotateRequest(target=target, to=to, check=check))
