"""`reconciler ci comment`: the second stage after a pull request from a fork was validated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import output_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="comment",
    short_help=_("Comment on a pull request from a fork."),
    help=_(
        "Write the comment in a pull request from a fork, from the file that `ci plan --artifact` wrote in its job. Run it in a"
        " workflow that `workflow_run` starts."
    )
    + "\n\n"
    + _("The file is not trusted: it is validated, and no text of it is quoted."),
)
@option(
    "--artifact", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", required=True,
    help=_("The file that `ci plan --artifact` wrote."),
)  # fmt: skip
@output_options
def comment(*, terminal: Terminal, config: SettingsFile, artifact: Path) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.comment import CommentRequest, comment_pull_request

    request = CommentRequest(artifact=str(artifact), language=terminal.language)
    return run_command(terminal, config, comment_pull_request, request)
