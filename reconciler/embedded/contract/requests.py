"""The shapes of what may be sent, exactly as docs/backend.md spells them; anything else is 422.

Typed dictionaries hold just the keys that were sent: what is not mentioned is absent, never defaulted.
`DERIVED` names the keys that exist in answers but can never be written.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

from reconciler.embedded.contract.responses import PartName, StorefrontStatus
from reconciler.embedded.contract.times import PATTERN, moment_of
from reconciler.embedded.contract.token_seal import PRE_SET_LITERAL

DERIVED: Mapping[str, frozenset[str]] = {
    "amazon-settings": frozenset({"merchantSiteUrl", "buttonsVisible", "apiStatus"}),
    "amazon-pay": frozenset({"use", "regular"}),
    "system-parts": frozenset({"output"}),
}

_NO_CONTROLS = r"^[^\x00-\x1f\x7f]+$"
EMAIL_PATTERN = r"^[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+$"  # printable ASCII; the platform states no form
_URL = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[!-~]*)?$"


def _utf8(token: SecretStr) -> SecretStr:
    """JSON can spell half a character, which no text can hold."""
    try:
        token.get_secret_value().encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("unicode", "this is no text: a character in it is cut in two") from None
    return token


def _not_the_literal(token: SecretStr) -> SecretStr:
    if token.get_secret_value() == PRE_SET_LITERAL:
        raise PydanticCustomError("pre_set_literal", "this literal stands for a token Amazon set; it cannot be written")
    return token


def _a_moment(text: str) -> str:
    try:
        moment_of(text)
    except ValueError as error:
        raise PydanticCustomError("moment", "this date does not exist") from error
    return text


def _digits(text: object) -> object:
    """Query words are text; a number is written in plain digits, and only so."""
    if isinstance(text, str) and not (text.isascii() and text.isdigit()):
        raise PydanticCustomError("digits", "write a whole number in digits")
    return text


def _not_empty(body: dict[str, Any]) -> dict[str, Any]:
    if not body:
        raise PydanticCustomError("empty", "name at least one key to change")
    return body


Identifier = Annotated[str, Field(min_length=1, max_length=200, pattern=_NO_CONTROLS)]
Email = Annotated[str, Field(max_length=254, pattern=EMAIL_PATTERN)]
ClearToken = Annotated[
    SecretStr,
    Field(min_length=1, max_length=200, json_schema_extra={"not": {"const": PRE_SET_LITERAL}}),
    AfterValidator(_utf8),
    AfterValidator(_not_the_literal),
]
Moment = Annotated[str, Field(pattern=PATTERN), AfterValidator(_a_moment)]
EndpointUrl = Annotated[str, Field(max_length=500, pattern=_URL)]
Limit = Annotated[int, Field(ge=1, le=500), BeforeValidator(_digits)]
PartText = Annotated[str, Field(max_length=2000)]


class AmazonSettingsPatch(TypedDict, total=False):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, json_schema_extra={"minProperties": 1})  # type: ignore[misc]

    useAmazon: bool
    sellerId: Identifier
    clientId: Identifier
    mwsAuthToken: ClearToken
    notificationEmail: Email


class AmazonPayPatch(TypedDict, total=False):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True, json_schema_extra={"minProperties": 1})  # type: ignore[misc]

    preOrder: bool
    subscription: bool
    autoLink: bool


class StorefrontPut(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    status: StorefrontStatus


class _PartName(TypedDict):
    # Any text is read here, so that an unknown part gets a code of its own.
    part: Annotated[str, Field(max_length=32, json_schema_extra={"enum": list(get_args(PartName))})]


class PartPatch(_PartName, total=False):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    label: PartText
    message: PartText


class SystemPartsPatch(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    parts: Annotated[list[PartPatch], Field(min_length=1, max_length=10)]


class IpnEndpointPost(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    url: EndpointUrl


class PaymentPost(TypedDict):
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    paymentStatus: Literal["RECEIVED"]
    receiptDate: Moment


AmazonSettingsBody = Annotated[AmazonSettingsPatch, AfterValidator(_not_empty)]
AmazonPayBody = Annotated[AmazonPayPatch, AfterValidator(_not_empty)]
