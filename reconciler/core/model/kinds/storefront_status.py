"""Whether shoppers can enter the shop. The manual does not show the screen that switches it, so the label is our own."""

from __future__ import annotations

from typing import Final

from reconciler.core.model.policy import FindingSeverity, Sharing, kind_spec, managed
from reconciler.core.model.value_words import OPENING
from reconciler.core.values import StorefrontStatus, Unset
from reconciler.lib.frozen_class import frozen


@frozen
class StorefrontState:
    status: StorefrontStatus | Unset = managed(
        "店舗の状態",
        title="Storefront status",
        declared="storefront.status",
        severity=FindingSeverity.HIGH,
        sharing=Sharing.GROUPS,
        words=OPENING,
    )


STOREFRONT_STATUS: Final = kind_spec(
    StorefrontState,
    name="storefront_status",
    label="店舗の開店・閉店",
    title="Opening and closing",
    screen="店舗の開店・閉店",
)
