"""`storefront:`, whether shoppers can enter the shop."""

from __future__ import annotations

from typing import Literal

from reconciler.adapters.manifests.documents.base import Document, managed
from reconciler.core.model.kinds import STOREFRONT_STATUS, StorefrontState
from reconciler.core.values import StorefrontStatus


class StorefrontDocument(Document):
    status: Literal["open", "closed"] | None = managed(
        STOREFRONT_STATUS,
        "status",
        english="Whether the shop is open to shoppers once everything is set.",
        japanese="設定後に店舗を開店しておくか、閉店しておくか。",
    )

    def state(self) -> StorefrontState | None:
        return None if self.status is None else StorefrontState(status=StorefrontStatus(self.status))
