"""`reconciler ci plan`: the plan of what a pull request changes, shown in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options
from reconciler.cli.options.output import output_options, parallelism_option
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


@click.command(
    cls=Command,
    name="plan",
    short_help=_("Show the plan in the pull request."),
    help=_(
        "Plan the shops that the pull request changes, and show the plan in one comment, in a check run or commit status, and in"
        " the summary of the job. Nothing is written to the backend."
    )
    + "\n\n"
    + _(
        "The token is read from RECONCILER_FORGE_TOKEN, GITHUB_TOKEN or CI_JOB_TOKEN. The outputs of the step are `fingerprint`,"
        " `changed` and `closures`. A pull request from a fork is only validated, without secrets."
    ),
)
@allow_options
@option(
    "--artifact", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help=_("For a pull request from a fork: write the result to this file for `ci comment`."),
)  # fmt: skip
@option(
    "--no-other-drift", is_flag=True,
    help=_("Do not count the shops outside the pull request that differ from their manifests."),
)  # fmt: skip
@parallelism_option
@output_options
def plan(
    *,
    terminal: Terminal,
    config: SettingsFile,
    grants: tuple[tuple[str, str], ...],
    artifact: Path | None,
    no_other_drift: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.ci.plan import PullRequestPlanRequest, plan_pull_request

    request = PullRequestPlanRequest(
        allowed=grants,
        language=terminal.language,
        artifact=None if artifact is None else str(artifact),
        other_drift=not no_other_drift,
    )
    return run_command(terminal, config, plan_pull_request, request)
