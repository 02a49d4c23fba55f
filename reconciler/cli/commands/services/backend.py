"""`reconciler backend`: the check of a backend against the contract, and the list of its clauses."""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING

import click

from reconciler.cli.options.output import language_option, output_options
from reconciler.cli.shell.click_ext import Command, Group, _, argument, option, suggest_options
from reconciler.cli.shell.terminal import Terminal

if TYPE_CHECKING:
    from reconciler.cli.shell.settings_file import SettingsFile
    from reconciler.core.diagnostics.exit_codes import ExitCode


def _shops(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    from reconciler.cli.options.shop_key import parse_shop_key

    return tuple(dict.fromkeys(str(parse_shop_key(value)) for value in values))


def _clauses(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> frozenset[str]:
    names = _known_clauses()
    found = frozenset(value.upper() if value.upper() in names else value.lower() for value in values)
    for value in sorted(found - set(names)):
        message = gettext(_("unknown clause or group {name!r}.")).format(name=value)
        raise click.BadParameter(f"{message} {suggest_options(value, names)}".rstrip())
    return found


def _known_clauses() -> list[str]:
    from reconciler.core.conformance.clause import ClauseGroup
    from reconciler.core.conformance.clauses import CLAUSES

    return [*CLAUSES, *(group.value for group in ClauseGroup)]


def _complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in _known_clauses() if name.startswith(incomplete)]


@click.group(
    cls=Group,
    name="backend",
    short_help=_("Check a backend against the contract."),
    help=_("Check whether a backend keeps the contract that reconciler needs, and list the clauses of the contract."),
)
@language_option
def command() -> None:
    """Holds what can be done with a backend."""


@command.command(
    cls=Command,
    name="check",
    short_help=_("Check each clause of the contract."),
    help=_(
        "Check each clause of the contract at the backend URL, on the shops that are named, and measure the backend."
        " It writes to these shops only, and restores each of them, also after an interrupt. A shop that is open with"
        " Amazon Pay enabled is refused."
    )
    + "\n\n"
    + _("Credentials: those of the settings if URL is the address there, else --client-id and --client-secret."),
)
@argument("url", metavar="URL")
@option(
    "--shop", "shops", multiple=True, required=True, metavar="SHOP", callback=_shops,
    help=_("A shop that may be written to. Repeatable; with two or more, writes to other shops are found as well."),
)  # fmt: skip
@option("--client-id", metavar="ID", help=_("The client at the backend: an operator, or the client of the one shop."))
@option(
    "--client-secret", metavar="REF",
    help=_("The reference of its secret, for example ref+env://NAME. Default: the reference of the settings."),
)  # fmt: skip
@option(
    "--token", metavar="REF",
    help=_("The reference of the MWSAuthToken that the shops hold. Without it, no clause writes a token."),
)  # fmt: skip
@option(
    "--only", multiple=True, metavar="NAME", callback=_clauses, shell_complete=_complete,
    help=_("Check this clause or group only, and measure nothing. Repeatable. `backend clauses` lists them."),
)  # fmt: skip
@option("--read-only", is_flag=True, help=_("Write nothing, and accept shops that are open and enabled."))
@output_options
def check(  # noqa: PLR0913  # one argument for each option, all by keyword
    *,
    terminal: Terminal,
    config: SettingsFile,
    url: str,
    shops: tuple[str, ...],
    client_id: str | None,
    client_secret: str | None,
    token: str | None,
    only: frozenset[str],
    read_only: bool,
) -> ExitCode:
    from reconciler.cli.shell.run_command import run_service
    from reconciler.wiring.conformance.check import CheckOptions, check_conformance

    options = CheckOptions(
        url=url,
        shops=shops,
        client_id=client_id,
        client_secret=client_secret,
        token=token,
        only=only,
        read_only=read_only,
    )
    return run_service(terminal, config, check_conformance, options)


@command.command(
    cls=Command,
    name="clauses",
    short_help=_("List the clauses of the contract."),
    help=_("List the clauses that `backend check` checks, and what each needs."),
)
@output_options
def clauses(*, terminal: Terminal, config: SettingsFile) -> ExitCode:  # noqa: ARG001  # the common options
    from reconciler.core.conformance.clause_table import clause_table
    from reconciler.core.conformance.clauses import ALL_CLAUSES

    return terminal.show(clause_table(ALL_CLAUSES))
