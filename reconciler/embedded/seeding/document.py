"""The shape of a seed, checked by pydantic: what may be said, with which defaults.

Names are the contract's. Unknown keys are errors. It reads nothing and writes nothing.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic.alias_generators import to_camel

from reconciler.embedded.contract.requests import Email, EndpointUrl, Identifier, Moment, PartText
from reconciler.embedded.contract.responses import (
    ApiStatus,
    ChargeState,
    CommerceCreator,
    DisputeState,
    Environment,
    OrderStatus,
    OrderType,
    PartName,
    PaymentStatus,
    PermissionState,
    PermissionType,
    RefundState,
    StorefrontStatus,
)

ShopKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
AmazonId = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}(-[A-Z0-9]{1,8}){2,3}$")]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _SeedModel(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=to_camel, populate_by_name=True)


class SecretSource(_SeedModel):
    """Exactly one of `value` (in clear: for tests) and `env` (the name of an environment variable)."""

    value: SecretStr | None = Field(default=None, min_length=1)
    env: str | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.value is None) == (self.env is None):
            raise ValueError("give either value or env")
        return self


class StateToken(_SeedModel):
    state: Literal["UNSET", "PRE_SET"]


class SeedAmazonSettings(_SeedModel):
    use_amazon: bool = False
    seller_id: Identifier | None = None
    client_id: Identifier | None = None
    mws_auth_token: StateToken | SecretSource = StateToken(state="UNSET")
    notification_email: Email | None = None
    merchant_site_url: str | None = None
    """Absent: issued by the rule of the configuration. null: not issued yet."""
    api_status: ApiStatus | None = None
    """Absent: UNCHECKED until the three values are set, then what Amazon would say."""


class SeedPayment(_SeedModel):
    use: bool | None = None
    regular: bool | None = None
    """`use` and `regular` absent: as useAmazon implies. Given: a row that differs from it, for drift."""
    pre_order: bool = False
    subscription: bool = False
    auto_link: bool = True


class SeedPart(_SeedModel):
    part: PartName
    label: PartText | None = None
    message: PartText | None = None


class SeedEntitlements(_SeedModel):
    pay_option: bool = True
    amazon_contract: bool = True
    commerce_creator: CommerceCreator = "DISABLED"
    subscription_applications: bool = False


class SeedShop(_SeedModel):
    shop_key: ShopKey
    storefront: StorefrontStatus = "OPEN"
    entitlements: SeedEntitlements = SeedEntitlements()
    amazon_settings: SeedAmazonSettings = SeedAmazonSettings()
    payment: SeedPayment = SeedPayment()
    parts: tuple[SeedPart, ...] = ()
    parts_output: bool | None = None
    """Absent: as useAmazon implies."""


class SeedEndpoint(_SeedModel):
    seller_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]
    environment: Environment = "PRODUCTION"
    url: EndpointUrl


class SeedCharge(_SeedModel):
    charge_id: AmazonId
    shop_key: ShopKey
    charge_permission_id: AmazonId
    state: ChargeState = "Captured"
    reason_code: Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$")] | None = None
    charge_amount: Amount = "1000"
    capture_amount: Amount | None = None
    """Absent: all of it once it is captured."""
    currency: Currency = "JPY"
    merchant_reference_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] | None = None
    """The number of the order, where the merchant gave it to Amazon."""

    def row(self) -> dict[str, Any]:
        captured = self.capture_amount or (self.charge_amount if self.state == "Captured" else None)
        return {**self.model_dump(), "capture_amount": captured}


class _SeedOfCharge(_SeedModel):
    shop_key: ShopKey
    charge_id: AmazonId
    reason_code: Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$")] | None = None
    amount: Amount = "1000"
    currency: Currency = "JPY"


class SeedRefund(_SeedOfCharge):
    refund_id: AmazonId
    state: RefundState = "Refunded"


class SeedDispute(_SeedOfCharge):
    dispute_id: AmazonId
    state: DisputeState = "ActionRequired"
    filing_reason: Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$")] = "ProductNotReceived"


class SeedPermission(_SeedModel):
    charge_permission_id: AmazonId
    shop_key: ShopKey
    type: PermissionType = "OneTime"
    state: PermissionState = "Chargeable"
    reason_code: Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$")] | None = None


class SeedOrder(_SeedModel):
    order_no: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,12}$")]
    shop_key: ShopKey
    type: OrderType = "REGULAR"
    status: OrderStatus = "AWAITING_PAYMENT"
    payment_status: PaymentStatus = "NOTRECEIVED"
    receipt_date: Moment | None = None
    amazon_order_reference_id: Annotated[str, Field(max_length=64)] | None = None
    total_amount: Amount = "1000"
    currency: Currency = "JPY"
    ordered_at: Moment | None = None
    """Absent: when the seed is added. Only the screens show it."""


class SeedAccount(_SeedModel):
    """What Amazon knows of a seller: that it is revoked, which of its tokens are, which client is its own."""

    seller_id: Identifier
    client_id: Identifier | None = None
    revoked: bool = False
    revoked_tokens: tuple[SecretSource, ...] = ()


class SeedClient(_SeedModel):
    client_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^:]+$")]
    secret: SecretSource
    shop_key: ShopKey | None = None
    """Absent: an operator's client."""


class SeedUser(_SeedModel):
    """Who signs in to the screens."""

    account: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    password: SecretSource
    shop_key: ShopKey | None = None
    """Absent: an operator."""
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Absent: as the account."""


class SeedDocument(_SeedModel):
    shops: tuple[SeedShop, ...] = ()
    ipn_endpoints: tuple[SeedEndpoint, ...] = ()
    orders: tuple[SeedOrder, ...] = ()
    charges: tuple[SeedCharge, ...] = ()
    refunds: tuple[SeedRefund, ...] = ()
    disputes: tuple[SeedDispute, ...] = ()
    charge_permissions: tuple[SeedPermission, ...] = ()
    amazon_accounts: tuple[SeedAccount, ...] = ()
    clients: tuple[SeedClient, ...] = ()
    users: tuple[SeedUser, ...] = ()

    @model_validator(mode="after")
    def _each_shop_once(self) -> Self:
        seen: set[str] = set()
        for shop in self.shops:
            if shop.shop_key in seen:
                raise ValueError(f"the shop {shop.shop_key} is named twice")
            seen.add(shop.shop_key)
        return self
