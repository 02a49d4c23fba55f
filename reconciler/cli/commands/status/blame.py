"""`reconciler blame SHOP`: who wrote and who changed each field of one shop. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="blame",
    short_help=_("Show who wrote each field of one shop."),
    help=_(
        "Show for each managed field of one shop the line that declares it, who wrote the line, and who changed the value at the"
        " backend. JSON and Markdown have all that `reconciler why` shows."
    ),
)
@argument("shop", metavar="SHOP", shell_complete=complete_shops)
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.why import blame_shop

    return run_command(terminal, config, blame_shop, parse_shop_key(shop))
