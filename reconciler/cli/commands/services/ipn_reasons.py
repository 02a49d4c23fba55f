"""Reasons as filters of notifications and of refused messages: a word that is none is a usage error, not an empty list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from gettext import gettext
from typing import Any

import click

from reconciler.cli.shell.click_ext import _, option, suggest_options


def outcome_option(text: str) -> Callable[[Any], Any]:
    return option("--reason", metavar="REASON", callback=parse_outcome, shell_complete=complete_outcomes, help=text)


def refusal_option(text: str) -> Callable[[Any], Any]:
    return option("--reason", metavar="REASON", callback=parse_refusal, shell_complete=complete_refusals, help=text)


def parse_outcome(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Why a notification ended in its status; or a reason code of Amazon, which are an open list and in CamelCase."""
    return value if value is None or value[:1].isupper() else _known(value, _outcomes())


def parse_refusal(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Why a message was refused."""
    return None if value is None else _known(value, _refusals())


def complete_outcomes(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [word for word in _outcomes() if word.startswith(incomplete)]


def complete_refusals(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[str]:
    return [word for word in _refusals() if word.startswith(incomplete)]


def _outcomes() -> Sequence[str]:
    from reconciler.ipn.verify.reasons import ProcessingOutcome

    return [outcome.value for outcome in ProcessingOutcome]


def _refusals() -> Sequence[str]:
    from reconciler.ipn.verify.reasons import RejectReason

    return [reason.value for reason in RejectReason if reason.kept]


def _known(value: str, words: Sequence[str]) -> str:
    if value in words:
        return value
    message = gettext(_("unknown reason {name!r}.")).format(name=value)
    known = gettext(_("Available: {names}.")).format(names=", ".join(words))
    raise click.BadParameter(f"{message} {suggest_options(value, words) or known}")
