"""Whether shoppers can enter the shop. Where the admin screens switch this is not known to us; the label is ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from reconciler.core.model.policy import Sharing, kind_spec, managed
from reconciler.core.values import StorefrontStatus, Unset


@dataclass(frozen=True, slots=True, kw_only=True)
class StorefrontState:
    status: StorefrontStatus | Unset = managed(
        "店舗の状態", title="Storefront", declared="storefront.status", sharing=Sharing.GROUPS
    )


STOREFRONT_STATUS: Final = kind_spec(
    StorefrontState, name="storefront_status", label="店舗の開店・閉店", screen="店舗の開店・閉店"
)
