"""The shapes of what is answered, exactly as docs/backend.md spells them.

Typed dictionaries: mypy checks every body that is built, and the OpenAPI document is generated from them.
"""

from typing import (
    Literal,
    NotRequired,  # pydantic asks for this one below Python 3.12
)

from typing_extensions import TypedDict

from reconciler.embedded.contract.token_seal import Token

ApiStatus = Literal["UNCHECKED", "VALID", "ERROR"]
StorefrontStatus = Literal["OPEN", "CLOSED"]
CommerceCreator = Literal["DISABLED", "ENABLED", "RUNNING"]
Environment = Literal["PRODUCTION", "SANDBOX"]
ActorType = Literal["CLIENT", "MERCHANT", "PLATFORM", "AMAZON"]
PartName = Literal["ORDER_AREA", "LOGIN_LINK_AREA"]
PaymentStatus = Literal["NOTRECEIVED", "RECEIVED"]
OrderType = Literal["REGULAR", "PREORDER", "SUBSCRIPTION", "HANPUKAI"]
OrderStatus = Literal[
    "AWAITING_PAYMENT", "COMPLETED", "CANCELLED", "REFUNDED", "AWAITING_SHIPMENT", "ON_HOLD", "PREORDER"
]

ChargeState = Literal["AuthorizationInitiated", "Authorized", "CaptureInitiated", "Captured", "Canceled", "Declined"]
RefundState = Literal["RefundInitiated", "Refunded", "Declined"]
DisputeState = Literal["ActionRequired", "UnderReview", "Resolved", "Closed"]
PermissionState = Literal["Chargeable", "NonChargeable", "Closed"]
PermissionType = Literal["OneTime", "Recurring"]


class AmazonSettingsResponse(TypedDict):
    """Amazon設定. `buttonsVisible` is derived, `merchantSiteUrl` (販売事業者様サイトURL) is issued."""

    shopKey: str
    useAmazon: bool
    sellerId: str | None
    clientId: str | None
    mwsAuthToken: Token
    notificationEmail: str | None
    merchantSiteUrl: str | None
    buttonsVisible: bool
    apiStatus: ApiStatus


class AmazonPayResponse(TypedDict):
    """Amazon Pay設定. `use` and `regular` (通常販売) follow `useAmazon`. A backend may omit `autoLink` (自動連携)."""

    shopKey: str
    use: bool
    regular: bool
    preOrder: bool
    subscription: bool
    autoLink: NotRequired[bool]


class StorefrontResponse(TypedDict):
    shopKey: str
    status: StorefrontStatus


class Part(TypedDict):
    part: PartName
    name: str
    label: str | None
    message: str | None


class SystemPartsResponse(TypedDict):
    """システムパーツ. `output` follows `useAmazon`."""

    shopKey: str
    output: bool
    parts: list[Part]


class EntitlementsResponse(TypedDict):
    shopKey: str
    payOption: bool
    amazonContract: bool
    commerceCreator: CommerceCreator
    subscriptionApplications: bool


class IpnEndpointResponse(TypedDict):
    url: str
    createdAt: str


class IpnEndpointsResponse(TypedDict):
    """`sellerId` is null only inside an integration whose shop has no seller id."""

    sellerId: str | None
    environment: Environment
    endpoints: list[IpnEndpointResponse]


class VersionedAmazonSettings(TypedDict):
    version: str
    value: AmazonSettingsResponse


class VersionedAmazonPay(TypedDict):
    version: str
    value: AmazonPayResponse


class VersionedStorefront(TypedDict):
    version: str
    value: StorefrontResponse


class VersionedSystemParts(TypedDict):
    version: str
    value: SystemPartsResponse


class VersionedEntitlements(TypedDict):
    version: str
    value: EntitlementsResponse


class VersionedIpnEndpoints(TypedDict):
    version: str
    value: IpnEndpointsResponse


