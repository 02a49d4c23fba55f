"""`--allow NAME[:SHOP]` and `--take git[:SHOP]`: which guards a person overrides; `--require-secrets`.

In: words. Out: (slug, glob over shop keys). A name that is not a guard is a usage error with suggestions. So is a shop after a
guard that concerns the run as a whole, since it would be allowed for all shops.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from gettext import gettext
from typing import TYPE_CHECKING, Any, Final

import click

from reconciler.cli.shell.click_ext import _, shared_option, suggest_options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Body = Callable[..., Any]
Allowance = tuple[str, str]

_OF_THE_RUN: Final = "G2"
"""The start of the numbers of guards on the whole run."""


def parse_allow(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Allowance, ...]:
    return tuple(_grant(value) for value in values)


def parse_take(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[Allowance, ...]:
    return tuple(_taken(value) for value in values)


def _taken(value: str) -> Allowance:
    from reconciler.core.diagnostics.codes import BOTH_MOVED

    side, _colon, glob = value.partition(":")
    if side == "git":
        return BOTH_MOVED.slug, glob or "*"
    raise click.BadParameter(
        gettext(
            _("invalid side {side!r}: use git or git:SHOP. To keep the value of the backend, change the manifest.")
        ).format(side=side)
    )


def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(slug) for slug in guard_slugs() if slug.startswith(incomplete)]


def guard_slugs(number: str = "G") -> list[str]:
    """The slugs of all guards that can be allowed, in the order of their numbers; of those whose numbers start like this."""
    from reconciler.core.diagnostics.codes import all_codes
    from reconciler.core.planning.guards import DECIDED_BY_MANIFEST

    return [code.slug for code in all_codes() if code.number.startswith(number) and code not in DECIDED_BY_MANIFEST]


def _grant(value: str) -> Allowance:
    slug, _colon, glob = value.partition(":")
    known = guard_slugs()
    if slug in guard_slugs(_OF_THE_RUN) and glob not in ("", "*"):
        message = gettext(_("{name} applies to the whole run and takes no shop: use --allow {name}."))
        raise click.BadParameter(message.format(name=slug))
    if slug in known:
        return slug, glob or "*"
    if slug == "closing-denied":
        denied = _(
            "closing-denied cannot be allowed here: set maintenance.close_shop to allow in the manifest of the shop, or apply"
            " while the shop is closed."
        )
        raise click.BadParameter(gettext(denied))
    message = gettext(_("unknown guard {name!r}.")).format(name=slug)
    names = gettext(_("Available: {names}.")).format(names=", ".join(known))
    raise click.BadParameter(f"{message} {suggest_options(slug, known) or names}")


def allow_options(body: Body) -> Body:
    """--allow and --take: gives the command `grants`."""

    @shared_option(
        "--allow", "allowed", multiple=True, callback=parse_allow, shell_complete=complete, metavar="GUARD[:SHOP]",
        help=_("Allow what this guard holds, for the shops that match or for all. Repeatable."),
    )  # fmt: skip
    @shared_option(
        "--take", "taken", multiple=True, callback=parse_take, metavar="git[:SHOP]",
        help=_("Overwrite fields that changed both in Git and in the backend, for the shops that match or for all."),
    )  # fmt: skip
    @wraps(body)
    def inner(*, allowed: tuple[tuple[str, str], ...], taken: tuple[tuple[str, str], ...], **words: Any) -> Any:
        return body(grants=(*allowed, *taken), **words)

    return inner


def require_secrets_option(body: Body) -> Body:
    """--require-secrets: gives the command `require_secrets`."""
    decorated: Body = shared_option(
        "--require-secrets", is_flag=True,
        help=_("Skip shops with a missing secret. Default: only the field of that secret is not compared."),
    )(body)  # fmt: skip
    return decorated
