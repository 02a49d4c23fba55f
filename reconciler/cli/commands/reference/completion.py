"""`reconciler completion SHELL`: the script that makes a shell complete our commands and options."""

from __future__ import annotations

import click

from reconciler.cli.options.output import language_options
from reconciler.cli.shell.click_ext import Command, _, argument
from reconciler.cli.shell.terminal import Terminal


@click.command(
    cls=Command,
    name="completion",
    short_help=_("Print a shell completion script."),
    help=_("Print a shell completion script.")
    + "\n\n"
    + _('For bash, add this line to ~/.bashrc: eval "$(reconciler completion bash)"'),
)
@argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@language_options
def command(*, terminal: Terminal, shell: str) -> None:
    from click.shell_completion import get_completion_class

    from reconciler.cli.app import app

    completion = get_completion_class(shell)
    assert completion is not None
    made = completion(app, {}, "reconciler", "_RECONCILER_COMPLETE")
    # `source()` would start bash to ask for its version.
    terminal.write(made.source_template % made.source_vars())
