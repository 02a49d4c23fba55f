"""`-o`, `-c`, `--lang`, `--no-color`, `-q`, `-v`, `--log`, `--parallelism`, `--exit-zero`: how a command runs and writes.

In: words. Out: a `Terminal` and the `SettingsFile`. A selection that comes from the environment is mentioned on stderr.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from gettext import gettext
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from reconciler.cli.options.output_targets import check_files, output_option
from reconciler.cli.shell.click_ext import Option, _, option, shared_option
from reconciler.cli.shell.click_types import WholeNumber
from reconciler.cli.shell.output_kinds import DEFAULT_KIND, OutputTarget
from reconciler.cli.shell.settings_file import SettingsFile
from reconciler.cli.shell.terminal import LOG_FORMS, Terminal

Body = Callable[..., Any]

_NARROWING: Final = frozenset({"labels", "group", "changed_since", "check", "allowed", "taken", "flat", "partial"})
"""Options that change which shops a command works on, or whether it writes: they must not be overlooked."""

language_option = shared_option(
    "--lang",
    type=click.Choice(["en", "ja"]),
    expose_value=False,
    help=_("Language of messages. Default: the locale."),
)
_no_color = shared_option("--no-color", is_flag=True, help=_("Disable colours. NO_COLOR and FORCE_COLOR work as well."))
_quiet = shared_option("-q", "--quiet", is_flag=True, help=_("Suppress notes and progress output."))


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

    @output_option
    @shared_option(
        "-c", "--config", type=click.Path(path_type=Path), metavar="FILE",
        help=_("Settings file. Default: reconciler.yaml."),
    )  # fmt: skip
    @language_option
    @_no_color
    @_quiet
    @shared_option("-v", "--verbose", is_flag=True, help=_("Show each request to the backend."))
    @shared_option("--log", type=click.Choice(LOG_FORMS), help=_("Write what happens to stderr, one event per line."))
    @click.pass_context
    @wraps(body)
    def inner(  # noqa: PLR0913  # one argument for each option, all by keyword
        context: click.Context,
        /,
        *,
        output: tuple[OutputTarget, ...],
        config: Path | None,
        no_color: bool,
        quiet: bool,
        verbose: bool,
        log: str | None,
        parallelism: int | None = None,
        expand: bool = False,
        no_pager: bool = False,
        **words: Any,
    ) -> Any:
        on_stdout = next((target.kind for target in output if target.file is None), DEFAULT_KIND)
        files = {target.file: target.kind for target in output if target.file is not None}
        check_files([*files, *_other_files(words)], context)
        terminal = Terminal(
            output=on_stdout,
            files=files,
            language=context.obj,
            command=context.command_path.partition(" ")[2],
            no_color=no_color,
            quiet=quiet,
            verbose=verbose,
            expand=expand,
            pager=not no_pager,
            log=log,
        )
        with terminal.logging():
            _mention_environment(context, terminal)
            return body(terminal=terminal, config=SettingsFile(path=config, in_flight=parallelism), **words)

    return inner


def expand_option(body: Body) -> Body:
    """--expand and --no-pager, above @output_options: part of the command's `terminal`."""
    decorated: Body = shared_option(
        "--expand", is_flag=True, help=_("Show each shop; by default equal changes of many shops are one line.")
    )(shared_option("--no-pager", is_flag=True, help=_("Do not use a pager for output longer than the screen."))(body))
    return decorated


def parallelism_option(body: Body) -> Body:
    """--parallelism, above @output_options: part of the command's `config`."""
    decorated: Body = shared_option(
        "--parallelism", type=WholeNumber(1, 1000), metavar="N",
        help=_("Work on N shops at once. Default: pace.in_flight of the settings."),
    )(body)  # fmt: skip
    return decorated


def exit_zero_option(body: Body) -> Body:
    """--exit-zero: gives the command `exit_zero`."""
    decorated: Body = shared_option(
        "--exit-zero",
        is_flag=True,
        help=_("Exit with 0 instead of 2 if differences are found; errors keep their codes."),
    )(body)
    return decorated


def limit_option(default: int) -> Callable[[Body], Body]:
    """--limit: gives the command `limit`."""
    return option(
        "--limit", type=WholeNumber(1, 1000), default=default, metavar="N", show_default=True,
        help=_("Maximum number of rows."),
    )  # fmt: skip


def before_option(body: Body) -> Body:
    """--before: gives the command `before`."""
    decorated: Body = option(
        "--before",
        type=WholeNumber(min=1),
        metavar="NUMBER",
        help=_("Only rows older than this number: the next page."),
    )(body)
    return decorated


def check_option(body: Body) -> Body:
    """--check: gives the command `check`."""
    decorated: Body = shared_option("--check", is_flag=True, help=_("Write nothing; show what would change."))(body)
    return decorated


def _other_files(words: Mapping[str, Any]) -> Iterator[Path]:
    """Where the command writes something else, for example a saved plan."""
    yield from (words[name] for name in ("out", "metrics") if isinstance(words.get(name), Path))


def _mention_environment(context: click.Context, terminal: Terminal) -> None:
    """Also with --quiet: a variable that was set long ago narrows what is checked."""
    text = gettext(_("note: {option} is set by the environment variable {variable}"))
    for name, variable in _narrowed_by(context):
        terminal.write_stderr(f"{text.format(option=name, variable=variable)}\n")


def _narrowed_by(context: click.Context) -> Iterator[tuple[str, str]]:
    for each in context.command.params:
        if not isinstance(each, Option) or each.name not in _NARROWING:
            continue
        if context.get_parameter_source(each.name) is ParameterSource.ENVIRONMENT and context.params.get(each.name):
            value = each.source_variable(context)
            long = next(name for name in each.opts if name.startswith("--"))
            yield long, value or ""
