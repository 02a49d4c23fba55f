"""`reconciler ipn`: what operators see of the notifications, and what they do about one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from decimal import Decimal

    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.values import ShopKey

STANDINGS = ("waiting", "parked", "done", "sample", "unused")
STATES = ("Completed", "Pending", "Declined", "Closed")


@click.group(
    cls=Group,
    name="ipn",
    short_help=_("Look at Amazon's notifications, and work on them again."),
    help=_(
        "See what was received and what came of it, put a notification back to work or aside, compare orders "
        "with Amazon, and try the way out with a simulated notification."
    ),
)
@language_option
def command() -> None:
    """Holds the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List the notifications, newest first."),
    help=_("List what was received, newest first; what is given must all hold. Nothing that was posted is shown."),
)
@option("--shop", metavar="SHOP", help=_("Only this shop's."))
@option("--standing", type=click.Choice(STANDINGS), help=_("Only those that stand so."))
@option("--reason", metavar="WORD", help=_("Only those that ended for this reason."))
@option("--find", metavar="ID", help=_("Only those of this message, object, order reference or order."))
@option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, envvar="RECONCILER_IPN_LIST_LIMIT",
    help=_("How many at the most."),
)  # fmt: skip
@output_options
def listed(*, terminal: Terminal, config: Path | None, **words: str | int | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import ListRequest, list_messages

    wanted = ListRequest(
        shop=_key(words["shop"]),
        status=_text(words["standing"]),
        reason=_text(words["reason"]),
        words=_text(words["find"]),
        limit=int(words["limit"] or 1),
    )
    return run_on_inbox(terminal, config, list_messages, wanted)


@command.command(
    cls=Command,
    name="show",
    short_help=_("Show one notification, and what is known of its captures."),
    help=_("Show one notification and what came of it, and what is known of its order reference's captures."),
)
@click.argument("number", type=int, metavar="NUMBER")
@output_options
def show(*, terminal: Terminal, config: Path | None, number: int) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import show_notification

    return run_on_inbox(terminal, config, show_notification, number)


@command.command(
    cls=Command,
    name="replay",
    short_help=_("Work on notifications again."),
    help=_(
        "Have notifications worked on again by the sidecar that runs, whether they are parked or done. What "
        "was paid stays paid, and no mail is sent a second time."
    ),
)
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="NUMBER...")
@output_options
def replay(*, terminal: Terminal, config: Path | None, numbers: tuple[int, ...]) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import replay_messages

    return run_on_inbox(terminal, config, replay_messages, numbers)


@command.command(
    cls=Command,
    name="park",
    short_help=_("Put notifications aside until they are replayed."),
    help=_("Put notifications aside: they are not worked on until `reconciler ipn replay` names them."),
)
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="NUMBER...")
@output_options
def park(*, terminal: Terminal, config: Path | None, numbers: tuple[int, ...]) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import park_messages

    return run_on_inbox(terminal, config, park_messages, numbers)


@command.command(
    cls=Command,
    name="stats",
    short_help=_("Count notifications, refusals and mails."),
    help=_(
        "Count the notifications by standing, the parked ones by reason, the refused ones by ground, the "
        "mails by state. A mail that stays `sending` may have been sent: it is not sent again by itself."
    ),
)
@output_options
def stats(*, terminal: Terminal, config: Path | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import count_messages

    return run_on_inbox(terminal, config, count_messages)


@command.command(
    cls=Command,
    name="refused",
    short_help=_("List the copies of refused messages, newest first."),
    help=_(
        "List the copies that are kept of messages that were refused for good, newest first: when, at which shop "
        "and for which reason. What was posted is not shown; who posted it is not known."
    ),
)
@option("--shop", metavar="SHOP", help=_("Only this shop's."))
@option(
    "--reason", metavar="WORD", envvar="RECONCILER_IPN_REFUSED_REASON",
    help=_("Only those that were refused for this reason."),
)  # fmt: skip
@option(
    "--limit", type=click.IntRange(1, 1000), default=50, show_default=True, envvar="RECONCILER_IPN_REFUSED_LIMIT",
    help=_("How many at the most."),
)  # fmt: skip
@output_options
def refused(*, terminal: Terminal, config: Path | None, **words: str | int | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import ListRequest, list_quarantined

    wanted = ListRequest(shop=_key(words["shop"]), reason=_text(words["reason"]), limit=int(words["limit"] or 1))
    return run_on_inbox(terminal, config, list_quarantined, wanted)


@command.command(
    cls=Command,
    name="poll",
    short_help=_("Compare orders that wait for payment with Amazon."),
    help=_(
        "Ask Amazon about the orders that wait for payment, of the shops that are named or of all, and act as "
        "a notification would have made the sidecar act. The sidecar does the same by itself, every so often."
    ),
)
@click.argument("shops", nargs=-1, metavar="[SHOP]...")
@output_options
def poll(*, terminal: Terminal, config: Path | None, shops: tuple[str, ...]) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import poll_orders

    return run_on_inbox(terminal, config, poll_orders, [parse_shop_key(shop) for shop in shops])


@command.command(
    cls=Command,
    name="simulate",
    short_help=_("Post a simulated notification to the sidecar that runs."),
    help=_(
        "Sign a notification about an order's capture with a throwaway key, as Amazon would, and post it to "
        "the sidecar that runs on this machine. The key's certificate stands in the folder of "
        "`ipn.certificates` for as long as that takes. Refused unless the backend is the embedded one, or on "
        "this machine."
    ),
)
@option(
    "--shop", required=True, metavar="SHOP", envvar="RECONCILER_IPN_SIMULATE_SHOP", help=_("The shop that is told.")
)
@option("--order", required=True, metavar="NUMBER", help=_("The order that is captured."))
@option(
    "--state", type=click.Choice(STATES), default="Completed", show_default=True, help=_("What became of the capture.")
)
@option("--amount", metavar="AMOUNT", help=_("How much was captured, else the order's total."))
@option(
    "--capture",
    type=click.IntRange(1, 999999),
    default=1,
    show_default=True,
    help=_("Which capture of the order it is."),
)
@option("--v2", is_flag=True, help=_("Of the newer kind, which makes the sidecar ask for the state (see docs/ipn.md)."))
@option("--to", default="http://127.0.0.1:8766", show_default=True, metavar="URL", help=_("Where the sidecar listens."))
@output_options
def simulate(*, terminal: Terminal, config: Path | None, **words: str | int | bool | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import Simulation, simulate_notification

    shop, amount = _key(words["shop"]), _amount(words["amount"])
    assert shop is not None
    wanted = Simulation(
        shop=shop,
        order=str(words["order"]),
        to=str(words["to"]),
        state=str(words["state"]),
        amount=amount,
        number=int(words["capture"] or 1),
        newer=bool(words["v2"]),
    )
    return run_on_inbox(terminal, config, simulate_notification, wanted)


def _text(word: str | int | None) -> str | None:
    return None if word is None else str(word)


def _key(shop: object) -> ShopKey | None:
    from reconciler.cli.options.shop_key import parse_shop_key

    return parse_shop_key(shop) if isinstance(shop, str) else None


def _amount(text: object) -> Decimal | None:
    from decimal import Decimal
    from gettext import gettext

    if not isinstance(text, str):
        return None
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(text) <= 12):
        raise click.BadParameter(gettext(_MARKED_AMOUNT).format(value=text), param_hint="--amount")
    return Decimal(text)


_MARKED_AMOUNT = _("{value!r} is no amount, such as 1000.")
