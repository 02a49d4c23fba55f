"""`reconciler validate`: whether the manifests are valid, and with --online whether the backend accepts them."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import check_option, output_options, parallelism_option
from reconciler.cli.options.selection import changed_since_option, selection_options
from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import Command, _, option
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.model.selection import Selection


@click.command(
    cls=Command,
    name="validate",
    short_help=_("Check the manifests."),
    help=_(
        "Check the manifests of the selected shops (default: all). SHOP is a shop key or a pattern such as 'kyoto-*'."
    )
    + "\n\n"
    + _("The backend is not read, except with --online."),
)
@selection_options
@changed_since_option
@option("--with-secrets", is_flag=True, help=_("Also check that every referenced secret can be resolved."))
@option("--online", is_flag=True, help=_("Also check shops, entitlements and API values at the backend. Read-only."))
@option(
    "--fix", is_flag=True,
    help=_(
        "Fix what is safe to fix: `yes` to `true`, misspelt keys with one candidate, missing quotes. Comments are kept. With"
        " --check, only show the diff."
    ),
)  # fmt: skip
@check_option
@parallelism_option
@output_options
def command(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    selection: Selection,
    with_secrets: bool,
    online: bool,
    fix: bool,
    check: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.validate import (
        FixRequest,
        ValidateRequest,
        fix_manifests,
        validate_manifests,
        validate_online,
    )

    request = ValidateRequest(selection=selection, with_secrets=with_secrets)
    if fix and online:
        raise click.UsageError(gettext(_("--fix and --online exclude each other")))
    if fix:
        return run_command(terminal, config, fix_manifests, FixRequest(validate=request, check=check))
    refuse_without_effect(("check",), _("--check needs --fix: reconciler validate --fix --check"))
    return run_command(terminal, config, validate_online if online else validate_manifests, request)
