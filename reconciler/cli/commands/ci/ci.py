"""`reconciler ci`: the commands that jobs of GitHub Actions and GitLab CI run."""

from __future__ import annotations

import click

from reconciler.cli.commands.ci.ci_apply import apply
from reconciler.cli.commands.ci.ci_check import check
from reconciler.cli.commands.ci.ci_comment import comment
from reconciler.cli.commands.ci.ci_issues import issues
from reconciler.cli.commands.ci.ci_plan import plan
from reconciler.cli.options.output import language_option
from reconciler.cli.shell.click_ext import Group, _


@click.group(
    cls=Group,
    name="ci",
    short_help=_("Plan, check and apply in CI jobs."),
    help=_(
        "Commands for jobs of GitHub Actions and GitLab CI. They read the pull request from the variables of the job, and the"
        " token from RECONCILER_FORGE_TOKEN, GITHUB_TOKEN or CI_JOB_TOKEN."
    ),
)
@language_option
def command() -> None:
    """Groups the commands."""


command.add_command(plan)
command.add_command(check)
command.add_command(apply)
command.add_command(comment)
command.add_command(issues)
