"""What a group that was found is called: by what is on in it. People may rename it; its shops name it.

In: the group's values, and the names that are taken. Out: a name that a file may have.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from reconciler.core.forms import GROUP
from reconciler.core.layers import Leaf, Profile

_WORDS: Final[Mapping[tuple[str, Leaf], str]] = {
    ("amazon.enabled", True): "on",
    ("amazon.enabled", False): "off",
    ("payment.amazon_pay.pre_order", True): "pre-order",
    ("payment.amazon_pay.subscription", True): "subscription",
    ("seller_central.ipn_endpoint", "registered"): "ipn",
    ("storefront.status", "closed"): "closed",
}
_SWITCHES: Final = frozenset({"on", "off"})
"""By themselves YAML reads them as true and false: whoever wrote `group: off` by hand would be refused."""
_OTHERWISE: Final = "common"
_LONGEST: Final = 36


def name_of(values: Profile) -> str:
    name = "-".join(word for (place, value), word in _WORDS.items() if values.get(place) == value) or _OTHERWISE
    return f"switched-{name}" if name in _SWITCHES else name


def name_of_label(value: str) -> str:
    """The label's value as the name of a file."""
    name = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")[:_LONGEST].strip("-")
    return name if GROUP.accepts(name) else _OTHERWISE


def unused(name: str, taken: Collection[str]) -> str:
    """The name, or the first of `name-2`, `name-3`, ... that nobody has."""
    return next(one for one in _numbered(name) if one not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}-{number}"
        number += 1
