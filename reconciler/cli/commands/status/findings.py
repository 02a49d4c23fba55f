"""`reconciler findings`: drift over time, and what of it is accepted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.completions import complete_shops
from reconciler.cli.options.finding_filter import finding_filter_options
from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.policy import FindingSeverity
    from reconciler.workflows.session import Session


@click.group(
    cls=Group,
    name="findings",
    short_help=_("List recorded drift findings, show their history, accept one."),
    help=_("List what drift checks found over time: since when, who changed it, who is responsible, what settles it.")
    + "\n\n"
    + _(
        "`reconciler drift` records findings in the store. The commands below do not read the backend, except `accept`."
    ),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List the findings, the most severe first."),
    help=_("List the findings of the selected shops (default: all) that are not resolved, the most severe first."),
)
@argument("shops", nargs=-1, metavar="[SHOP]...", shell_complete=complete_shops)
@option("--resolved", is_flag=True, help=_("Also list resolved findings."))
@finding_filter_options
@output_options
def list_(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    shops: tuple[str, ...],
    resolved: bool,
    severity: FindingSeverity | None,
    owner: str | None,
    older_than: int | None,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.stored import FindingsRequest, list_findings

    request = FindingsRequest(globs=shops, severity=severity, owner=owner, older_than=older_than, resolved=resolved)
    return run_command(terminal, config, list_findings, request)


@command.command(
    cls=Command,
    name="show",
    short_help=_("Show one finding."),
    help=_("Show one finding with its values and the command that settles it. ID may be the start of an id."),
)
@argument("id", metavar="ID")
@output_options
def show(*, terminal: Terminal, config: SettingsFile, id: str) -> ExitCode:  # noqa: A002  # the argument's name
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.stored import show_finding

    return run_command(terminal, config, show_finding, id)


@command.command(
    cls=Command,
    name="timeline",
    short_help=_("Show what happened to one finding."),
    help=_("Show what happened to one finding, oldest first. ID may be the start of an id."),
)
@argument("id", metavar="ID")
@output_options
def timeline(*, terminal: Terminal, config: SettingsFile, id: str) -> ExitCode:  # noqa: A002  # as above
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.stored import show_timeline

    return run_command(terminal, config, show_timeline, id)


@command.command(
    cls=Command,
    name="metrics",
    short_help=_("Show drift in numbers, for Prometheus."),
    help=_(
        "Write metrics of drift from the store in Prometheus's text format, to stdout or to FILE (a textfile of"
        " node_exporter). `drift --metrics` writes the same after a check."
    ),
)
@option("--out", type=click.Path(path_type=Path), metavar="FILE", help=_("Write to FILE instead of stdout."))
@output_options
def metrics(*, terminal: Terminal, config: SettingsFile, out: Path | None) -> ExitCode:
    from reconciler.cli.commands.status.metrics_file import metrics_text, write_metrics
    from reconciler.cli.shell.run_command import run_with_session
    from reconciler.core.diagnostics.exit_codes import ExitCode

    def work(session: Session) -> ExitCode:
        if out is None:
            terminal.write_document(metrics_text(session))
        else:
            write_metrics(session, out)
        return ExitCode.DONE

    return run_with_session(terminal, config, work)


@command.command(
    cls=Command,
    name="accept",
    short_help=_("Accept the present value of one field for a time."),
    help=_(
        "Accept the value that the backend has now for one field of one shop. The entry is written to accepted-drift.yaml,"
        " which belongs into Git; it covers this value only, until the end of its last day in Japan."
    )
    + "\n\n"
    + _("FIELD is a manifest key, such as amazon.notification.email. Secrets cannot be accepted."),
)
@argument("shop", metavar="SHOP", shell_complete=complete_shops)
@argument("field", metavar="FIELD")
@option("--until", metavar="DATE", required=True, help=_("Last day (2026-12-31), at most 90 days ahead."))
@option("--reason", metavar="TEXT", required=True, help=_("Why the difference is accepted."))
@option("--owner", metavar="NAME", help=_("Who accepts it. Default: the person or job that runs the command."))
@output_options
def accept(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    shop: str,
    field: str,
    until: str,
    reason: str,
    owner: str | None,
) -> ExitCode:
    from reconciler.cli.options.shop_key import parse_shop_key
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.findings.accept import AcceptRequest, accept_finding

    request = AcceptRequest(shop=parse_shop_key(shop), field=field, until=until, reason=reason, owner=owner)
    return run_command(terminal, config, accept_finding, request)
