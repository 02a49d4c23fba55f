"""`-o KIND[=FILE]`, repeatable: what a command writes, and where.

In: words of the command line, or one variable with commas. Out: `OutputTarget`s. The kinds are those that the command offers; at
most one goes to stdout, and no two to one file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from gettext import gettext, ngettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from reconciler.cli.shell.click_ext import Option, _, suggest_options, translated
from reconciler.cli.shell.output_kinds import STDOUT, OutputTarget, supported_kinds

if TYPE_CHECKING:
    Targets = click.ParamType[OutputTarget]
else:
    Targets = click.ParamType

F = TypeVar("F", bound=Callable[..., Any])


class _TargetType(Targets):
    name = "target"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """A file whose name has a comma can be named on the command line only."""
        return [part for part in (part.strip() for part in rv.split(",")) if part]

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> OutputTarget:
        if isinstance(value, OutputTarget):
            return value
        kind, given, name = str(value).partition("=")
        self._check_kind(kind, param, ctx)
        if given and not name:
            self.fail(gettext(_("{value!r} names no file")).format(value=value), param, ctx)
        return OutputTarget(kind=kind, file=Path(name) if given and name != STDOUT else None)

    def _check_kind(self, kind: str, param: click.Parameter | None, ctx: click.Context | None) -> None:
        from reconciler.views.formats.registry import FORMATS

        command = _command(ctx)
        offered = supported_kinds(command)
        if kind in offered:
            return
        if kind in FORMATS:
            message = gettext(_("{command} has no output {kind!r}. Supported: {kinds}"))
            self.fail(message.format(command=f"`{command}`", kind=kind, kinds=", ".join(offered)), param, ctx)
        known = ", ".join(repr(each) for each in offered)
        one, many = "{value!r} is not {choice}.", "{value!r} is not one of {choices}."  # click's words
        message = ngettext(one, many, len(offered)).format(value=kind, choice=known, choices=known)
        self.fail(f"{message} {suggest_options(kind, offered)}".rstrip(), param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG002  # click's shape
        _kind, given, name = incomplete.partition("=")
        if given:
            return [CompletionItem(name, type="file")]
        return [CompletionItem(kind) for kind in supported_kinds(_command(ctx)) if kind.startswith(incomplete)]


class _OutputOption(Option):
    """Its help lists the kinds that the command offers."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        source = self.help
        kinds = gettext(_("KIND: {kinds}.")).format(kinds=", ".join(supported_kinds(_command(ctx))))
        self.help = f"{translated(source)} {kinds}"
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = source


def _command(ctx: click.Context | None) -> str:
    return "" if ctx is None else ctx.command_path.partition(" ")[2]


def _check_targets(
    ctx: click.Context, param: click.Parameter, targets: tuple[OutputTarget, ...]
) -> tuple[OutputTarget, ...]:
    on_stdout = [target.kind for target in targets if target.file is None]
    if len(on_stdout) > 1:
        message = gettext(_("only one output can go to stdout, not {kinds}; write the others to files: {example}"))
        names = ", ".join(on_stdout)
        raise click.BadParameter(message.format(kinds=names, example=f"-o {on_stdout[1]}=FILE"), ctx, param)
    check_files([target.file for target in targets if target.file is not None], ctx, param)
    return targets


def check_files(files: Sequence[Path], ctx: click.Context, param: click.Parameter | None = None) -> None:
    """Raises BadParameter where two outputs would replace each other, however the file is named."""
    places = [os.path.realpath(file) for file in files]
    twice = next((file for file, place in zip(files, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        message = gettext(_("two outputs cannot go to one file: {file}"))
        raise click.BadParameter(message.format(file=twice), ctx, param)


def output_option(body: F) -> F:
    """-o/--output: gives the command `output`."""
    return click.option(
        "-o", "--output", cls=_OutputOption, envvar="RECONCILER_OUTPUT", type=_TargetType(), multiple=True,
        metavar="KIND[=FILE]", callback=_check_targets,
        help=_("Output format, on stdout or in FILE; repeatable, in the variable separated by commas."),
    )(body)  # fmt: skip
