"""--allow NAME[:SHOP]: what a guard holds and a person allows.

In: words. Out: (slug, glob over shop keys). Only guards can be allowed; a name that is none is a usage error with suggestions;
so are shops of a guard that is about the run as a whole, since it would be allowed for all of it.
"""

from __future__ import annotations

from gettext import gettext
from typing import TYPE_CHECKING, Final

import click

from reconciler.cli.command import _, suggested

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Grant = tuple[str, str]

_OF_THE_RUN: Final = "G2"
"""How the numbers of guards on the fleet begin."""


def grants(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Grant, ...]:
    return tuple(_grant(value) for value in values)


def taken(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Grant, ...]:
    return tuple(_taken(value) for value in values)


def _taken(value: str) -> Grant:
    from reconciler.core.diagnostics.codes import BOTH_MOVED

    side, _colon, glob = value.partition(":")
    if side == "git":
        return BOTH_MOVED.slug, glob or "*"
    raise click.BadParameter(
        gettext(
            _("{side!r} is no side: write git, or git:SHOP. To take what the backend has, change the manifest.")
        ).format(side=side)
    )


def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(slug) for slug in guards() if slug.startswith(incomplete)]


def guards(number: str = "G") -> list[str]:
    """The slugs of all guards, in the order of their numbers; of those whose numbers begin so."""
    from reconciler.core.diagnostics.codes import all_codes

    return [code.slug for code in all_codes() if code.number.startswith(number)]


def _grant(value: str) -> Grant:
    slug, _colon, glob = value.partition(":")
    known = guards()
    if slug in guards(_OF_THE_RUN) and glob not in ("", "*"):
        message = gettext(_("{name} is about the run as a whole and takes no shop: write --allow {name}."))
        raise click.BadParameter(message.format(name=slug))
    if slug in known:
        return slug, glob or "*"
    message = gettext(_("there is no guard {name!r}.")).format(name=slug)
    names = gettext(_("Guards are: {names}.")).format(names=", ".join(known))
    raise click.BadParameter(f"{message} {suggested(slug, known) or names}")
