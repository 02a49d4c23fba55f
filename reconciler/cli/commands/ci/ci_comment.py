"""`reconciler ci comment`: the second stage after a pull request from a fork was validated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="comment",
    short_help=_("Comment on a pull request from a fork."),
    help=_(
        "Write the result of a validation, FILE, into the pull request from a fork that it belongs to. The job runs after that"
        " of the pull request (`workflow_run`)."
    )
    + "\n\n"
    + _(
        "The content of FILE is not trusted: only codes and places are taken from it, and the pull request is found by the"
        " commit of the event."
    ),
)
@argument("file", metavar="FILE")
@output_options
def comment(*, terminal: Terminal, config: SettingsFile, file: str) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.fork_comment import ForkCommentRequest, comment_on_fork

    return run_command(terminal, config, comment_on_fork, ForkCommentRequest(file=file, language=terminal.language))
