"""`reconciler show SHOP`: one shop as the backend has it, under the admin screens' own names. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="show",
    short_help=_("Show one shop as the backend has it."),
    help=_("Show the settings of one shop as the backend has them, under the admin screens' own names and paths.")
    + "\n\n"
    + _("Nothing is written, and no manifest is needed."),
)
@click.argument("shop", metavar="SHOP", shell_complete=complete_shops)
@output_options
def command(*, terminal: Terminal, config: Path | None, shop: str) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.show import show_shop

    return run_command(terminal, config, show_shop, parse_shop_key(shop))
