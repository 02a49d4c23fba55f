"""`reconciler alerts`: what was sent to people about findings, and what waits."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, limit_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode

_STATES = ("queued", "sending", "sent", "failed")
_NOTHING_NAMED = _("Name the alerts to resend: ids, or --failed")


@click.group(
    cls=Group,
    name="alerts",
    short_help=_("List, send and resend alerts about findings, test a channel."),
    help=_("Show the alerts about drift findings, send what is due, and try a channel.")
    + "\n\n"
    + _(
        "`reconciler drift` sends alerts to the channels of alerts.yaml, the file beside reconciler.yaml. The commands below do"
        " not read the backend."
    ),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List alerts, newest first."),
    help=_("List the alerts of the outbox with what came of each, newest first. All given filters must match."),
)
@option("--state", type=click.Choice(_STATES), help=_("Only alerts in this state."))
@option("--channel", metavar="NAME", help=_("Only alerts to this channel."))
@option("--before", metavar="ID", help=_("Only alerts older than this one: the next page."))
@limit_option(20)
@output_options
def list_(  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    state: str | None,
    channel: str | None,
    before: str | None,
    limit: int,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.core.alerts.alert import AlertState
    from reconciler.workflows.alerts.stored import AlertListRequest, list_alerts

    request = AlertListRequest(
        state=None if state is None else AlertState(state), channel=channel, before=before, limit=limit
    )
    return run_command(terminal, config, list_alerts, request)


@command.command(
    cls=Command,
    name="send",
    short_help=_("Send the alerts that are due."),
    help=_(
        "Send the alerts that are due, without a drift check: digests at their time, and alerts that could not be sent before."
        " Run it as often as alerts may be late, for example every 5 minutes."
    ),
)
@output_options
def send(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.alerts.send import send_due_alerts

    return run_command(terminal, config, send_due_alerts)


@command.command(
    cls=Command,
    name="resend",
    short_help=_("Send alerts again."),
    help=_(
        "Put alerts into the outbox again that were sent or given up. They keep their ids: a receiver that knows an id may"
        " ignore it. ID may be the start of an id."
    ),
)
@argument("ids", nargs=-1, metavar="[ID]...")
@option("--failed", is_flag=True, help=_("Resend every alert that was given up."))
@output_options
def resend(*, terminal: Terminal, config: SettingsFile, ids: tuple[str, ...], failed: bool) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.alerts.stored import AlertResendRequest, resend_alerts

    if bool(ids) == failed:
        raise click.UsageError(gettext(_NOTHING_NAMED))
    return run_command(terminal, config, resend_alerts, AlertResendRequest(ids=ids, failed=failed))


@command.command(
    cls=Command,
    name="test",
    short_help=_("Send a test alert to a channel."),
    help=_("Send a test alert to a channel of alerts.yaml at once and show the answer. It is not kept in the outbox."),
)
@argument("channel", metavar="CHANNEL")
@output_options
def test(*, terminal: Terminal, config: SettingsFile, channel: str) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.alerts.send import try_channel

    return run_command(terminal, config, try_channel, channel)
