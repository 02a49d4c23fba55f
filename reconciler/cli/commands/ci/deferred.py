"""`reconciler deferred`: approved plans that wait for the maintenance window of their shop."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options
from reconciler.cli.options.approvals import leaves_option
from reconciler.cli.options.output import language_option, output_options, parallelism_option
from reconciler.cli.shell.click_ext import Command, Group, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.group(
    cls=Group,
    name="deferred",
    short_help=_("List, apply or drop applies that wait for a window."),
    help=_("Approved plans that `ci apply` deferred, since the maintenance window of their shop was closed."),
)
@language_option
def command() -> None:
    """Groups the commands."""


@command.command(
    cls=Command,
    name="list",
    short_help=_("List deferred applies."),
    help=_(
        "List what the last `ci apply` deferred: the shop, its pull request, its window, when the approval expires."
    ),
)
@output_options
def list_(*, terminal: Terminal, config: SettingsFile) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.deferred import list_deferred

    return run_command(terminal, config, list_deferred)


@command.command(
    cls=Command,
    name="drop",
    short_help=_("Drop deferred applies."),
    help=_("Drop the deferred applies of shops: they are not applied. A new pull request can approve them again."),
)
@argument("shops", metavar="SHOP...", nargs=-1, required=True)
@output_options
def drop(*, terminal: Terminal, config: SettingsFile, shops: tuple[str, ...]) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.deferred import drop_deferred

    return run_command(terminal, config, drop_deferred, shops)


@command.command(
    cls=Command,
    name="apply",
    short_help=_("Apply deferred shops, without a CI job."),
    help=_(
        "Apply the deferred shops whose window is open, from the store alone: no CI job and no forge is needed. A shop "
        "whose plan is not the approved one any more is held. The next `ci apply` reports it into the pull request."
    ),
)
@argument("shops", metavar="SHOP...", nargs=-1)
@allow_options
@parallelism_option
@output_options
def apply(
    *, terminal: Terminal, config: SettingsFile, shops: tuple[str, ...], grants: tuple[tuple[str, str], ...]
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.apply_deferred import DeferredApplyRequest, apply_deferred

    request = DeferredApplyRequest(shops=shops, allowed=grants)
    return run_command(terminal, config, apply_deferred, request, auto_approve=True)


@command.command(
    cls=Command,
    name="run",
    short_help=_("Apply deferred shops whose window is open."),
    help=_("As `ci apply`, for deferred shops only. It runs in a CI job, since approvals are read from the forge."),
)
@leaves_option
@allow_options
@parallelism_option
@output_options
def run(
    *, terminal: Terminal, config: SettingsFile, leaves: tuple[Path, ...], grants: tuple[tuple[str, str], ...]
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.apply import MergedApplyRequest, apply_merged

    request = MergedApplyRequest(allowed=grants, leaves=leaves, deferred_only=True, language=terminal.language)
    return run_command(terminal, config, apply_merged, request, auto_approve=True)
