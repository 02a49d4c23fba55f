"""The identity of a finding: the same for as long as the same is wrong in the same place, with any text, line or run.

In: names. Out: 16 hexadecimal digits. Reports, alerts and acceptances of drift know a finding by it: what goes in never changes.
"""

from __future__ import annotations

import hashlib

from reconciler.core.model.canonical import dumps
from reconciler.core.model.state import FieldRef


def finding_id(fleet: str, shop: str, field: str, rule: str) -> str:
    """`fleet` is the name of the fleet, `shop` a key or, of a finding that belongs to no shop, the file. `field` is a
    `field_place` or what else a diagnostic is about; `rule` a code or a drift label. What is not known is empty.
    """
    return hashlib.sha256(dumps([fleet, shop, field, rule]).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def field_place(ref: FieldRef) -> str:
    """The place of a field in a manifest; of one that no manifest declares, its own name."""
    return ref.manifest_path or str(ref)
