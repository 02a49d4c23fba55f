"""The shapes of writing several shops in one request, exactly as docs/backend.md spells them."""

from typing import Annotated, Any, Literal, NotRequired

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

from reconciler.embedded.contract.problems import ProblemBody
from reconciler.embedded.contract.responses import (
    AmazonPayResponse,
    AmazonSettingsResponse,
    StorefrontResponse,
    SystemPartsResponse,
)

WritableName = Literal["amazonSettings", "amazonPay", "storefront", "systemParts"]
"""As an integration names them."""


class BulkFence(TypedDict):
    """What X-Fence says of a single write."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    issuer: Annotated[str, Field(pattern=r"^[0-9A-Za-z_-]{1,64}$")]
    number: Annotated[int, Field(ge=0, lt=10**15)]


class BulkItem(TypedDict):
    """A write of one resource of one shop: `ifMatch`, `idempotencyKey`, `writeKey` and `fence` are what the headers If-Match,
    Idempotency-Key, X-Write-Key and X-Fence say of a single write, `value` is its body.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    shopKey: Annotated[str, Field(min_length=1, max_length=64)]
    resource: WritableName
    ifMatch: Annotated[str, Field(min_length=1, max_length=500)]
    idempotencyKey: NotRequired[Annotated[str, Field(min_length=1, max_length=255)]]
    writeKey: NotRequired[Annotated[str, Field(pattern=r"^[!-~]{1,255}$")]]
    fence: NotRequired[BulkFence]
    value: dict[str, Any]


class BulkWrite(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    items: Annotated[list[BulkItem], Field(min_length=1, max_length=500)]


class BulkWritten(TypedDict):
    """`etag` and `value` are what the single route answers."""

    shopKey: str
    resource: WritableName
    status: Literal[200]
    etag: str
    value: AmazonSettingsResponse | AmazonPayResponse | StorefrontResponse | SystemPartsResponse


class BulkRefused(TypedDict):
    """`status` is that of the problem."""

    shopKey: str
    resource: WritableName
    status: int
    problem: ProblemBody


class BulkAnswers(TypedDict):
    """As many as there were items, in their order."""

    items: list[BulkWritten | BulkRefused]
