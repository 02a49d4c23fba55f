"""`reconciler show-plan FILE`: a saved plan. It needs no network, settings or credentials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import expand_option, output_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.plan_result import SavedPlanResult


@click.command(
    cls=Command,
    name="show-plan",
    short_help=_("Show a saved plan."),
    help=_("Show a plan that `plan --out` wrote. This needs no network, settings or credentials."),
)
@argument("file", metavar="FILE", type=click.Path(path_type=Path))
@expand_option
@output_options
def command(*, terminal: Terminal, config: SettingsFile, file: Path) -> ExitCode:  # noqa: ARG001  # the common options
    from reconciler.cli.shell.run_command import handle_errors

    return handle_errors(terminal, lambda: terminal.show(_result(file)))


def _result(file: Path) -> SavedPlanResult:
    from reconciler.core.diagnostics.messages import msg
    from reconciler.core.results.plan_result import SavedPlanResult
    from reconciler.wiring.session import open_plan_file

    saved = open_plan_file(file)
    made = saved.metadata
    words = {"created": made.created, "tool": made.tool, "backend": made.backend, "environment": made.environment}
    notice = (
        msg("Created {created} by version {tool} for {backend} ({environment}); `apply` checks its seal", **words)
        if made.commit is None
        else msg(
            "Created {created} by version {tool} for {backend} ({environment}), commit {commit}; `apply` checks its seal",
            commit=made.commit,
            **words,
        )
    )
    return SavedPlanResult(plan=saved.plan, notices=(notice,))
