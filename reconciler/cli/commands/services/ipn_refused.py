"""`reconciler ipn refused` and `reconciler ipn readmit`: copies of refused messages."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.commands.services.ipn_reasons import refusal_option
from reconciler.cli.options.output import before_option, limit_option, output_options
from reconciler.cli.shell.click_ext import Command, _, argument, option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.ipn.refused import RefusedRequest

_NOTHING_SELECTED = _("select copies by number, --topic, --reason, --seller or --shop, or all of them with --all")


@click.command(
    cls=Command,
    name="refused",
    short_help=_("List refused messages, newest first."),
    help=_(
        "List the stored copies of refused messages, newest first, with the reason. TopicArn, SellerId and kind are shown if"
        " the signature was valid: SNS signed them. Bodies are not shown. All given filters must match."
    ),
)
@option("--shop", metavar="SHOP", help=_("Only messages to this shop."))
@refusal_option(_("Only messages refused for this reason."))
@option("--topic", metavar="ARN", help=_("Only messages signed for this topic."))
@option("--seller", metavar="SELLER-ID", help=_("Only signed messages for this SellerId."))
@option("--signed", is_flag=True, help=_("Only messages with a valid signature."))
@before_option
@limit_option(50)
@output_options
def refused(*, terminal: Terminal, config: SettingsFile, limit: int, **chosen: Any) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.refused import list_refused

    return run_on_inbox(terminal, config, list_refused, _request(limit=limit, **chosen))


@click.command(
    cls=Command,
    name="readmit",
    short_help=_("Verify refused messages again and process them."),
    help=_(
        "Verify stored copies of refused messages again, under the present settings, and store the valid ones as notifications."
        " Use it after the topic, the SellerId or the environment was fixed. A message is processed once, also if Amazon sends"
        " it again. All given filters must match."
    ),
)
@argument("numbers", type=WholeNumber(min=1), nargs=-1, metavar="[NUMBER]...")
@option("--all", "everything", is_flag=True, help=_("All copies."))
@option("--topic", metavar="ARN", help=_("Only messages signed for this topic."))
@refusal_option(_("Only messages refused for this reason."))
@option("--seller", metavar="SELLER-ID", help=_("Only signed messages for this SellerId."))
@option("--shop", metavar="SHOP", help=_("Only messages to this shop."))
@output_options
def readmit(
    *, terminal: Terminal, config: SettingsFile, numbers: tuple[int, ...], everything: bool, **chosen: Any
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.refused import readmit_refused

    if not (numbers or everything or any(chosen.values())):
        raise click.UsageError(gettext(_NOTHING_SELECTED))
    return run_on_inbox(terminal, config, readmit_refused, _request(numbers=numbers or None, **chosen))


def _request(*, shop: str | None, **chosen: Any) -> RefusedRequest:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.ipn.refused import RefusedRequest

    return RefusedRequest(shop=None if shop is None else parse_shop_key(shop), **chosen)
