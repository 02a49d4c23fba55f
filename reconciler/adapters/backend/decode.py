"""One shop's integration answer -> `Observed`. A part that cannot be understood makes that kind unknown and no other.

Unless the answer mixes shops: one that holds another shop's key anywhere is believed in no part.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.adapters.backend.http.config import WireEnvironment
from reconciler.adapters.backend.http.interpret import is_version
from reconciler.adapters.backend.wire import CODECS, Codec, DecodeContext, JsonObjectReader, WireDecodeError
from reconciler.adapters.backend.wire.amazon_settings import CODEC as AMAZON_SETTINGS
from reconciler.adapters.backend.wire.ipn_endpoint import CODEC as IPN_ENDPOINT
from reconciler.adapters.documentation import documentation
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.kinds import AmazonSettings
from reconciler.core.model.state import Known, Observed, ReadResult, Unknown
from reconciler.core.values import ABSENT, ShopKey

_NOT_NEEDED = DecodeContext(environment=WireEnvironment.PRODUCTION, merchant_site_url=ABSENT, seller_id=ABSENT)


class WrongShop(WireDecodeError):
    """The response has another shop's key."""


def decode_observed(json: Mapping[str, Any], shop: ShopKey, environment: WireEnvironment) -> Observed:
    """Never raises: what is wrong with the response is in the reads."""
    answer = JsonObjectReader(json, "")
    try:
        expect_shop(answer, shop)
        return Observed(shop=shop, reads=_reads(answer, shop, environment))
    except WireDecodeError as fault:
        return Observed.unknown(shop, decode_error_diagnostic(fault.text, shop))


def expect_shop(fields: JsonObjectReader, shop: ShopKey) -> None:
    """Raises WireDecodeError."""
    if fields.text("shopKey") != shop:
        raise WrongShop(msg("the answer is for another shop than {shop}", shop=shop))


def decode_error_diagnostic(text: Message, shop: ShopKey, kind: str | None = None) -> Diagnostic:
    hint = msg("Check that the backend's version matches the API in {page}", page=documentation("backend.md"))
    return diagnostic(codes.UNEXPECTED, text, shop=shop, subject=kind, hint=hint)


def _reads(answer: JsonObjectReader, shop: ShopKey, environment: WireEnvironment) -> dict[str, ReadResult]:
    """Raises WrongShop."""
    reads: dict[str, ReadResult] = {}
    for kind, codec in CODECS.items():  # amazon_settings is before ipn_endpoint, as in core.kinds
        if codec is IPN_ENDPOINT:
            reads[kind] = _endpoint(answer, shop, reads[AMAZON_SETTINGS.kind], environment)
        else:
            reads[kind] = _read(codec, answer, shop, _NOT_NEEDED)
    return reads


def _endpoint(
    answer: JsonObjectReader, shop: ShopKey, settings: ReadResult, environment: WireEnvironment
) -> ReadResult:
    """Unknown without the shop's URL and seller id, which amazon_settings holds."""
    if isinstance(settings, Unknown) or not isinstance(settings.value, AmazonSettings):
        return Unknown(
            decode_error_diagnostic(msg("the Amazon settings of the same shop cannot be read"), shop, "ipn_endpoint")
        )
    url, seller = settings.value.merchant_site_url, settings.value.seller_id
    around = DecodeContext(
        environment=environment,
        merchant_site_url=url if isinstance(url, str) else ABSENT,
        seller_id=seller if isinstance(seller, str) else ABSENT,
    )
    return _read(IPN_ENDPOINT, answer, shop, around)


def _read(codec: Codec, answer: JsonObjectReader, shop: ShopKey, around: DecodeContext) -> ReadResult:
    try:
        part = answer.inner(codec.part)
        value = part.inner("value")
        if codec is not IPN_ENDPOINT:
            expect_shop(value, shop)
        version = part.text("version")
        if not is_version(version):
            raise WireDecodeError(msg("{place}.version is not a version", place=part.place))  # noqa: TRY301
        return Known(codec.decode(value, around), version)
    except WrongShop:
        raise
    except WireDecodeError as fault:
        return Unknown(decode_error_diagnostic(fault.text, shop, codec.kind))
