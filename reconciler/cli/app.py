"""The command `reconciler`: finds a command's module when its name is called, and turns every end into an exit code.

0 1 2 3 4 5    as `core.diagnostics.exit_codes` says; a usage error is 1, since click's 2 would mean "differences"
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from keyword import iskeyword
from typing import Any, Final

import click

from reconciler import __version__
from reconciler.cli.options.output import language_option
from reconciler.cli.shell.click_ext import Group, Option, _, suggest_options
from reconciler.cli.shell.locale import choose_language, use_language
from reconciler.cli.shell.output_kinds import requests_json
from reconciler.cli.shell.typed_secrets import hiding_typed_secrets

COMMANDS: Final[Mapping[str, str]] = {
    "plan": "plans",
    "show-plan": "plans",
    "apply": "plans",
    "resume": "plans",
    "heal": "plans",
    "validate": "manifests",
    "fmt": "manifests",
    "new": "manifests",
    "onboard": "manifests",
    "import": "manifests",
    "adopt": "manifests",
    "attest": "manifests",
    "offboard": "manifests",
    "status": "status",
    "drift": "status",
    "findings": "status",
    "alerts": "status",
    "show": "status",
    "why": "status",
    "blame": "status",
    "history": "status",
    "runs": "status",
    "leases": "status",
    "ci": "ci",
    "deferred": "ci",
    "init": "setup",
    "config": "setup",
    "doctor": "setup",
    "secrets": "setup",
    "key": "setup",
    "store": "setup",
    "watch": "services",
    "worker": "services",
    "serve": "services",
    "ipn": "services",
    "backend": "services",
    "lsp": "services",
    "explain": "reference",
    "schema": "reference",
    "completion": "reference",
}
"""Each command with the folder of `cli/commands` that its module is in, in the order of the help page."""
_HEADINGS: Final[Mapping[str, str]] = {
    "plans": _("Plan and apply"),
    "manifests": _("Manifests"),
    "status": _("Status and history"),
    "setup": _("Setup"),
    "ci": _("CI"),
    "services": _("Services"),
    "reference": _("Reference"),
}
_ERROR: Final = 1


class _Interrupted(Exception):
    """A KeyboardInterrupt of a command. Click would write a line to stderr first, and so wait for its reader."""


class RootCommand(Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _Interrupted from None

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's shape
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's shape
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"reconciler.cli.commands.{COMMANDS[cmd_name]}.{_module(cmd_name)}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands by subject; their help starts in one column."""
        commands = {name: self.get_command(ctx, name) for name in COMMANDS}
        for folder, heading in _HEADINGS.items():
            mine = [(name, commands[name]) for name in COMMANDS if COMMANDS[name] == folder]
            with formatter.section(_said(heading)):
                formatter.write_dl([(f"{name:<10}", each.get_short_help_str()) for name, each in mine if each])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """There is nothing click knows to suggest from: no command is loaded yet."""
        name = args[0]
        if name in COMMANDS or name.startswith("-") or ctx.resilient_parsing:
            return super().resolve_command(ctx, args)
        message = _said("No such command {name!r}.").format(name=name)
        raise click.UsageError(f"{message} {suggest_options(name, tuple(COMMANDS))}".rstrip(), ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: ARG002  # its handling of ends is what is replaced here
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Ends the process with one of our codes."""
        words = list(sys.argv[1:] if args is None else args)
        code = choose_language(words, os.environ)
        extra |= {"complete_var": complete_var, "windows_expand_args": windows_expand_args, "obj": code}
        with use_language("en" if _for_machines(words) else code), hiding_typed_secrets(words):
            sys.exit(self._ended(words, prog_name, extra))

    def _ended(self, words: list[str], prog_name: str | None, extra: dict[str, Any]) -> int:
        try:
            return int(super().main(words, prog_name, standalone_mode=False, **extra) or 0)
        except click.ClickException as error:
            _show_error(error, words)
        except (click.Abort, KeyboardInterrupt, _Interrupted):
            _say_interrupted()
        except ModuleNotFoundError as error:
            _show_missing_module(error, words)
        except Exception as error:  # noqa: BLE001  # the last place where a fault can be put into words
            _show_internal_error(error)
        return _ERROR


def _say_interrupted() -> None:
    """On a separate line, below what the terminal shows for the key. If the output is not read, the process ends without it."""
    from reconciler.cli.shell.output_streams import OutputStream

    stream = OutputStream("stderr")
    stream.patience = 1.0
    stream.write(f"\n{_said(_('Interrupted.'))}\n")
    stream.finish()


def _module(name: str) -> str:
    """Python has words of its own."""
    return f"{name}_" if iskeyword(name) else name.replace("-", "_")


def _said(text: str) -> str:
    from gettext import gettext

    return gettext(text)


def _for_machines(words: Sequence[str]) -> bool:
    """Whether JSON is requested, and so English; searched before parsing, since the arguments may be wrong."""
    behind = [two for one, two in pairwise(words) if one in {"-o", "--output"}]
    within = [
        word.removeprefix("--output=").removeprefix("-o") for word in words if word.startswith(("--output=", "-o"))
    ]
    asked = [*behind, *filter(None, within)] or os.environ.get("RECONCILER_OUTPUT", "").split(",")
    return any(requests_json(each) for each in asked)


def _show_error(error: click.ClickException, words: Sequence[str]) -> None:
    """As click has it; under -o json as a failure document."""
    from reconciler.cli.shell.usage_errors import usage_error_text
    from reconciler.core.diagnostics.redaction import redact

    if not _for_machines(words):
        click.echo(redact(usage_error_text(error, choose_language(words, os.environ))), err=True, nl=False)
        return
    from reconciler.core.diagnostics import codes
    from reconciler.core.diagnostics.diagnostic import diagnostic
    from reconciler.core.diagnostics.messages import msg
    from reconciler.views.json.validation import failure_json

    context = getattr(error, "ctx", None)
    hint = msg("Run `{command} --help` for usage", command=context.command_path if context else "reconciler")
    why = diagnostic(codes.USAGE, msg("{message}", message=redact(error.format_message())), hint=hint)
    click.echo(failure_json((why,)), nl=False)


def _show_missing_module(error: ModuleNotFoundError, words: Sequence[str]) -> None:
    """A part that was not installed, in one line; any other module is a fault of the tool."""
    from reconciler.wiring.extras import missing_extra

    why = missing_extra(error)
    if why is None:
        _show_internal_error(error)
    elif _for_machines(words):
        from reconciler.views.json.validation import failure_json

        click.echo(failure_json((why,)), nl=False)
    else:
        from reconciler.core.diagnostics.messages import msg
        from reconciler.views.i18n import language

        text = msg("Error: {message}", message=why.summary)
        click.echo(language(choose_language(words, os.environ)).translate(text), err=True)


def _show_internal_error(error: Exception) -> None:
    """One line and no values: a message or a local of code that failed may hold a secret."""
    import traceback

    from reconciler.cli.shell.usage_errors import printable_lines
    from reconciler.core.diagnostics.redaction import redact
    from reconciler.lib.error_location import first_error

    if os.environ.get("RECONCILER_DEBUG") == "1":
        click.echo(printable_lines(redact("".join(traceback.format_exception(error)))), err=True, nl=False)
        return
    if isinstance(error, OSError):
        click.echo(printable_lines(_said(_("Error: {message}")).format(message=redact(str(error)))), err=True)
        return
    cause = first_error(error)
    last = traceback.extract_tb(cause.__traceback__)[-1]
    place = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119  # pathlib is not imported for this
    line = _said(_("Internal error: {kind} at {place}. Set RECONCILER_DEBUG=1 for a traceback."))
    click.echo(line.format(kind=type(cause).__name__, place=place), err=True)


@click.group(
    cls=RootCommand,
    name="reconciler",
    short_help=_("Manage Amazon Pay and Amazon Login settings of many shops as code."),
    help=_("Manage Amazon Pay and Amazon Login settings of many shops as code.")
    + "\n\n"
    + _(
        "Manifests in Git declare the settings of each shop. `plan` compares them with the backend, `apply` writes the changes."
    ),
    context_settings={
        "max_content_width": 100,
        "help_option_names": ["-h", "--help"],
        "auto_envvar_prefix": "RECONCILER",
    },
)
@language_option
@click.version_option(
    __version__,
    message="%(prog)s %(version)s",
    cls=Option,
    allow_from_autoenv=False,
    help=_("Show the version and exit."),
)
def app() -> None:
    """Groups the commands."""
