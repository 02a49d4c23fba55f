"""Commands and options as this tool has them: help in the reader's language, the table of exit codes below it.

The texts of help are marked with `_` where they are written and translated when they are shown. click's own exit code for a usage
error would mean "differences" here; `app` puts that right.
"""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from reconciler.cli.shell.help_formatter import HelpFormatter

F = TypeVar("F", bound=Callable[..., Any])


def _(text: str) -> str:
    """Marks a text of the help for the catalogue. The translation happens when it is shown."""
    return text


def translated(text: str | None) -> str | None:
    return gettext.gettext(" ".join(text.split())) if text else text


class Context(click.Context):
    formatter_class = HelpFormatter


class Option(click.Option):
    """One that can be set in the environment as well; `envvar` is its variable's name."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        source, self.help = self.help, translated(self.help)
        if self.envvar:
            self.help = f"{self.help or ''} [env: {self.envvar}]"
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = source

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Where a wrong value came from, if not from the command line."""
        hint = super().get_error_hint(ctx)
        if ctx is None or ctx.get_parameter_source(self.name or "") is not ParameterSource.ENVIRONMENT:
            return hint
        return f"{hint} ({self._variable(ctx)})"

    def _variable(self, ctx: click.Context) -> str:
        """That of every command, or that of this one alone."""
        if isinstance(self.envvar, str) and os.environ.get(self.envvar):
            return self.envvar
        return f"{ctx.auto_envvar_prefix}_{(self.name or '').upper()}"


class TranslatedCommand(click.Command):
    """What commands and groups share."""

    context_class = Context

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = translated(_("Show this message and exit."))
        return option

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002  # never cut: the column is wrapped
        return translated(self.short_help) or ""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's shape
        formatter.write_paragraph()
        with formatter.indentation():
            paragraphs = (self.help or self.short_help or "").split("\n\n")
            formatter.write_text("\n\n".join(translated(paragraph) or "" for paragraph in paragraphs))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from reconciler.cli.shell.exit_code_table import exit_codes_of

        ends = exit_codes_of(ctx.command_path.partition(" ")[2])
        with formatter.section(translated(_("Exit codes")) or ""):
            formatter.write_dl([(str(code.value), text.render(gettext.gettext)) for code, text in ends.items()])


class Command(TranslatedCommand):
    pass


class Group(TranslatedCommand, click.Group):
    command_class = Command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Of an option that a command would understand, where it belongs is said: nothing else about it is wrong."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as slip:
            if not self._understood_behind(ctx, slip.option_name):
                raise
            message = gettext.gettext(_("The option {name!r} goes behind the command: {example}"))
            example = f"{ctx.command_path} {self.subcommand_metavar.split()[0]} {slip.option_name}"
            raise click.UsageError(message.format(name=slip.option_name, example=example), ctx) from None

    def _understood_behind(self, ctx: click.Context, option: str) -> bool:
        commands = (self.get_command(ctx, name) for name in self.list_commands(ctx))
        return any(option in one.opts for command in commands if command is not None for one in command.params)


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """click.option with a help that is translated when it is shown, and a variable: RECONCILER_ and the long name."""
    long = next(name for name in names if name.startswith("--"))
    variable = f"RECONCILER_{long.removeprefix('--').replace('-', '_').upper()}"
    return click.option(*names, cls=Option, **{"envvar": variable} | attributes)


def suggest_options(text: str, known: Sequence[str]) -> str:
    """What was probably meant, in click's words for it; empty where nothing is near."""
    near = get_close_matches(text, known, n=3)
    names = ", ".join(repr(name) for name in near)
    one, many = "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"
    return gettext.ngettext(one, many, len(near)).format(possibility=names, possibilities=names) if near else ""
