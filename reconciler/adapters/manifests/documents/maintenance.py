"""`maintenance:`, what this tool may do to the shop, and when. No admin screen knows it."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from reconciler.adapters.manifests.documents.base import Document, Written, own
from reconciler.core.model.formats import WINDOW
from reconciler.core.model.state import Maintenance


class MaintenanceDocument(Document):
    close_shop: Literal["allow", "deny"] | None = own(
        "Closing the shop / 一時閉店の許可",
        english="Whether a change marked 要閉店 may close the shop for a moment. Without it: deny.",
        japanese="要閉店の変更のために店舗を一時的に閉店してよいか。省略時はdeny。",
    )
    window: Annotated[str, Written(WINDOW)] | None = own(
        "Maintenance window / メンテナンス時間帯",
        english="The hours in which the shop may be closed, in its time zone; may reach past midnight.",
        japanese="閉店してよい時間帯。日付をまたいでもかまいません。",
    )
    time_zone: str | None = own(
        "Time zone / タイムゾーン",
        english="The name of the window's time zone. Without it: Asia/Tokyo.",
        japanese="時間帯のタイムゾーン名。省略時はAsia/Tokyo。",
    )

    def permission(self) -> Maintenance:
        return Maintenance(
            close_shop=self.close_shop == "allow",
            window=None if self.window is None else _minutes(self.window),
            time_zone=self.time_zone or "Asia/Tokyo",
        )


@lru_cache(maxsize=256)
def _minutes(window: str) -> tuple[int, int]:
    """`01:00-05:00` as minutes of the day. The form is checked already. The shops of a fleet share a few windows."""
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in window.split("-"))
    return start, end
