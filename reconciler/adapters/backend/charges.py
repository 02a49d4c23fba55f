"""What Amazon Pay says of a charge, in the shape of its own API (Checkout v2): `HttpPayments`. It only reads.

In: a charge's id, or an order reference. Out: `Charge`s, or one of the errors of `ports`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import quote, urlencode

from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.http.interpret import unexpected
from reconciler.adapters.backend.http.messages import ApiRequest, ApiResponse
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.adapters.backend.wire.money import amount, currency
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ABSENT, Absent, ShopKey
from reconciler.ports import Rejected
from reconciler.ports.payments import Charge

_ROUTE: Final = "/amazon-pay/v2/charges"
_STAMP: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_WORD: Final = re.compile(r"[A-Za-z]{1,64}")
_UNKNOWN: Final = frozenset({"NOT_FOUND", "RESOURCE_NOT_FOUND", "HTTP_404"})


class HttpPayments:
    """Implements ports.payments.Payments over a client that the caller opens and closes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def charge(self, shop: ShopKey, charge: str) -> Charge | None:
        route = ApiRequest(method="GET", path=f"{_ROUTE}/{quote(charge, safe='')}", shop=shop)
        try:
            reply = await self._client.get(route.path, shop=shop)
        except Rejected as error:
            if error.reason in _UNKNOWN:
                return None
            raise
        found = _charges(route, reply, [JsonObjectReader(reply.json, "")])
        if found[0].id != charge:
            raise unexpected(route, msg("the answer is for another charge"), request_id=reply.request_id)
        return found[0]

    async def charges(self, shop: ShopKey, reference: str) -> Sequence[Charge]:
        route = ApiRequest(method="GET", path=_ROUTE, shop=shop)
        reply = await self._client.get(_ROUTE, query=urlencode({"chargePermissionId": reference}), shop=shop)
        found = _charges(route, reply, None)
        if any(charge.reference != reference for charge in found):
            raise unexpected(route, msg("the answer is for another order reference"), request_id=reply.request_id)
        return found


def _charges(route: ApiRequest, reply: ApiResponse, items: Sequence[JsonObjectReader] | None) -> Sequence[Charge]:
    """All charges of the response, or none: an omitted charge could be the one that pays."""
    fault: Message | None = None
    try:
        return [_charge(item) for item in (items or JsonObjectReader(reply.json, "").items("charges"))]
    except WireDecodeError as unreadable:
        fault = unreadable.text
    raise unexpected(route, fault, request_id=reply.request_id)


def _charge(fields: JsonObjectReader) -> Charge:
    status = fields.inner("statusDetails")
    money = _money(fields)
    return Charge(
        id=fields.text("chargeId"),
        reference=fields.text("chargePermissionId"),
        state=_word(status, "state"),
        reason=None if status.text_or_absent("reasonCode") is ABSENT else _word(status, "reasonCode"),
        amount=None if money is None else money[0],
        currency=None if money is None else money[1],
        updated=_moment(status, "lastUpdatedTimestamp"),
    )


def _money(fields: JsonObjectReader) -> tuple[Decimal, str] | None:
    captured = fields.inner_or_absent("captureAmount")
    return None if isinstance(captured, Absent) else (amount(captured, "amount"), currency(captured, "currencyCode"))


def _word(fields: JsonObjectReader, name: str) -> str:
    word = fields.text(name)
    if not _WORD.fullmatch(word):
        raise WireDecodeError(msg("{place}.{name} has an invalid format", place=fields.place, name=name))
    return word


def _moment(fields: JsonObjectReader, name: str) -> datetime:
    text = fields.text(name)
    try:
        if _STAMP.fullmatch(text):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        pass
    raise WireDecodeError(msg("{place}.{name} has an invalid format", place=fields.place, name=name))
