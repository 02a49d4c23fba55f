"""Commands, options and arguments as this tool has them: help in the reader's language, environment variables, exit codes.

Texts of help are marked with `_` where they are written and translated when they are shown. click's own exit code for a usage
error would mean "differences" here; `app` replaces it.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, Final, TypeVar

import click
from click.core import ParameterSource

from reconciler.cli.shell.help_formatter import HelpFormatter

F = TypeVar("F", bound=Callable[..., Any])
_METAVAR: Final = re.compile(r"(\[?)([^][]+?)(\]?(?:\.\.\.)?)")
_INJECTED: Final = ("tcp://", "udp://", "sctp://")
"""What Kubernetes sets for a Service of the same name: never a value of ours."""


def _(text: str) -> str:
    """Marks a text of the help for the catalogue. The translation happens when it is shown."""
    return text


METAVARS: Final = (
    _("ADDRESS"),
    _("AMOUNT"),
    _("AREA"),
    _("CODE"),
    _("CODE|FIELD"),
    _("COMMAND"),
    _("COUNT"),
    _("DATE"),
    _("DURATION"),
    _("FIELD"),
    _("FILE"),
    _("FINGERPRINT"),
    _("FOLDER"),
    _("GUARD[:SHOP]"),
    _("ID"),
    _("KEY=VALUE"),
    _("KIND"),
    _("KIND[=FILE]"),
    _("LABEL"),
    _("NAME"),
    _("NUMBER"),
    _("PATTERN"),
    _("PERCENT"),
    _("PORT"),
    _("REASON"),
    _("REF"),
    _("REV"),
    _("RUN"),
    _("SHELL"),
    _("SHOP"),
    _("SHOP|FILE"),
    _("TABLE"),
    _("TEXT"),
    _("TIME"),
    _("URL"),
    _("WAVE,..."),
    _("git[:SHOP]"),
)
"""The names of values on help pages, for the catalogue."""


def translated(text: str | None) -> str | None:
    return gettext.gettext(" ".join(text.split())) if text else text


class Context(click.Context):
    formatter_class = HelpFormatter


class Option(click.Option):
    """An option that can also be set in the environment. `envvar` is a variable that several commands share."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        source, self.help = self.help, translated(self.help)
        variable = self.variable(ctx)
        if variable:
            label = gettext.gettext(_("env: {variable}")).format(variable=variable)
            self.help = f"{self.help or ''} [{label}]"
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = source

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Required options are marked in the reader's language; click itself looks up that word."""
        extra = super().get_help_extra(ctx)
        extra.pop("envvars", None)
        return extra

    def make_metavar(self, ctx: click.Context) -> str:
        return translated_metavar(super().make_metavar(ctx))

    def variable(self, ctx: click.Context) -> str | None:
        """The variable that the help names: shared by several commands, or of this command alone."""
        if not self.allow_from_autoenv:
            return None
        return self.envvar if isinstance(self.envvar, str) else self._own_variable(ctx)

    def source_variable(self, ctx: click.Context) -> str | None:
        """The variable that the value comes from; None if it comes from elsewhere."""
        return next((name for name in self._variables(ctx) if _given(name)), None)

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        found = self.source_variable(ctx)
        return None if found is None else os.environ[found]

    def _variables(self, ctx: click.Context) -> list[str]:
        """The variable of this command comes before the shared one."""
        shared = [self.envvar] if isinstance(self.envvar, str) else []
        own = [self._own_variable(ctx)] if self.allow_from_autoenv and ctx.auto_envvar_prefix else []
        return [*own, *shared]

    def _own_variable(self, ctx: click.Context) -> str:
        return f"{ctx.auto_envvar_prefix}_{_variable_part(self.opts)}"

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """With the variable, if the wrong value comes from there."""
        hint = super().get_error_hint(ctx)
        if ctx is None or ctx.get_parameter_source(self.name or "") is not ParameterSource.ENVIRONMENT:
            return hint
        return f"{hint} ({self.source_variable(ctx)})"


class Argument(click.Argument):
    def make_metavar(self, ctx: click.Context) -> str:
        return translated_metavar(super().make_metavar(ctx))


def _variable_part(names: Sequence[str]) -> str:
    long = next(name for name in names if name.startswith("--"))
    return long.removeprefix("--").replace("-", "_").upper()


def _given(variable: str) -> bool:
    value = os.environ.get(variable, "")
    return bool(value) and not value.startswith(_INJECTED)


def translated_metavar(metavar: str) -> str:
    """`[SHOP]...` in the reader's language: the word is translated, brackets and dots stay."""
    whole = gettext.gettext(metavar)
    parts = _METAVAR.fullmatch(metavar)
    if whole != metavar or parts is None:
        return whole
    return f"{parts[1]}{gettext.gettext(parts[2])}{parts[3]}"


class TranslatedCommand(click.Command):
    """What commands and groups share."""

    context_class = Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        words = {"[OPTIONS]": _("[OPTIONS]"), "COMMAND [ARGS]...": _("COMMAND [ARGS]...")}
        return [gettext.gettext(piece) if piece in words else piece for piece in pieces]

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
        """An option that belongs to one of the commands: the error says where it goes."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as slip:
            if not self._understood_behind(ctx, slip.option_name):
                raise
            message = gettext.gettext(_("The option {name!r} goes after the command: {example}"))
            example = f"{ctx.command_path} {gettext.gettext('COMMAND')} {slip.option_name}"
            raise click.UsageError(message.format(name=slip.option_name, example=example), ctx) from None

    def _understood_behind(self, ctx: click.Context, option: str) -> bool:
        commands = (self.get_command(ctx, name) for name in self.list_commands(ctx))
        return any(option in one.opts for command in commands if command is not None for one in command.params)


def option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """click.option with translated help. Its variable is that of its command: RECONCILER_PLAN_OUT for `plan --out`."""
    return click.option(*names, cls=Option, **attributes)


def shared_option(*names: str, **attributes: Any) -> Callable[[F], F]:
    """An option that means the same for several commands, and has one variable for all: RECONCILER_ and the long name."""
    return option(*names, **{"envvar": f"RECONCILER_{_variable_part(names)}"} | attributes)


def argument(*names: str, **attributes: Any) -> Callable[[F], F]:
    """click.argument with a translated metavar."""
    return click.argument(*names, cls=Argument, **attributes)


def suggest_options(text: str, known: Sequence[str]) -> str:
    """What was probably meant, in click's words for it; empty if nothing is near."""
    near = get_close_matches(text, known, n=3)
    names = ", ".join(repr(name) for name in near)
    one, many = "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"
    return gettext.ngettext(one, many, len(near)).format(possibility=names, possibilities=names) if near else ""
