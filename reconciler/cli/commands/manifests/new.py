"""`reconciler new SHOP`: a manifest to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_groups, complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="new",
    short_help=_("Begin a manifest for a shop."),
    help=_(
        "Begin a manifest for SHOP: valid as it is, with what must be filled in standing ready as comments. What the group"
        " or the defaults say already is left out."
    )
    + "\n\n"
    + _("A shop that has a manifest is refused. No backend is asked."),
)
@click.argument("shop", metavar="SHOP")
@option(
    "--group", metavar="NAME", shell_complete=complete_groups, envvar="RECONCILER_NEW_GROUP",
    help=_("The group that the shop is in."),
)  # fmt: skip
@option(
    "--from", "source", metavar="SHOP", shell_complete=complete_shops, envvar="RECONCILER_NEW_FROM",
    help=_("Take over what this shop's manifest says, but for its ids, token and mail."),
)  # fmt: skip
@output_options
def command(*, terminal: Terminal, config: Path | None, shop: str, group: str | None, source: str | None) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.new import NewManifestRequest, create_manifest

    request = NewManifestRequest(shop=parse_shop_key(shop), group=group, like=source)
    return run_command(terminal, config, create_manifest, request)
