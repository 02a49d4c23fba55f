"""`--severity`, `--owner`, `--older-than`: which findings a command shows.

In: words. Out: a severity, an owner, a number of seconds; None where the option was not given.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from gettext import gettext
from typing import TYPE_CHECKING, Any, Final

import click

from reconciler.cli.shell.click_ext import _, shared_option

if TYPE_CHECKING:
    from reconciler.core.model.policy import FindingSeverity

Body = Callable[..., Any]
_LEVELS: Final = ("low", "medium", "high", "critical")


def finding_filter_options(body: Body) -> Body:
    """Gives the command `severity`, `owner` and `older_than`."""

    @shared_option("--severity", type=click.Choice(_LEVELS), help=_("Only findings of this severity or a higher one."))
    @shared_option(
        "--owner", metavar="NAME",
        help=_("Only shops of this owner: an entry of CODEOWNERS, such as @example/payments, or the label owner."),
    )  # fmt: skip
    @shared_option(
        "--older-than", metavar="DURATION", callback=_duration,
        help=_("Only findings that have been open for longer (90m, 12h, 3d)."),
    )  # fmt: skip
    @wraps(body)
    def inner(*, severity: str | None, **words: Any) -> Any:
        return body(severity=_severity(severity), **words)

    return inner


def parse_days(value: str, message: str) -> int:
    """The seconds of a duration, or a usage error."""
    from reconciler.lib.durations import duration_seconds

    try:
        return duration_seconds(value)
    except ValueError:
        raise click.BadParameter(gettext(message).format(value=value)) from None


def _duration(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    return parse_days(value, _("invalid duration {value!r} (examples: 90m, 12h, 3d)"))


def _severity(word: str | None) -> FindingSeverity | None:
    from reconciler.core.drift.severity import severity_named

    return None if word is None else severity_named(word)
