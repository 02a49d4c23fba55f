"""The record of a reviewed plan: one line that a check run or a commit status holds, and which is read back from it.

In: a fingerprint, how many shops it covers, and the commit that the plan was compared with. Out: the line, at most 220 bytes;
or the record of a line. A line of another form is no record, so a later version can write another one.
"""

from __future__ import annotations

import re
from typing import Final

from reconciler.lib.frozen_class import frozen

_LINE: Final = re.compile(
    r"reconciler plan 1 (?P<fingerprint>sha256:[0-9a-f]{64}) shops=(?P<shops>0|[1-9][0-9]{0,8})"
    r" base=(?P<base>[0-9a-f]{40}|[0-9a-f]{64})"
)


@frozen
class PlanRecord:
    """`shops` counts the leaves."""

    fingerprint: str
    shops: int
    base: str

    @property
    def text(self) -> str:
        return f"reconciler plan 1 {self.fingerprint} shops={self.shops} base={self.base}"


def read_plan_record(text: str) -> PlanRecord | None:
    """None for a line that is not a record of this version, whole and exact."""
    found = _LINE.fullmatch(text)
    if found is None:
        return None
    return PlanRecord(fingerprint=found["fingerprint"], shops=int(found["shops"]), base=found["base"])
