"""Diagnostics that say the same of many shops, put together.

In: diagnostics. Out: groups. Each diagnostic is in exactly one group, for any order of the input.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message
from reconciler.core.values import ShopKey
from reconciler.lib.folding import fold_items
from reconciler.lib.frozen_class import frozen

_FEW = 5
"""So many diagnostics of one kind are shown one by one."""


@frozen(kw_only=False)
class DiagnosticGroup:
    """One code, one sentence; `rest` are those after the first, about other shops or places."""

    first: Diagnostic
    rest: tuple[Diagnostic, ...] = ()

    @property
    def other_shops(self) -> tuple[ShopKey, ...]:
        """Without those about no shop; each once."""
        named = (each.shop for each in self.rest if each.shop is not None and each.shop != self.first.shop)
        return tuple(dict.fromkeys(named))

    @property
    def other_hints(self) -> tuple[Message, ...]:
        """What to do about the others, where that differs; of a few only."""
        hints = [each.hint for each in self.rest if each.hint is not None and each.hint != self.first.hint]
        return tuple(dict.fromkeys(hints)) if len(self.rest) < _FEW else ()


def group_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[DiagnosticGroup, ...]:
    """The most severe first. A few of one kind are only put together where they say the same of the same place."""
    found = tuple(diagnostics)
    folds = fold_items(found, about=_kind, like=_kind, order=Diagnostic.sort_key, room=len(found))
    groups = [DiagnosticGroup(items[0], items[1:]) for fold in folds for items in _parted(fold.items)]
    return tuple(
        sorted(groups, key=lambda group: (-group.first.severity, group.first.code.number, group.first.sort_key()))
    )


def _parted(items: tuple[Diagnostic, ...]) -> Iterable[tuple[Diagnostic, ...]]:
    """Many of one kind stay together. Of a few, each has a place and values of its own."""
    if len(items) > _FEW:
        return (items,)
    alike: dict[Hashable, list[Diagnostic]] = {}
    for nth, each in enumerate(items):
        place = nth if each.origin is None else each.origin
        alike.setdefault((place, each.summary, each.expected), []).append(each)
    return map(tuple, alike.values())


def _kind(each: Diagnostic) -> Hashable:
    return each.code.number, each.severity, _template(each.summary), _template(each.expected), _template(each.hint)


def _template(text: Message | None) -> Hashable:
    """The sentence with any names in it. A message inside it counts as part of it."""
    if text is None:
        return ""
    return text.template, tuple(_template(value) for _, value in text.arguments if isinstance(value, Message))
