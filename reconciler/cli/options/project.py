"""Options of commands that set up a fleet's folder: code owners, CI files, the address of the backend."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from reconciler.cli.shell.click_ext import _, option

Body = Callable[..., Any]


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
