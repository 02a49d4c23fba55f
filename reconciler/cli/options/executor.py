"""--executor: who does the work of a command."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from reconciler.cli.shell.click_ext import _, option
from reconciler.core.fleet.scale_settings import ExecutorKind

Body = Callable[..., Any]


def executor_option(body: Body) -> Body:
    """Gives the command `executor`: None if the option was not given."""

    @option(
        "--executor", type=click.Choice([kind.value for kind in ExecutorKind]),
        help=_("Who does the work: this process (local), or workers (procrastinate). Default: the setting `executor`."),
    )  # fmt: skip
    @wraps(body)
    def inner(*, executor: str | None, **words: Any) -> Any:
        return body(executor=None if executor is None else ExecutorKind(executor), **words)

    return inner
