"""`reconciler adopt SHOP [FIELD]...`: live values into the manifest of one shop. The backend is only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.output import check_option, output_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="adopt",
    short_help=_("Write live values of one shop into its manifest."),
    help=_(
        "Write the values that the backend has for the fields of one shop into its manifest: where they differ and only the"
        " backend changed, or the named fields. Comments stay. The backend is only read."
    )
    + "\n\n"
    + _("FIELD is a manifest key, such as amazon.notification.email. Secrets are not adopted."),
)
@argument("shop", metavar="SHOP", shell_complete=complete_shops)
@argument("fields", nargs=-1, metavar="[FIELD]...")
@check_option
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str, fields: tuple[str, ...], check: bool) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.adopt import AdoptRequest, adopt_fields

    request = AdoptRequest(shop=parse_shop_key(shop), fields=fields, check=check)
    return run_command(terminal, config, adopt_fields, request)
