"""Amazon設定 on the wire. The token comes as a state or a seal, and goes as it is; it is never read in clear."""

from __future__ import annotations

import re
from typing import Final

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.messages import ApiRequest
from reconciler.adapters.backend.http.redact import safe_quote
from reconciler.adapters.backend.wire.codec import Codec, DecodeContext, invert_mapping, shop_path, to_wire_names
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.values import ABSENT, PRE_SET, Absent, ApiStatus, PreSet, SealedSecret
from reconciler.ports import WriteRequest

_WRITABLE: Final = {
    "enabled": "useAmazon",
    "seller_id": "sellerId",
    "client_id": "clientId",
    "mws_auth_token": "mwsAuthToken",
    "notification_email": "notificationEmail",
}
_SALT: Final = re.compile(r"(?:[0-9a-f]{2}){1,128}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def decode(part: JsonObjectReader, _around: DecodeContext) -> AmazonSettings:
    return AmazonSettings(
        enabled=part.flag("useAmazon"),
        seller_id=part.text_or_absent("sellerId"),
        client_id=part.text_or_absent("clientId"),
        mws_auth_token=_token(part.inner("mwsAuthToken")),
        notification_email=part.text_or_absent("notificationEmail"),
        merchant_site_url=part.text_or_absent("merchantSiteUrl"),
        api_status=part.choice("apiStatus", ApiStatus),
        buttons_visible=part.flag("buttonsVisible"),
    )


def _token(token: JsonObjectReader) -> SealedSecret | PreSet | Absent:
    match token.text("state"):
        case "UNSET":
            return ABSENT
        case "PRE_SET":
            return PRE_SET
        case "SET":
            salt, digest = token.text("salt").lower(), token.text("digest").lower()
            if not (_SALT.fullmatch(salt) and _DIGEST.fullmatch(digest)):
                raise WireDecodeError(
                    msg("{place}: salt or digest is not hexadecimal of the right length", place=token.place)
                )
            return SealedSecret(salt, digest)
        case other:
            raise WireDecodeError(
                msg("{place}: unknown value {value}", place=f"{token.place}.state", value=safe_quote(other))
            )


def encode(write: WriteRequest, _environment: WireEnvironment) -> ApiRequest:
    body = to_wire_names(write, _WRITABLE)
    path = shop_path(write.shop, "amazon-settings")
    return ApiRequest(method="PATCH", path=path, shop=write.shop, body=body, version=write.version)


_ISSUED: Final = {
    "merchantSiteUrl": "merchant_site_url",
    "apiStatus": "api_status",
    "buttonsVisible": "buttons_visible",
}
CODEC: Final = Codec(
    kind="amazon_settings",
    part="amazonSettings",
    decode=decode,
    encode=encode,
    names={**invert_mapping(_WRITABLE), **_ISSUED},
)
