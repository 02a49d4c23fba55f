"""What is known of a shop whose manifest is to be written: from the command line, or from a row of a table.

A draft says what it knows and nothing else: what it does not mention stays as it is in a manifest that is there already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.core.layers import Leaf
from reconciler.core.values import Origin, ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """`values` maps dotted places to values as a manifest writes them. `origin` is where it was said, for findings;
    `columns` tells by place in which column of that line, where it was a table's. Of what is `masked` it knows only that there is
    one: a manifest that says anything of it knows more.
    """

    shop: ShopKey
    values: Mapping[str, Leaf] = field(default_factory=dict)
    group: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    origin: Origin | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    masked: frozenset[str] = frozenset()
