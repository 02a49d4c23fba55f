"""`reconciler onboard --status`: what each shop still needs; a mail to one merchant, or mails to all in a folder."""

from __future__ import annotations

from functools import partial
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import _
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode
    from reconciler.core.results.command import CommandResult
    from reconciler.workflows.session import Session

_FOR_TABLES = ("template", "group", "check", "rejects", "codeowners", "ask", "exit_zero")


def show_status(  # what the command line says, nearly all of it by name
    terminal: Terminal,
    config: SettingsFile,
    tables: tuple[Path, ...],
    shop: str | None,
    folder: Path | None,
    *,
    status: bool,
) -> ExitCode:
    """Raises click.UsageError."""
    from reconciler.cli.shell.run_command import run_command
    from reconciler.workflows.onboarding.mail import MerchantMailRequest, merchant_mail
    from reconciler.workflows.onboarding.status import OnboardingStatusRequest, onboarding_status

    _require_fitting_options(shop, folder, status=status)
    if shop is not None:
        if "csv" in (terminal.output, *terminal.files.values()):
            raise click.UsageError(gettext(_("A mail cannot be written as csv.")))
        return run_command(
            terminal, config, merchant_mail, MerchantMailRequest(shop=shop, language=_mail_language(), tables=tables)
        )
    keep = None if folder is None else partial(_write_mails, terminal, folder)
    return run_command(terminal, config, onboarding_status, OnboardingStatusRequest(tables=tables), after=keep)


def _require_fitting_options(shop: str | None, folder: Path | None, *, status: bool) -> None:
    if not status:
        raise click.UsageError(gettext(_("--mail and --mail-folder need --status.")))
    if shop is not None and folder is not None:
        raise click.UsageError(gettext(_("Give either --mail or --mail-folder.")))
    refuse_without_effect(_FOR_TABLES, _("{option} cannot be combined with --status."))


def _mail_language() -> str:
    """Merchants read Japanese, also where the command line has another language: only the option chooses English."""
    context = click.get_current_context()
    places = (context, context.find_root())
    chosen = any(each.get_parameter_source("lang") is ParameterSource.COMMANDLINE for each in places)
    return str(context.obj) if chosen else "ja"


def _write_mails(terminal: Terminal, folder: Path, session: Session, result: CommandResult) -> None:
    """Raises SetupError."""
    from reconciler.core.results.onboarding.status_result import OnboardingStatusResult
    from reconciler.views.onboarding.mail import mail_text
    from reconciler.workflows.onboarding.mail import merchant_mails, write_mails

    assert isinstance(result, OnboardingStatusResult)
    mails = merchant_mails(session, result, _mail_language())
    for notice in write_mails(session, folder, mails, mail_text):
        terminal.info(notice)
