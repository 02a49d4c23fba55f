"""`-o`, `-c`, `--lang`, `--no-color`, `-q`, `-v`: where and how a command writes.

In: words. Out: a `Terminal` and the path of the settings.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from reconciler.cli.shell.click_ext import _, option
from reconciler.cli.shell.terminal import Terminal
from reconciler.views.render import FORMATS

Body = Callable[..., Any]


language_option = option(
    "--lang",
    type=click.Choice(["en", "ja"]),
    expose_value=False,
    help=_("Language of texts."),
)
_no_color = option("--no-color", is_flag=True, help=_("No colours. NO_COLOR and FORCE_COLOR are honoured as well."))
_quiet = option("-q", "--quiet", is_flag=True, help=_("No notes and no progress, only the result and what is wrong."))


def language_options(body: Body) -> Body:
    """--lang, --no-color, --quiet: gives the command `terminal`, for text only."""

    @language_option
    @_no_color
    @_quiet
    @click.pass_obj
    @wraps(body)
    def inner(obj: str, /, *, no_color: bool, quiet: bool, **words: Any) -> Any:
        terminal = Terminal(output="text", language=obj, no_color=no_color, quiet=quiet)
        return body(terminal=terminal, **words)

    return inner


def output_options(body: Body) -> Body:
    """All common options: gives the command `terminal` and `config`."""

    @option(
        "-o", "--output", type=click.Choice(tuple(FORMATS)), default="text",
        help=_("How to write the result."),
    )  # fmt: skip
    @option(
        "-c", "--config", type=click.Path(path_type=Path), metavar="FILE",
        help=_("The settings file, else reconciler.yaml."),
    )  # fmt: skip
    @language_option
    @_no_color
    @_quiet
    @option("-v", "--verbose", is_flag=True, help=_("Show every request that was sent to the backend."))
    @click.pass_context
    @wraps(body)
    def inner(
        context: click.Context, /, *, output: str, no_color: bool, quiet: bool, verbose: bool, **words: Any
    ) -> Any:
        terminal = Terminal(
            output=output,
            language=context.obj,
            command=context.command_path.partition(" ")[2],
            no_color=no_color,
            quiet=quiet,
            verbose=verbose,
        )
        return body(terminal=terminal, **words)

    return inner


def exit_zero_option(body: Body) -> Body:
    """--exit-zero: gives the command `exit_zero`."""
    decorated: Body = option(
        "--exit-zero",
        is_flag=True,
        help=_("Exit with 0 instead of 2 if differences are found; errors keep their codes."),
    )(body)
    return decorated
