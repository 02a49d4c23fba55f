"""Options of commands that set up a fleet's folder: code owners, CI files, the address of the backend."""

from __future__ import annotations

from collections.abc import Callable
from gettext import gettext
from typing import Any

import click

from reconciler.cli.options.without_effect import refuse_without_effect
from reconciler.cli.shell.click_ext import _, option

Body = Callable[..., Any]


def backend_option(text: str) -> Callable[[Body], Body]:
    """--backend, with its help: gives the command `backend`, an address that the settings accept."""
    return option("--backend", metavar="URL", callback=_address, help=text)


def _address(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    from reconciler.wiring.project_folder import BACKEND_ADDRESS

    if value is None or BACKEND_ADDRESS.accepts(value):
        return value
    form = BACKEND_ADDRESS.expected.render(gettext)
    raise click.BadParameter(gettext(_("not the address of a backend (expected: {form})")).format(form=form))


def require_ci(ci: str | None) -> None:
    """Raises click.UsageError where --requirement was given without --ci."""
    if ci is None:
        refuse_without_effect(("requirement",), _("--requirement needs --ci: pip installs it in CI jobs"))


def project_options(body: Body) -> Body:
    """--owner, --ci and --requirement: gives the command `owner`, `ci` and `requirement`."""
    for decorate in (
        option(
            "--requirement",
            metavar="TEXT",
            help=_("What pip installs in CI, such as a wheel or a pinned git+https address."),
        ),
        option(
            "--ci",
            type=click.Choice(["github", "gitlab"]),
            help=_("Write the CI files for this forge, and an example for pre-commit."),
        ),
        option("--owner", metavar="NAME", help=_("User or team for CODEOWNERS, for example @example/payments.")),
    ):
        body = decorate(body)
    return body
