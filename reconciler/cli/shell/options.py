"""--allow NAME[:SHOP]: what a guard holds and a person allows.

In: words. Out: (slug, glob over shop keys). Only guards can be allowed; a name that is none is a usage error with suggestions;
so are shops of a guard that is about the run as a whole, since it would be allowed for all of it.

Options that commands share, and what they mean: a terminal to write on, a selection of shops.

In: words. Out: `Terminal`, `Selection`, the path of the settings. Commands get these values, not the words.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from reconciler.cli.shell import completions as names
from reconciler.cli.shell.click_ext import _, option, suggest_options
from reconciler.cli.shell.terminal import Terminal
from reconciler.views.render import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from reconciler.core.model.selection import Selection


Allowance = tuple[str, str]

_OF_THE_RUN: Final = "G2"
"""How the numbers of guards on the fleet begin."""


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
            _("{side!r} is no side: write git, or git:SHOP. To take what the backend has, change the manifest.")
        ).format(side=side)
    )


def complete(_ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(slug) for slug in guard_slugs() if slug.startswith(incomplete)]


def guard_slugs(number: str = "G") -> list[str]:
    """The slugs of all guards that can be allowed, in the order of their numbers; of those whose numbers begin so."""
    from reconciler.core.diagnostics.codes import all_codes
    from reconciler.core.planning.guards import DECIDED_BY_MANIFEST

    return [code.slug for code in all_codes() if code.number.startswith(number) and code not in DECIDED_BY_MANIFEST]


def _grant(value: str) -> Allowance:
    slug, _colon, glob = value.partition(":")
    known = guard_slugs()
    if slug in guard_slugs(_OF_THE_RUN) and glob not in ("", "*"):
        message = gettext(_("{name} is about the run as a whole and takes no shop: write --allow {name}."))
        raise click.BadParameter(message.format(name=slug))
    if slug in known:
        return slug, glob or "*"
    if slug == "closing-denied":
        denied = _(
            "closing-denied cannot be allowed here, since the manifest denies it: set maintenance.close_shop to allow in the"
            " shop's manifest, or apply while the shop is closed."
        )
        raise click.BadParameter(gettext(denied))
    message = gettext(_("there is no guard {name!r}.")).format(name=slug)
    names = gettext(_("Guards are: {names}.")).format(names=", ".join(known))
    raise click.BadParameter(f"{message} {suggest_options(slug, known) or names}")


Body = Callable[..., Any]


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

    @option(
        "-o", "--output", type=click.Choice(tuple(FORMATS)), default="text",
        help=_("How to write the result."),
    )  # fmt: skip
    @option(
        "-c", "--config", type=click.Path(path_type=Path), metavar="FILE",
        help=_("The settings file, else reconciler.yaml."),
    )  # fmt: skip
    @language_option
    @_no_color
    @_quiet
    @option("-v", "--verbose", is_flag=True, help=_("Show every request that was sent to the backend."))
    @click.pass_context
    @wraps(body)
    def inner(
        context: click.Context, /, *, output: str, no_color: bool, quiet: bool, verbose: bool, **words: Any
    ) -> Any:
        terminal = Terminal(
            output=output,
            language=context.obj,
            command=context.command_path.partition(" ")[2],
            no_color=no_color,
            quiet=quiet,
            verbose=verbose,
        )
        return body(terminal=terminal, **words)

    return inner


def selection_options(body: Body) -> Body:
    """SHOP..., --label, --group: gives the command `selection`."""

    @click.argument("shops", nargs=-1, metavar="[SHOP]...", shell_complete=names.complete_shops)
    @option(
        "-l", "--label", "labels", multiple=True, metavar="KEY=VALUE", callback=_labels, shell_complete=names.complete_labels,
        help=_("Only shops with this label; the value may be a pattern. Can be given again: all must hold."),
    )  # fmt: skip
    @option("--group", metavar="NAME", shell_complete=names.complete_groups, help=_("Only shops of this group."))
    @wraps(body)
    def inner(*, shops: tuple[str, ...], labels: tuple[tuple[str, str], ...], group: str | None, **words: Any) -> Any:
        return body(selection=_selection(shops, labels, group), **words)

    return inner


def changed_since_option(body: Body) -> Body:
    """--changed-since: narrows the `selection` that @selecting, above it, gives."""

    @option(
        "--changed-since", metavar="REV",
        help=_(
            "Only shops whose file, or a group or default under it, stands otherwise than in this Git revision; also what is"
            " not committed yet."
        ),
    )  # fmt: skip
    @wraps(body)
    def inner(*, selection: Selection, changed_since: str | None, **words: Any) -> Any:
        from dataclasses import replace

        return body(selection=replace(selection, since=changed_since), **words)

    return inner


def allow_options(body: Body) -> Body:
    """--allow and --take: gives the command `grants`."""

    @option(
        "--allow", "allowed", multiple=True, callback=parse_allow, shell_complete=complete, metavar="NAME[:SHOP]",
        help=_("Allow what a guard holds, by its name; for the shops that match, else for all. Can be given again."),
    )  # fmt: skip
    @option(
        "--take", "taken", multiple=True, callback=parse_take, metavar="git[:SHOP]",
        help=_("Where Git and the backend both moved, overwrite the backend; for the shops that match, else for all."),
    )  # fmt: skip
    @wraps(body)
    def inner(*, allowed: tuple[tuple[str, str], ...], taken: tuple[tuple[str, str], ...], **words: Any) -> Any:
        return body(grants=(*allowed, *taken), **words)

    return inner


def require_secrets_option(body: Body) -> Body:
    """--require-secrets: gives the command `require_secrets`."""
    decorated: Body = option(
        "--require-secrets", is_flag=True,
        help=_("Do not compare a shop at all while one of its secrets is missing; else only that field is left out."),
    )(body)  # fmt: skip
    return decorated


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


_MARKED_LABEL: Final = _("{value!r} is not of the form KEY=VALUE, such as wave=canary.")
language_option = option(
    "--lang",
    type=click.Choice(["en", "ja"]),
    expose_value=False,
    help=_("Language of texts."),
)
_no_color = option("--no-color", is_flag=True, help=_("No colours. NO_COLOR and FORCE_COLOR are honoured as well."))
_quiet = option("-q", "--quiet", is_flag=True, help=_("No notes and no progress, only the result and what is wrong."))
