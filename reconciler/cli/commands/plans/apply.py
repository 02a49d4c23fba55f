"""`reconciler apply`: plan, ask for approval, write, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.allowances import allow_options, require_secrets_option
from reconciler.cli.options.executor import executor_option
from reconciler.cli.options.output import expand_option, output_options, parallelism_option
from reconciler.cli.options.rollout import auto_approve_option, pacing
from reconciler.cli.options.saved_plan import saved_plan
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.fleet.scale_settings import ExecutorKind
    from reconciler.core.model.selection import Selection
    from reconciler.workflows.apply.rollout_options import RolloutOptions


@click.command(
    cls=Command,
    name="apply",
    short_help=_("Apply the manifests to the backend."),
    help=_(
        "Make a plan for the selected shops (default: all), show it, ask for approval, and write the changes. Each shop is read"
        " back afterwards."
    )
    + "\n\n"
    + _("If a manifest of the selection is invalid, nothing is written.")
    + "\n\n"
    + _(
        "With a FILE that `plan --out` wrote: apply that plan, without reading manifests. SHOP after it selects some of its"
        " shops."
    ),
)
@selection_options
@changed_since_option
@allow_options
@require_secrets_option
@pacing
@option("--reason", metavar="TEXT", help=_("Reason for --allow or --take. `history` shows it."))
@auto_approve_option
@option("--expect", metavar="FINGERPRINT", help=_("Apply only a plan with this fingerprint."))
@option(
    "--expect-leaves",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=_("Apply only shops whose leaf is in this file: one `SHOP LEAF` per line."),
)
@executor_option
@parallelism_option
@expand_option
@output_options
def command(  # noqa: PLR0913  # a command's options, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    require_secrets: bool,
    auto_approve: bool,
    expect: str | None,
    expect_leaves: Path | None,
    reason: str | None,
    pacing: RolloutOptions | None,
    executor: ExecutorKind | None,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.apply.from_file import SavedPlanRequest, apply_saved_plan
    from reconciler.workflows.apply.from_manifests import ApplyRequest
    from reconciler.workflows.fleet.hand_over import apply_or_hand_over

    file, shops = saved_plan(selection, config.path)
    if file is not None:
        _refuse_what_needs_manifests(executor)
        saved = SavedPlanRequest(
            file=file,
            shops=shops,
            expect=expect,
            approved=expect_leaves,
            allowed=grants,
            pacing=pacing,
            reason=reason,
        )
        return run_command(terminal, config, apply_saved_plan, saved, auto_approve=auto_approve, from_saved=True)
    request = ApplyRequest(
        selection=selection,
        expect=expect,
        approved=expect_leaves,
        allowed=grants,
        require_secrets=require_secrets,
        pacing=pacing,
        reason=reason,
    )
    return run_command(terminal, config, apply_or_hand_over, request, executor, auto_approve=auto_approve)


def _refuse_what_needs_manifests(executor: ExecutorKind | None) -> None:
    """Without the option a saved plan is applied here, also where the settings or the environment name another executor."""
    if executor is not None and executor.value != "local":
        refuse_without_effect(
            ("executor",), _("a saved plan is applied by this process: workers read manifests of a commit")
        )
    refuse_without_effect(
        ("require_secrets",),
        _(
            "--require-secrets has no effect with a saved plan: it decides which shops are planned; give it to"
            " `reconciler plan --out FILE`"
        ),
    )
