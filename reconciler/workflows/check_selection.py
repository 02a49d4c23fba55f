"""Selections that match nothing: a shop, a label, a group, an allowance. Each with what was probably meant.

In: the selection and the names it matched. Out: diagnostics. The whole fleet is read only where something seems wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.model.selection import Selection

if TYPE_CHECKING:
    from reconciler.core.planning.plan import Plan
    from reconciler.ports import Manifest
    from reconciler.workflows.session import Session

_SHOWN: Final = 10
_MANIFEST: Final = frozenset({".yaml", ".yml"})


def unmatched_selection(selection: Selection, met: Collection[str], session: Session) -> tuple[Diagnostic, ...]:
    """`met` holds the shops that are selected, and what is broken of them. That what is named did not change is no slip."""
    selection = replace(selection, since=None)
    if selection.everything or (met and all(_meets(glob, met) for glob in selection.globs)):
        return ()
    fleet = session.manifests.read(Selection())
    if not fleet.names:
        return ()  # the reader of manifests reports that there is none at all
    slips = (*_globs(selection, fleet.names), *_labels(selection, fleet), *_group(selection, fleet))
    broken = fleet.broken and any(_meets(glob, fleet.broken) for glob in selection.globs or ("*",))
    return slips if slips or broken or any(map(selection.includes, fleet.shops)) else (_empty_intersection(selection),)


def unused_allowance_warnings(
    grants: Collection[tuple[str, str]], plan: Plan, met: Collection[str], selection: Selection, session: Session
) -> tuple[Diagnostic, ...]:
    """Allowances that match no shop. With `--changed-since`, one for an unchanged shop is no mistake."""
    from reconciler.core.planning.guards import AllowList, unused_allowances

    idle = unused_allowances(AllowList(entries=tuple(grants)), plan, met)
    if not grants or selection.since is None or (met and not idle):
        return idle
    whole = session.manifests.read(replace(selection, since=None))
    return unused_allowances(AllowList(entries=tuple(grants)), plan, whole.names)


def _globs(selection: Selection, names: Collection[str]) -> Iterator[Diagnostic]:
    for glob in dict.fromkeys(selection.globs):
        if not _meets(glob, names):
            yield _no_match_diagnostic(_named(glob), _meant(glob, names))


def _meant(glob: str, names: Collection[str]) -> Message:

    path = PurePosixPath(glob)
    key = path.stem if path.suffix in _MANIFEST else path.name
    if key != glob and key in names:
        return msg("Select a shop by its key, not by its file: {key}", key=key)
    whole = msg("Patterns match whole shop keys; `reconciler validate` without arguments counts all shops")
    return suggestion_message(key, names) or whole


def _labels(selection: Selection, fleet: Manifest) -> Iterator[Diagnostic]:
    """What a broken manifest is labelled with is not known."""
    for key, glob in () if fleet.broken else selection.labels:
        values = {shop.labels[key] for shop in fleet.shops if key in shop.labels}
        if any(fnmatchcase(value, glob) for value in values):
            continue
        keys = {key for shop in fleet.shops for key in shop.labels}
        if values:
            hint = msg("Values of the label {key}: {values}", key=key, values=_list(values))
        elif keys:
            hint = msg("Unknown label {key} (available: {keys})", key=repr(key), keys=_list(keys))
        else:
            hint = msg("No shop has labels; declare them under `labels` in a manifest")
        yield _no_match_diagnostic(_labelled(key, glob), hint)


def _group(selection: Selection, fleet: Manifest) -> Iterator[Diagnostic]:

    groups = {shop.group for shop in fleet.shops if shop.group is not None}
    if selection.group is None or selection.group in groups or fleet.broken:
        return
    none = msg("No shop is in a group; a manifest names its group under `group`")
    yield _no_match_diagnostic(
        _grouped(selection.group), msg("Available groups: {groups}", groups=_list(groups)) if groups else none
    )


def _empty_intersection(selection: Selection) -> Diagnostic:
    """Each is there, but no shop is all of it."""
    asked = [_named(glob) for glob in selection.globs]
    asked += [_labelled(*label) for label in selection.labels]
    asked += [] if selection.group is None else [_grouped(selection.group)]
    return _no_match_diagnostic(" ".join(asked), msg("All conditions must match a shop; remove one of them"))


def _no_match_diagnostic(asked: str, hint: Message) -> Diagnostic:

    return diagnostic(codes.NO_SUCH_SHOP, msg("No manifest matches {asked}", asked=asked), hint=hint)


def _named(glob: str) -> str:
    return repr(glob)


def _labelled(key: str, glob: str) -> str:
    return f"--label {f'{key}={glob}'!r}"


def _grouped(group: str) -> str:
    return f"--group {group!r}"


def _meets(glob: str, names: Iterable[str]) -> bool:
    return any(fnmatchcase(name, glob) for name in names)


def _list(words: Iterable[str]) -> str:
    ordered = sorted(words)
    return ", ".join([*ordered[:_SHOWN], *(["..."] if len(ordered) > _SHOWN else [])])
