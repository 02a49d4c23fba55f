"""`reconciler ipn mails`: the operators' commands for the mails to shops."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import before_option, language_option, limit_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode

_NUMBER = WholeNumber(min=1)
_STATES = ("owed", "sending", "sent", "failed", "held", "unknown", "dismissed")
_NO_REASON = _("--reason is empty")
_NOTHING_NAMED = _("Name the mails to resend: numbers, or --all, or --shop")


@click.group(
    cls=Group,
    name="mails",
    short_help=_("List, show, resend and dismiss mails to shops."),
    help=_("Show the mails about payments and what came of each, and resend those that did not arrive."),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List mails, newest first."),
    help=_("List the mails to shops with the answer of the mail server, newest first. All given filters must match."),
)
@option("--shop", metavar="SHOP", help=_("Only mails to this shop."))
@option("--order", metavar="NUMBER", help=_("Only mails about this order."))
@option("--state", type=click.Choice(_STATES), help=_("Only mails in this state."))
@option("--undelivered", is_flag=True, help=_("Only mails that were refused, or whose outcome is unknown."))
@before_option
@limit_option(50)
@output_options
def listed(
    *,
    terminal: Terminal,
    config: SettingsFile,
    undelivered: bool,
    before: int | None,
    limit: int,
    **words: str | None,
) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.mail_admin import MailListRequest, list_mails

    shop = words["shop"]
    wanted = MailListRequest(
        shop=None if shop is None else parse_shop_key(shop),
        order=words["order"],
        state=words["state"],
        undelivered=undelivered,
        before=before,
        limit=limit,
    )
    return run_on_inbox(terminal, config, list_mails, wanted)


@command.command(
    cls=Command,
    name="show",
    short_help=_("Show one mail and the answer of the mail server."),
    help=_("Show one mail: its state, address, attempts, and the answer of the mail server. Its text is not shown."),
)
@argument("number", type=_NUMBER, metavar="NUMBER")
@output_options
def show(*, terminal: Terminal, config: SettingsFile, number: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.mail_admin import show_mail

    return run_on_inbox(terminal, config, show_mail, number)


@command.command(
    cls=Command,
    name="resend",
    short_help=_("Send mails again."),
    help=_(
        "Let the running sidecar send mails again, to the shop's present address: the given ones in any state, or all that did"
        " not arrive. A mail that was sent, or whose outcome is unknown, may arrive twice, with the same Message-ID."
    ),
)
@argument("numbers", type=_NUMBER, nargs=-1, metavar="[NUMBER]...")
@option("--all", "everything", is_flag=True, help=_("Resend every mail that did not arrive."))
@option("--shop", metavar="SHOP", help=_("Resend every mail to this shop that did not arrive."))
@output_options
def resend(
    *, terminal: Terminal, config: SettingsFile, numbers: tuple[int, ...], everything: bool, shop: str | None
) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.mail_admin import ResendRequest, resend_mails

    if [bool(numbers), everything, shop is not None].count(True) != 1:
        raise click.UsageError(gettext(_NOTHING_NAMED))
    wanted = ResendRequest(numbers=numbers, shop=None if shop is None else parse_shop_key(shop))
    return run_on_inbox(terminal, config, resend_mails, wanted)


@command.command(
    cls=Command,
    name="dismiss",
    short_help=_("Give up mails that need not arrive."),
    help=_(
        "Give up mails that will never arrive or need not: they are not tried again, and their alarm ends. Who dismissed them,"
        " when and why is recorded. A mail that was sent or is being sent cannot be dismissed. `resend` sends a dismissed mail"
        " after all."
    ),
)
@argument("numbers", type=_NUMBER, nargs=-1, required=True, metavar="NUMBER...")
@option(
    "--reason", metavar="TEXT", required=True, help=_("Why it need not arrive, for example who was informed instead.")
)
@output_options
def dismiss(*, terminal: Terminal, config: SettingsFile, numbers: tuple[int, ...], reason: str) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.mail_admin import DismissRequest, dismiss_mails

    if not reason.strip():
        raise click.UsageError(gettext(_NO_REASON))
    return run_on_inbox(terminal, config, dismiss_mails, DismissRequest(numbers=numbers, reason=reason.strip()))
