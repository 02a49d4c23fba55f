"""`reconciler show-plan FILE`: a saved plan, without network, settings or credentials."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.shell.click_ext import Command, _
from reconciler.cli.shell.options import output_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.documents.saved_plan import SavedPlan


@click.command(
    cls=Command,
    name="show-plan",
    short_help=_("Show a saved plan."),
    help=_("Show a plan that `plan --out` wrote. Neither network, settings nor credentials are needed."),
)
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@output_options
def command(*, terminal: Terminal, config: Path | None, file: Path) -> ExitCode:  # noqa: ARG001  # the common options
    from reconciler.cli.shell.error_boundary import handle_errors

    return handle_errors(terminal, lambda: _story(file, terminal))


def _story(file: Path, terminal: Terminal) -> ExitCode:
    from reconciler import wiring
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.diagnostics.messages import msg

    saved = wiring.load_plan(file, None)
    terminal.write(_shown(saved, terminal))
    made = saved.metadata
    terminal.info(
        msg(
            "Made {created} by version {tool} for {backend} ({environment}), commit {commit}; its seal is checked on applying",
            created=made.created,
            tool=made.tool,
            backend=made.backend,
            environment=made.environment,
            commit=made.commit or "-",
        )
    )
    return ExitCode.DONE


def _shown(saved: SavedPlan, terminal: Terminal) -> str:
    match terminal.output:
        case "json":
            from reconciler.views.json.plan import plan_json

            return plan_json(saved.plan)
        case "markdown":
            from reconciler.views.markdown.plan import plan_markdown

            return plan_markdown(saved.plan, (), terminal.render_context())
        case _:
            from reconciler.views.text.plan import render_plan

            return render_plan(saved.plan, terminal.render_context())
