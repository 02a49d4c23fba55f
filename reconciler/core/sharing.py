"""What the tool may move out of shops' own files, by the policy on each field. Never an id, a secret, or what names a shop.

In: a place, a value, and the shops that have it. Out: whether a shared file may hold it. What is moved is no more than what the
shops have in common: nothing here makes a shop inherit what it did not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from reconciler.core.layers import Leaf, ref_at
from reconciler.core.policy import Sharing
from reconciler.core.values import ShopKey

_TELLING: Final = 4
"""Letters from which on a part of a shop's key, found in a text, is taken for its name."""


def may_be_default(place: str, value: Leaf) -> bool:
    """Whether it may lie under every shop, also under those that nobody has thought of yet."""
    sharing = _sharing(place)
    return sharing is Sharing.FREELY or (sharing is Sharing.OFF and value is False)


def may_be_grouped(place: str, value: Leaf, shops: Iterable[ShopKey]) -> bool:
    """Whether it may lie under the shops that name a group. `shops` are those that have the value."""
    sharing = _sharing(place)
    if sharing is Sharing.UNNAMED:
        return isinstance(value, str) and not names_any(value, shops)
    return sharing is not Sharing.OWN


def names_any(text: str, shops: Iterable[ShopKey]) -> bool:
    """Whether the text may name one of them. Rather once too often: what stays in a shop's own file does no harm."""
    words = _squeezed(text)
    return any(part in words for shop in shops for part in _tellings(shop))


def _tellings(shop: ShopKey) -> Iterable[str]:
    yield _squeezed(shop)
    yield from (part for part in shop.split("-") if len(part) >= _TELLING)


def _squeezed(text: str) -> str:
    return re.sub(r"[-_. ]", "", text.lower())


def _sharing(place: str) -> Sharing:
    ref = ref_at(place)
    return Sharing.OWN if ref is None else ref.spec.policy.sharing
