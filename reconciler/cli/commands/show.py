"""`reconciler show SHOP`: one shop as the backend has it, under the admin screens' own names. Nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.completions import complete_shops
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.values import ShopKey


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
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.show import show_shop

    return run_command(terminal, config, show_shop, parse_shop_key(shop))


def parse_shop_key(text: str) -> ShopKey:
    from gettext import gettext

    from reconciler.core.model.formats import SHOP_KEY
    from reconciler.core.values import ShopKey

    try:
        return ShopKey(text)
    except ValueError:
        form = SHOP_KEY.expected.render(gettext)
        message = gettext(_("{value!r} is not a shop key: {form}.")).format(value=text, form=form)
        raise click.BadParameter(message, param_hint="SHOP") from None
