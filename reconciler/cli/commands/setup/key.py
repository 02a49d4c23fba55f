"""`reconciler key`: the keys that digest secrets and seal saved plans, by their ids."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.group(
    cls=Group,
    name="key",
    short_help=_("Manage the key that seals plans and digests secrets."),
    help=_(
        "Manage the key that seals saved plans and digests the secrets in the history. It is RECONCILER_PLAN_KEY, or else"
        " the file .reconciler/plan.key. No command prints a key, only its id."
    ),
)
@language_option
def command() -> None:
    """Holds what can be done with keys."""


@command.command(
    cls=Command,
    name="create",
    short_help=_("Make a key where there is none."),
    help=_("Make a key of 32 random bytes in .reconciler/plan.key, readable by its owner alone."),
)
@output_options
def create(*, terminal: Terminal, config: Path | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.keys import create_plan_key

    return run_command(terminal, config, create_plan_key)


@command.command(
    cls=Command,
    name="rotate",
    short_help=_("Replace the key, and keep the former ones."),
    help=_(
        "Replace the key by a new one. The former ones stay in the file: what was digested and sealed with them can still be"
        " compared and verified."
    ),
)
@output_options
def rotate(*, terminal: Terminal, config: Path | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.keys import rotate_plan_key

    return run_command(terminal, config, rotate_plan_key)


@command.command(
    cls=Command,
    name="list",
    short_help=_("Show the ids of the keys."),
    help=_("Show the ids of the present key and of the former ones. The history keeps an id with each digest."),
)
@output_options
def list_(*, terminal: Terminal, config: Path | None) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.keys import list_keys

    return run_command(terminal, config, list_keys)
