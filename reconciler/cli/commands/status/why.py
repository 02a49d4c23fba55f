"""`reconciler why SHOP FIELD`: where the value of one field comes from. Nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.field_name import complete_fields, parse_field_or_entry
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.state import FieldRef


@click.command(
    cls=Command,
    name="why",
    short_help=_("Show where the value of one field comes from."),
    help=_(
        "Show where the value of one field comes from: the line that declares it and its commit, the live value and who"
        " changed it, the last apply, the rule behind it, the open finding, and the next command."
    )
    + "\n\n"
    + _("FIELD is a manifest key, such as amazon.notification.email. Secrets are not shown, only their references."),
)
@argument("shop", metavar="SHOP", shell_complete=complete_shops)
@argument("field", metavar="FIELD", callback=parse_field_or_entry, shell_complete=complete_fields)
@output_options
def command(*, terminal: Terminal, config: SettingsFile, shop: str, field: FieldRef) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.why import WhyRequest, explain_field

    return run_command(terminal, config, explain_field, WhyRequest(shop=parse_shop_key(shop), field=field))
