"""`reconciler apply`: plan, ask, do it, report."""

from __future__ import annotations

from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from reconciler.cli.options.allowances import allow_options, require_secrets_option
from reconciler.cli.options.output import output_options
from reconciler.cli.options.rollout import pacing
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection
    from reconciler.workflows.apply.rollout_options import RolloutOptions


@click.command(
    cls=Command,
    name="apply",
    short_help=_("Make the backend stand as Git says."),
    help=_(
        "Plan the shops named, or all, show the plan, ask, and write what differs. Each shop is read back afterwards."
    )
    + "\n\n"
    + _("If any manifest of the selection is not valid, nothing is sent.")
    + "\n\n"
    + _("With a FILE that `plan --out` wrote instead of shops: apply that plan and no other."),
)
@selection_options
@changed_since_option
@allow_options
@require_secrets_option
@pacing
@option(
    "--reason", metavar="TEXT", envvar="RECONCILER_APPLY_REASON",
    help=_("Why --allow or --take is given; `history` shows it."),
)  # fmt: skip
@option("--auto-approve", is_flag=True, help=_("Do not ask."))
@option(
    "--expect", metavar="FINGERPRINT", help=_("With FILE: apply it only if this is its fingerprint."),
)  # fmt: skip
@output_options
def command(  # noqa: PLR0913  # a command's options, all by keyword
    *,
    terminal: Terminal,
    config: Path | None,
    selection: Selection,
    grants: tuple[tuple[str, str], ...],
    require_secrets: bool,
    auto_approve: bool,
    expect: str | None,
    reason: str | None,
    pacing: RolloutOptions | None,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.apply.from_file import SavedPlanRequest, apply_saved_plan
    from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests

    file = _plan_file(selection)
    if file is not None:
        saved = SavedPlanRequest(file=file, expect=expect, allowed=grants, pacing=pacing, reason=reason)
        return run_command(terminal, config, apply_saved_plan, saved, auto_approve=auto_approve, from_saved=True)
    if expect is not None:
        raise click.UsageError(
            gettext(_("--expect goes with a saved plan: reconciler apply FILE --expect FINGERPRINT"))
        )
    request = ApplyRequest(
        selection=selection, allowed=grants, require_secrets=require_secrets, pacing=pacing, reason=reason
    )
    return run_command(terminal, config, apply_manifests, request, auto_approve=auto_approve)


def _plan_file(selection: Selection) -> Path | None:
    """One word that cannot be a shop's key, since those hold no dot and no slash, is a file."""
    words = selection.globs
    for word in words:
        key = _manifest_key(word)
        if key is not None:
            raise click.UsageError(gettext(_MANIFEST).format(word=word, key=key))
    named = [word for word in words if "/" in word or "." in word]
    if not named:
        return None
    if len(words) > 1 or selection.labels or selection.group or selection.since:
        raise click.UsageError(gettext(_("a saved plan is applied whole: give the file alone")))
    return Path(named[0])


_MANIFEST: Final = _("{word!r} is a manifest, not a saved plan; a shop is named by its key: reconciler apply {key}")
_MANIFEST_SUFFIXES: Final = frozenset({".yaml", ".yml"})


def _manifest_key(word: str) -> str | None:
    """The shop's key, where the word is the path of a manifest and not of a saved plan, which is a JSON object."""
    path = Path(word)
    if path.suffix not in _MANIFEST_SUFFIXES:
        return None
    try:
        with path.open("rb") as file:
            return None if file.read(64).lstrip().startswith(b"{") else path.stem
    except OSError:
        return path.stem
