"""インスタント通知設定 on the wire: a list of URLs of a seller, which may contain the shop's own.

A write carries `registration`, and beside it the `seller_id` and `url` it is for: POST adds the URL, DELETE removes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.messages import API, ApiRequest
from reconciler.adapters.backend.wire.codec import Codec, DecodeContext
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.kinds import IpnEndpoint
from reconciler.core.values import ABSENT, Registration
from reconciler.ports import WriteRequest

NO_SELLER: Final = "none"
"""The version that the contract gives to the list of a shop without a seller id: of no use for a write."""


def decode(part: JsonObjectReader, around: DecodeContext) -> IpnEndpoint:
    seller = part.text_or_absent("sellerId")
    if seller != around.seller_id:
        raise WireDecodeError(msg("{place}.sellerId is not the shop's SellerId", place=part.place))
    if part.text("environment") != around.environment.value:
        raise WireDecodeError(msg("{place}.environment is not the requested one", place=part.place))
    if any(isinstance(text, str) and contains_credential(text) for text in (seller, around.merchant_site_url)):
        # Both would become part of a requested address, and of plans.
        raise WireDecodeError(msg("{place}: its seller id or URL looks like a secret", place=part.place))
    urls = [endpoint.text("url") for endpoint in part.items("endpoints")]
    ours = around.merchant_site_url
    return IpnEndpoint(
        registration=Registration.REGISTERED if ours in urls else Registration.ABSENT,
        seller_id=seller,
        others=tuple(url for url in urls if url != ours),
    )


def encode(write: WriteRequest, environment: WireEnvironment) -> ApiRequest:
    url = _text(write, "url")
    call = replace(list_request(write, environment), version=write.version)
    match write.values.get("registration"):
        case Registration.REGISTERED:
            return replace(call, method="POST", body={"url": url}, key=write.key)
        case Registration.ABSENT:
            return replace(call, method="DELETE", query=f"{call.query}&{urlencode({'url': url})}")
        case _:
            raise ValueError("ipn_endpoint.registration must be a Registration")


def list_request(write: WriteRequest, environment: WireEnvironment) -> ApiRequest:
    """Reads the list that `write` is about."""
    path = f"{API}/seller-central/{quote(_text(write, 'seller_id'), safe='')}/ipn-endpoints"
    return ApiRequest(method="GET", path=path, query=urlencode({"environment": environment.value}), shop=write.shop)


def write_context(write: WriteRequest, environment: WireEnvironment) -> DecodeContext:
    """What the answer to `write` is read beside."""
    return DecodeContext(
        environment=environment, merchant_site_url=_text(write, "url"), seller_id=_text(write, "seller_id")
    )


def _text(write: WriteRequest, name: str) -> str:
    value = write.values.get(name, ABSENT)
    if isinstance(value, Mapping) or not isinstance(value, str) or not value:
        raise ValueError(f"a write of ipn_endpoint must name its {name}")
    return value


CODEC: Final = Codec(
    kind="ipn_endpoint",
    part="ipnEndpoints",
    decode=decode,
    encode=encode,
    # The trail names the environment in place of a field; `audit` lets through the run's own only.
    names={environment.value: "registration" for environment in WireEnvironment},
)
