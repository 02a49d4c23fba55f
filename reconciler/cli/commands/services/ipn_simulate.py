"""`reconciler ipn simulate`: a notification to try the sidecar with."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.listen import IPN_PORT, local_url
from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from decimal import Decimal

    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode

_STATES = {
    "capture": ("Completed", "Pending", "Declined", "Closed"),
    "refund": ("Completed", "Pending", "Declined"),
    "chargeback": ("RECEIVED",),
}
"""Of each kind that is simulated, the usual one first."""

_MARKED_AMOUNT = _("invalid amount {value!r} (example: 1000)")
_OTHER_STATE = _("--state {state} is not a state of a {kind} (available: {states})")


@click.command(
    cls=Command,
    name="simulate",
    short_help=_("Send a simulated notification to the running sidecar."),
    help=_(
        "Sign a notification about a capture, refund or chargeback of an order with a temporary key, and send it to the sidecar"
        " on this machine. The certificate of the key is in the folder `ipn.certificates` while the command runs. Refused unless"
        " the backend is the embedded one or runs on this machine."
    ),
)
@option("--shop", required=True, metavar="SHOP", help=_("Shop to notify."))
@option("--order", required=True, metavar="NUMBER", help=_("Order that the notification is about."))
@option(
    "--kind",
    type=click.Choice(list(_STATES)),
    default="capture",
    show_default=True,
    help=_("What happens to the order."),
)
@option(
    "--state",
    type=click.Choice(list(dict.fromkeys(state for states in _STATES.values() for state in states))),
    help=_("State of the capture or refund. Default: Completed. A chargeback is RECEIVED."),
)
@option("--amount", metavar="AMOUNT", help=_("Amount. Default: the total of the order."))
@option(
    "--capture",
    type=WholeNumber(1, 999999),
    metavar="N",
    default=1,
    show_default=True,
    help=_("Number of the capture, refund or chargeback within the order."),
)
@option("--v2", is_flag=True, help=_("Send a version 2 notification: the sidecar asks Amazon for the state."))
@option(
    "--to",
    default=lambda: local_url("ipn", IPN_PORT),
    metavar="URL",
    help=_("URL of the sidecar. Default: the port of `serve ipn` on this machine, RECONCILER_IPN_PORT or 8766."),
)
@output_options
def simulate(*, terminal: Terminal, config: SettingsFile, **words: str | int | bool | None) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_on_inbox
    from reconciler.ipn.admin import SimulatedKind, Simulation, simulate_notification

    kind = SimulatedKind(str(words["kind"]))
    state = str(words["state"] or _STATES[kind][0])
    if state not in _STATES[kind]:
        text = gettext(_OTHER_STATE).format(state=state, kind=kind.value, states=", ".join(_STATES[kind]))
        raise click.UsageError(text)
    wanted = Simulation(
        shop=parse_shop_key(str(words["shop"])),
        order=str(words["order"]),
        to=str(words["to"]),
        kind=kind,
        state=state,
        amount=_amount(words["amount"]),
        number=int(words["capture"] or 1),
        newer=bool(words["v2"]),
    )
    return run_on_inbox(terminal, config, simulate_notification, wanted)


def _amount(text: object) -> Decimal | None:
    from decimal import Decimal

    if not isinstance(text, str):
        return None
    digits = text.replace(".", "", 1)
    if not (digits.isascii() and digits.isdigit() and len(text) <= 12):
        raise click.BadParameter(gettext(_MARKED_AMOUNT).format(value=text), param_hint="--amount")
    return Decimal(text)
