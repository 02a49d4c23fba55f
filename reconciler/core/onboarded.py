"""What an onboarding did, or would do: a row a shop, and what each still lacks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.imported import FileNews
from reconciler.core.values import ShopKey


class Does(Enum):
    """What becomes of a shop's manifest."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardedRow:
    """`line` is that of the table. `lacks` stops nothing. `owners` are written as CODEOWNERS has them."""

    line: int
    shop: ShopKey
    file: str
    does: Does
    lacks: tuple[Diagnostic, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Onboarded:
    """`findings` are about rows and columns; where one of them is an error, `rows` is empty and nothing was written. `news` is
    filled where it was only looked (`check`). `asked` tells whether the backend was.
    """

    count: int
    rows: tuple[OnboardedRow, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    news: tuple[FileNews, ...] = ()
    check: bool = False
    asked: bool = False

    def counted(self, does: Does) -> int:
        return sum(row.does is does for row in self.rows)
