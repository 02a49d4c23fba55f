"""`reconciler show SHOP`: one shop, or one of its fields, as the backend has it. Nothing is written."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.field_name import complete_fields, parse_field
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.state import FieldRef


@click.command(
    cls=Command,
    name="show",
    short_help=_("Show one shop as the backend has it."),
    help=_("Show the settings of one shop as the backend has them, with the names and paths of the admin screens.")
    + "\n\n"
    + _("Nothing is written, and no manifest is needed."),
)
@argument("shop", metavar="SHOP", shell_complete=complete_shops)
@option(
    "--field", metavar="FIELD", callback=parse_field, shell_complete=complete_fields,
    help=_("Print only the value of this field, for example merchant_site_url (販売事業者様サイトURL)."),
)  # fmt: skip
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str, field: FieldRef | None) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.show import show_field, show_shop

    if field is None:
        return run_command(terminal, config, show_shop, parse_shop_key(shop))
    if terminal.output != "text" or terminal.files:
        raise click.UsageError(gettext(_("--field prints one bare value and excludes --output")))
    return run_command(terminal, config, show_field, parse_shop_key(shop), field)
