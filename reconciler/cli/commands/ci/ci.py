"""`reconciler ci`: the commands that jobs of GitHub Actions and GitLab CI run."""

from __future__ import annotations

import click

from reconciler.cli.commands.ci.ci_comment import comment
from reconciler.cli.options.output import language_option
from reconciler.cli.shell.click_ext import Group, _


@click.group(
    cls=Group,
    name="ci",
    short_help=_("Run a step of a CI job."),
    help=_("Run a step of a job of GitHub Actions or GitLab CI. `reconciler init --ci` writes the jobs."),
)
@language_option
def command() -> None:
    """Groups the commands."""


command.add_command(comment)
