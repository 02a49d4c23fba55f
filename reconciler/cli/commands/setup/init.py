"""`reconciler init`: the folder of a new fleet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="init",
    short_help=_("Set up a folder for a fleet."),
    help=_(
        "Set up the current folder for a fleet: reconciler.yaml, .gitignore, JSON Schemas for editors, CODEOWNERS (with --owner)"
        " and a manifest for SHOP (default: my-shop)."
    )
    + "\n\n"
    + _("Existing files are kept. Without --backend, the fleet uses the embedded backend with this one shop in it."),
)
@argument("shop", metavar="[SHOP]", default="my-shop")
@option("--backend", metavar="URL", help=_("Address of the admin backend. Default: the embedded backend."))
@option("--owner", metavar="NAME", help=_("User or team for CODEOWNERS, for example @example/payments."))
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str, backend: str | None, owner: str | None) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.setup.init import InitRequest, init_folder

    request = InitRequest(shop=parse_shop_key(shop), backend=backend, owner=owner)
    return run_command(terminal, config, init_folder, request)
