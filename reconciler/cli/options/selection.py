"""`SHOP...`, `--label`, `--group`, `--changed-since`: which shops a command works on.

In: words. Out: a `Selection`. Whether such shops exist is decided where the manifests are read.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, Final

import click

from reconciler.cli.options import completions as names
from reconciler.cli.shell.click_ext import _, argument, shared_option

if TYPE_CHECKING:
    from reconciler.core.model.selection import Selection

Body = Callable[..., Any]


def selection_options(body: Body) -> Body:
    """SHOP..., --label, --group: gives the command `selection`."""

    @argument("shops", nargs=-1, metavar="[SHOP]...", shell_complete=names.complete_shops)
    @shared_option(
        "-l", "--label", "labels", multiple=True, metavar="KEY=VALUE", callback=_labels, shell_complete=names.complete_labels,
        help=_("Only shops with this label; the value may be a pattern. Repeatable; all must match."),
    )  # fmt: skip
    @shared_option("--group", metavar="NAME", shell_complete=names.complete_groups, help=_("Only shops in this group."))
    @wraps(body)
    def inner(*, shops: tuple[str, ...], labels: tuple[tuple[str, str], ...], group: str | None, **words: Any) -> Any:
        return body(selection=_selection(shops, labels, group), **words)

    return inner


def changed_since_option(body: Body) -> Body:
    """--changed-since: narrows the `selection` that @selection_options, above it, gives."""

    @shared_option(
        "--changed-since", metavar="REV",
        help=_("Only shops changed since this Git revision, including uncommitted changes."),
    )  # fmt: skip
    @wraps(body)
    def inner(*, selection: Selection, changed_since: str | None, **words: Any) -> Any:
        from dataclasses import replace

        return body(selection=replace(selection, since=changed_since), **words)

    return inner


def _selection(shops: tuple[str, ...], labels: tuple[tuple[str, str], ...], group: str | None) -> Selection:
    from reconciler.core.model.selection import Selection

    return Selection(globs=shops, labels=labels, group=group)


def _labels(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(_label(value) for value in values)


def _label(value: str) -> tuple[str, str]:
    key, equals, wanted = value.partition("=")
    if not (key and equals):
        from gettext import gettext

        raise click.BadParameter(gettext(_MARKED_LABEL).format(value=value))
    return key, wanted


_MARKED_LABEL: Final = _("{value!r} is not of the form KEY=VALUE (example: wave=canary).")
