"""What the shop may use. The merchant applies for it outside the admin screens, so it is read-only here."""

from __future__ import annotations

from typing import Final

from reconciler.core.model.policy import issued, kind_spec
from reconciler.core.model.value_words import APPLICATION, CONTRACT, SHOP_MODE
from reconciler.core.values import CommerceCreator, Unset
from reconciler.lib.frozen_class import frozen


@frozen
class Entitlements:
    pay_option: bool | Unset = issued("他社ID決済オプション Amazon Pay", title="Amazon Pay option", words=APPLICATION)
    amazon_contract: bool | Unset = issued(
        "アマゾンジャパン合同会社との契約", title="Contract with Amazon", words=CONTRACT
    )
    commerce_creator: CommerceCreator | Unset = issued(
        "コマースクリエイター", title="Commerce Creator", words=SHOP_MODE
    )
    subscription_applications: bool | Unset = issued(
        "定期・頒布会販売の申込", title="Subscription applications", words=APPLICATION
    )


ENTITLEMENTS: Final = kind_spec(
    Entitlements, name="entitlements", label="お申込み状況", title="Entitlements", screen="お申込み状況"
)
