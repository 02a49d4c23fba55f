"""Accepted drift: an entry of the ledger in Git, and whether it covers a finding.

In: entries, a finding and the time. Out: whether the entry holds. The file is read in `adapters/manifests/ledger`.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.findings.finding import FIELD_CLASSES, FindingKey, same_stored_value
from reconciler.core.model.canonical import Json
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen

LONGEST_DAYS: Final = 90
LONGEST_TEXT: Final = 500
"""Characters of the owner and the reason."""


@frozen
class Acceptance:
    """`field` is a `field_place`, `value` the observed value that is accepted. `until` is the last day, in Japan:
    `2026-12-31`.
    """

    shop: str
    field: str
    value: Json
    until: str
    owner: str
    reason: str
    origin: Origin | None = None

    @property
    def ends(self) -> str:
        """The end of the last day, in UTC."""
        return end_of_day(self.until)

    def names(self, key: FindingKey) -> bool:
        return key.kind in FIELD_CLASSES and (self.shop, self.field) == (key.shop, key.field)

    def covers(self, observed: Json, at: str) -> bool:
        """Another value is not accepted, nor is the same one after the last day."""
        return at < self.ends and same_stored_value(self.value, observed)


def end_of_day(day: str) -> str:
    """Of a day in Japan, in UTC."""
    return f"{day}T15:00:00Z"