class Integration(TypedDict):
    """All of a shop in one answer; each part with the version its own route would answer."""

    shopKey: str
    updatedAt: str
    amazonSettings: VersionedAmazonSettings
    amazonPay: VersionedAmazonPay
    storefront: VersionedStorefront
    systemParts: VersionedSystemParts
    entitlements: VersionedEntitlements
    ipnEndpoints: VersionedIpnEndpoints


class Integrations(TypedDict):
    items: list[Integration]
    nextUrl: str | None


# Functional form: `from` is a keyword.
Change = TypedDict(
    "Change",
    {
        "changeId": int,
        "at": str,
        "actor": str,
        "actorType": ActorType,
        "resource": str,
        "field": str,
        "from": object,
        "to": object,
        "cause": str | None,
        "writeKey": str | None,
    },
)


class Capabilities(TypedDict):
    """What this backend offers beyond the rules for all routes."""

    capabilities: list[str]


class Changes(TypedDict):
    items: list[Change]
    nextUrl: str | None


class OrderResponse(TypedDict):
    orderNo: str
    shopKey: str
    type: OrderType
    status: OrderStatus
    paymentStatus: PaymentStatus
    receiptDate: str | None
    amazonOrderReferenceId: str | None
    totalAmount: str
    currency: str
    version: str


class PaidOrderResponse(OrderResponse):
    changed: bool


class OrdersResponse(TypedDict):
    items: list[OrderResponse]
    nextUrl: str | None


class Money(TypedDict):
    amount: str
    currencyCode: str


class StatusDetails(TypedDict):
    """`lastUpdatedTimestamp` as Amazon writes it: `20260401T030000Z`."""

    state: ChargeState
    reasonCode: str | None
    reasonDescription: str | None
    lastUpdatedTimestamp: str


class MerchantMetadata(TypedDict):
    merchantReferenceId: str


class ChargeResponse(TypedDict):
    """A charge as Amazon Pay (Checkout v2) answers it. `chargePermissionId` is the order reference, but for 定期 the permission
    of all its charges; then `merchantMetadata` may name the order. `expirationTimestamp` is when an authorization lapses.
    """

    chargeId: str
    chargePermissionId: str
    chargeAmount: Money
    captureAmount: Money | None
    statusDetails: StatusDetails
    creationTimestamp: str
    expirationTimestamp: str | None
    merchantMetadata: MerchantMetadata | None
    releaseEnvironment: Literal["Live", "Sandbox"]


class ChargesResponse(TypedDict):
    charges: list[ChargeResponse]


class RefundStatus(TypedDict):
    state: RefundState
    reasonCode: str | None
    reasonDescription: str | None
    lastUpdatedTimestamp: str


class RefundResponse(TypedDict):
    refundId: str
    chargeId: str
    refundAmount: Money
    statusDetails: RefundStatus
    creationTimestamp: str
    releaseEnvironment: Literal["Live", "Sandbox"]


class DisputeStatus(TypedDict):
    state: DisputeState
    reasonCode: str | None
    reasonDescription: str | None
    lastUpdatedTimestamp: str


class DisputeResponse(TypedDict):
    """A chargeback. `merchantResponseDeadline` is until when the merchant may answer it."""

    disputeId: str
    chargeId: str
    disputeType: Literal["Chargeback"]
    disputeAmount: Money
    filingReason: str
    statusDetails: DisputeStatus
    merchantResponseDeadline: str
    creationTimestamp: str
    releaseEnvironment: Literal["Live", "Sandbox"]


class PermissionReason(TypedDict):
    reasonCode: str
    reasonDescription: str | None


class PermissionStatus(TypedDict):
    state: PermissionState
    reasons: list[PermissionReason] | None
    lastUpdatedTimestamp: str


class ChargePermissionResponse(TypedDict):
    """A buyer's consent: to one order (OneTime), or to the orders of a 定期 (Recurring)."""

    chargePermissionId: str
    chargePermissionType: PermissionType
    statusDetails: PermissionStatus
    creationTimestamp: str
    releaseEnvironment: Literal["Live", "Sandbox"]


class AccessToken(TypedDict):
    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
