"""The shape of a seed, checked by pydantic: what may be said, with which defaults.

Names are the contract's. Unknown keys are errors. It reads nothing and writes nothing.
"""

from decimal import Decimal
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

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
from reconciler.embedded.resources.shopping.order_details import OrderDetails
from reconciler.embedded.seeding.seed_model import SecretSource, SeedModel, ShopKey
from reconciler.embedded.seeding.shop_document import SeedBuyer, SeedContents, SeedMember, SeedOrigin, SeedProduct

AmazonId = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,4}(-[A-Z0-9]{1,8}){2,3}$")]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]

_TOTAL: Final = "1000"


class StateToken(SeedModel):
    state: Literal["UNSET", "PRE_SET"]


class SeedAmazonSettings(SeedModel):
    use_amazon: bool = False
    seller_id: Identifier | None = None
    client_id: Identifier | None = None
    mws_auth_token: StateToken | SecretSource = StateToken(state="UNSET")
    notification_email: Email | None = None
    merchant_site_url: str | None = None
    """Absent: issued by the rule of the configuration. null: not issued yet."""
    api_status: ApiStatus | None = None
    """Absent: UNCHECKED until the three values are set, then what Amazon would say."""


class SeedPayment(SeedModel):
    use: bool | None = None
    regular: bool | None = None
    """`use` and `regular` absent: as useAmazon implies. Given: a row that differs from it, for drift."""
    pre_order: bool = False
    subscription: bool = False
    auto_link: bool = True


class SeedPart(SeedModel):
    part: PartName
    label: PartText | None = None
    message: PartText | None = None


class SeedEntitlements(SeedModel):
    pay_option: bool = True
    amazon_contract: bool = True
    commerce_creator: CommerceCreator = "DISABLED"
    subscription_applications: bool = False


class SeedShop(SeedModel):
    shop_key: ShopKey
    storefront: StorefrontStatus = "OPEN"
    entitlements: SeedEntitlements = SeedEntitlements()
    amazon_settings: SeedAmazonSettings = SeedAmazonSettings()
    payment: SeedPayment = SeedPayment()
    parts: tuple[SeedPart, ...] = ()
    guest_purchase: bool = True
    """購入時会員登録設定 [?]: may a shopper buy without becoming a member?"""
    parts_output: bool | None = None
    """Absent: as useAmazon implies."""


class SeedEndpoint(SeedModel):
    seller_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,64}$")]
    environment: Environment = "PRODUCTION"
    url: EndpointUrl


class SeedCharge(SeedModel):
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
    created_at: Moment | None = None
    """Absent: when the seed is added. An authorization lapses 30 days after it."""

    def row(self) -> dict[str, Any]:
        """But for its times."""
        captured = self.capture_amount or (self.charge_amount if self.state == "Captured" else None)
        return {**self.model_dump(exclude={"created_at"}), "capture_amount": captured}


class _SeedOfCharge(SeedModel):
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


class SeedPermission(SeedModel):
    charge_permission_id: AmazonId
    shop_key: ShopKey
    type: PermissionType = "OneTime"
    state: PermissionState = "Chargeable"
    reason_code: Annotated[str, Field(pattern=r"^[A-Za-z]{1,64}$")] | None = None


class SeedOrder(SeedContents):
    order_no: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,12}$")]
    shop_key: ShopKey
    type: OrderType = "REGULAR"
    status: OrderStatus = "AWAITING_PAYMENT"
    payment_status: PaymentStatus = "NOTRECEIVED"
    receipt_date: Moment | None = None
    amazon_order_reference_id: Annotated[str, Field(max_length=64)] | None = None
    total_amount: Amount | None = None
    """Absent: the sum of the items, or 1000 without items."""
    currency: Currency = "JPY"
    ordered_at: Moment | None = None
    """Absent: when the seed is added. Only the screens show it."""

    @model_validator(mode="after")
    def _items_are_the_order(self) -> Self:
        details = self.details()
        if details is None:
            return self
        if details.basket.fault is not None:
            raise ValueError("items of one order have one cycleMonths")
        total = details.basket.total
        if self.currency != "JPY" or (self.total_amount is not None and Decimal(self.total_amount) != total):
            raise ValueError(f"the items cost {total} JPY, which is not totalAmount and currency")
        return self

    def details(self) -> OrderDetails | None:
        return self.contents(self.type)

    def row(self) -> dict[str, Any]:
        """But for its times."""
        details = self.details()
        total = self.total_amount or (_TOTAL if details is None else str(details.basket.total))
        return {**self.model_dump(exclude={"items", "buyer", "address", "ordered_at"}), "total_amount": total}


class SeedAccount(SeedModel):
    """What Amazon knows of a seller: that it is revoked, which of its tokens are, which client is its own."""

    seller_id: Identifier
    client_id: Identifier | None = None
    revoked: bool = False
    revoked_tokens: tuple[SecretSource, ...] = ()


class SeedClient(SeedModel):
    client_id: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^:]+$")]
    secret: SecretSource
    shop_key: ShopKey | None = None
    """Absent: an operator's client."""


class SeedUser(SeedModel):
    """Who signs in to the screens."""

    account: Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]
    password: SecretSource
    shop_key: ShopKey | None = None
    """Absent: an operator."""
    name: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Absent: as the account."""


class SeedDocument(SeedModel):
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
    products: tuple[SeedProduct, ...] = ()
    members: tuple[SeedMember, ...] = ()
    amazon_buyers: tuple[SeedBuyer, ...] = ()
    javascript_origins: tuple[SeedOrigin, ...] = ()

    @model_validator(mode="after")
    def _each_shop_once(self) -> Self:
        seen: set[str] = set()
        for shop in self.shops:
            if shop.shop_key in seen:
                raise ValueError(f"the shop {shop.shop_key} is named twice")
            seen.add(shop.shop_key)
        return self
