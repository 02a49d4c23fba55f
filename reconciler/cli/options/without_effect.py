"""Options that have no effect together with the other words of the command line.

In: the name of a parameter and a text. Such an option on the command line is a usage error, since its user expects an effect;
in a variable of the environment it is meant for other calls, and ignored.
"""

from __future__ import annotations

from collections.abc import Collection
from gettext import gettext

import click
from click.core import ParameterSource


def refuse_without_effect(names: Collection[str], text: str) -> None:
    """Raises click.UsageError. `text` is in the catalogue; it may name the option: {option}."""
    context = click.get_current_context()
    for param in context.command.params:
        if param.name in names and context.get_parameter_source(param.name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(gettext(text).format(option=param.opts[-1]))
