"""`reconciler new SHOP`: a manifest to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_groups, complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="new",
    short_help=_("Create a manifest for a shop."),
    help=_(
        "Create a valid manifest for SHOP, with the values to fill in as comments. Values that the group or the defaults set"
        " are omitted."
    )
    + "\n\n"
    + _("Refused if the shop has a manifest. The backend is not read."),
)
@argument("shop", metavar="SHOP")
@option(
    "--group", metavar="NAME", shell_complete=complete_groups,
    help=_("Group of the new shop."),
)  # fmt: skip
@option(
    "--from", "source", metavar="SHOP", shell_complete=complete_shops,
    help=_("Copy the manifest of this shop, except its ids, token and mail address."),
)  # fmt: skip
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str, group: str | None, source: str | None) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.new import NewManifestRequest, create_manifest

    request = NewManifestRequest(shop=parse_shop_key(shop), group=group, like=source)
    return run_command(terminal, config, create_manifest, request)
