"""`reconciler ipn`: the operators' commands for notifications."""

from __future__ import annotations

from datetime import UTC, datetime
from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.commands.services.ipn_mails import command as mails
from reconciler.cli.commands.services.ipn_reasons import outcome_option
from reconciler.cli.commands.services.ipn_refused import readmit, refused
from reconciler.cli.commands.services.ipn_simulate import simulate
from reconciler.cli.options.output import (
    before_option,
    check_option,
    language_option,
    limit_option,
    output_options,
)
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.values import ShopKey

NOTIFICATION = WholeNumber(min=1)
MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%MZ", "%Y-%m-%dT%H:%M:%SZ"])
STANDINGS = ("waiting", "parked", "done", "sample", "unused")


@click.group(
    cls=Group,
    name="ipn",
    short_help=_("Inspect and replay Amazon's notifications."),
    help=_(
        "Show received notifications and their results, replay or park them, compare orders with Amazon, and test the receiver"
        " with a simulated notification."
    ),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List notifications, newest first."),
    help=_("List received notifications, newest first. All given filters must match. Bodies are not shown."),
)
@option("--shop", metavar="SHOP", help=_("Only notifications of this shop."))
@option("--standing", type=click.Choice(STANDINGS), help=_("Only notifications with this status."))
@outcome_option(_("Only notifications with this reason, or this reason code of Amazon."))
@option("--kind", metavar="KIND", help=_("Only notifications of this kind, for example PaymentRefund or CHARGEBACK."))
@option("--find", metavar="ID", help=_("Only notifications with this message, object, order reference or order."))
@option("--since", type=MOMENT, metavar="TIME", help=_("Only notifications received at this time (UTC) or later."))
@option("--until", type=MOMENT, metavar="TIME", help=_("Only notifications received before this time (UTC)."))
@before_option
@limit_option(50)
@output_options
def listed(
    *,
    terminal: Terminal,
    config: SettingsFile,
    since: datetime | None,
    until: datetime | None,
    before: int | None,
    **words: str | int | None,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import ListRequest, list_messages

    wanted = ListRequest(
        shop=_key(words["shop"]),
        status=_text(words["standing"]),
        reason=_text(words["reason"]),
        kind=_text(words["kind"]),
        words=_text(words["find"]),
        since=_utc(since),
        until=_utc(until),
        before=before,
        limit=int(words["limit"] or 1),
    )
    return run_on_inbox(terminal, config, list_messages, wanted)


@command.command(
    cls=Command,
    name="show",
    short_help=_("Show one notification and what it means."),
    help=_("Show one notification, its result, what it means, and what is known of its order reference at Amazon."),
)
@argument("number", type=NOTIFICATION, metavar="NUMBER")
@output_options
def show(*, terminal: Terminal, config: SettingsFile, number: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import show_notification

    return run_on_inbox(terminal, config, show_notification, number)


@command.command(
    cls=Command,
    name="replay",
    short_help=_("Process notifications again."),
    help=_(
        "Let the running sidecar process notifications again, parked or done: the given ones, or the newest that ended with a"
        " reason. Paid orders stay paid, and no mail is sent twice."
    ),
)
@argument("numbers", type=NOTIFICATION, nargs=-1, metavar="[NUMBER]...")
@outcome_option(_("Notifications with this reason, or this reason code of Amazon."))
@option("--shop", metavar="SHOP", help=_("Of those with the reason, only notifications of this shop."))
@option("--standing", type=click.Choice(("parked", "done")), help=_("Of those with the reason, only with this status."))
@before_option
@limit_option(50)
@check_option
@output_options
def replay(
    *,
    terminal: Terminal,
    config: SettingsFile,
    numbers: tuple[int, ...],
    check: bool,
    before: int | None,
    limit: int,
    **words: str | None,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import ListRequest
    from reconciler.ipn.replay import ReplayRequest, replay_matching, replay_messages

    if bool(numbers) == (words["reason"] is not None):
        raise click.UsageError(gettext(_NUMBERS_OR_REASON))
    if numbers:
        if check or before or any(words.values()):
            raise click.UsageError(gettext(_ONLY_WITH_REASON))
        return run_on_inbox(terminal, config, replay_messages, numbers)
    matching = ListRequest(
        shop=_key(words["shop"]), status=words["standing"], reason=words["reason"], before=before, limit=limit
    )
    return run_on_inbox(terminal, config, replay_matching, ReplayRequest(matching=matching, check=check))


@command.command(
    cls=Command,
    name="park",
    short_help=_("Park notifications until they are replayed."),
    help=_("Park notifications: they are not processed until `reconciler ipn replay` names them."),
)
@argument("numbers", type=NOTIFICATION, nargs=-1, required=True, metavar="NUMBER...")
@output_options
def park(*, terminal: Terminal, config: SettingsFile, numbers: tuple[int, ...]) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.replay import park_messages

    return run_on_inbox(terminal, config, park_messages, numbers)


@command.command(
    cls=Command,
    name="stats",
    short_help=_("Count notifications, refusals and mails."),
    help=_(
        "Count notifications by status, parked and refused ones by reason, and mails by state: `failed` and `unknown` did not"
        " arrive, or may not have."
    ),
)
@output_options
def stats(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import count_messages

    return run_on_inbox(terminal, config, count_messages)


command.add_command(refused)
command.add_command(readmit)


@command.command(
    cls=Command,
    name="poll",
    short_help=_("Compare unpaid orders with Amazon."),
    help=_(
        "Ask Amazon about the unpaid orders of the given shops (default: all), and process the answers like notifications. The"
        " running sidecar does this regularly."
    ),
)
@argument("shops", nargs=-1, metavar="[SHOP]...")
@output_options
def poll(*, terminal: Terminal, config: SettingsFile, shops: tuple[str, ...]) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import poll_orders

    return run_on_inbox(terminal, config, poll_orders, [parse_shop_key(shop) for shop in shops])


command.add_command(mails)
command.add_command(simulate)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _text(word: str | int | None) -> str | None:
    return None if word is None else str(word)


def _key(shop: object) -> ShopKey | None:
    from reconciler.cli.options.shop_key import parse_shop_key

    return parse_shop_key(shop) if isinstance(shop, str) else None


_NUMBERS_OR_REASON = _("Name the notifications to replay: numbers, or --reason")
_ONLY_WITH_REASON = _("--shop, --standing, --before and --check select by --reason; leave them out with numbers")
