"""What Amazon Pay says of charges, refunds, disputes and charge permissions, in the shape of its own API (Checkout v2):
`HttpPayments`. It only reads.

In: an object's id, or an order reference. Out: the object as it is now, or one of the errors of `ports`. An answer about another
object is not accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeVar
from urllib.parse import quote, urlencode

from reconciler.adapters.backend.http.client import Client
from reconciler.adapters.backend.http.interpret import unexpected
from reconciler.adapters.backend.http.messages import ApiRequest, ApiResponse
from reconciler.adapters.backend.wire.json_reader import JsonObjectReader, WireDecodeError
from reconciler.adapters.backend.wire.money import amount, currency
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import ShopKey
from reconciler.ports import Rejected
from reconciler.ports.payments import Charge, ObjectKind, PaymentObject, own_reference

_AMAZON_PAY: Final = "/amazon-pay/v2"
_CHARGES: Final = f"{_AMAZON_PAY}/charges"
_STAMP: Final = re.compile(r"[0-9]{8}T[0-9]{6}Z")
_WORD: Final = re.compile(r"[A-Za-z]{1,64}")
_ORDER: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_UNKNOWN: Final = frozenset({"NOT_FOUND", "RESOURCE_NOT_FOUND", "HTTP_404"})
_RECURRING: Final = "Recurring"

T = TypeVar("T", Charge, PaymentObject)
A = TypeVar("A")


class HttpPayments:
    """Implements ports.payments.Payments over a client that the caller opens and closes."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def charge(self, shop: ShopKey, charge: str) -> Charge | None:
        return await self._one(shop, "charges", charge, _charge)

    async def charges(self, shop: ShopKey, reference: str) -> Sequence[Charge]:
        route = ApiRequest(method="GET", path=_CHARGES, shop=shop)
        reply = await self._client.get(_CHARGES, query=urlencode({"chargePermissionId": reference}), shop=shop)
        found = _all_charges(route, reply)
        if any(reference not in {charge.permission, charge.reference} for charge in found):
            raise unexpected(route, msg("the answer is for another order reference"), request_id=reply.request_id)
        return found

    async def refund(self, shop: ShopKey, refund: str) -> PaymentObject | None:
        return await self._with_permission(shop, await self._one(shop, "refunds", refund, _refund))

    async def dispute(self, shop: ShopKey, dispute: str) -> PaymentObject | None:
        return await self._with_permission(shop, await self._one(shop, "disputes", dispute, _dispute))

    async def permission(self, shop: ShopKey, permission: str) -> PaymentObject | None:
        return await self._one(shop, "chargePermissions", permission, _permission)

    async def _with_permission(self, shop: ShopKey, what: PaymentObject | None) -> PaymentObject | None:
        """Which permission it belongs to is known from its charge."""
        if what is None or what.charge is None:
            return what
        charge = await self.charge(shop, what.charge)
        return what if charge is None else replace(what, permission=charge.permission)

    async def _one(self, shop: ShopKey, kind: str, wanted: str, read: Callable[[JsonObjectReader], T]) -> T | None:
        route = ApiRequest(method="GET", path=f"{_AMAZON_PAY}/{kind}/{quote(wanted, safe='')}", shop=shop)
        try:
            reply = await self._client.get(route.path, shop=shop)
        except Rejected as error:
            if error.reason in _UNKNOWN:
                return None
            raise
        fault, found = _understood(lambda: read(JsonObjectReader(reply.json, "")))
        if found is None:
            raise unexpected(route, fault or msg("the answer is empty"), request_id=reply.request_id)
        if found.id != wanted:
            raise unexpected(route, msg("the answer is for another object"), request_id=reply.request_id)
        return found


def _all_charges(route: ApiRequest, reply: ApiResponse) -> Sequence[Charge]:
    """All charges of the response, or none: an omitted charge could be the one that pays."""
    fault, found = _understood(lambda: [_charge(item) for item in JsonObjectReader(reply.json, "").items("charges")])
    if found is None:
        raise unexpected(route, fault or msg("the answer is empty"), request_id=reply.request_id)
    return found


def _understood(read: Callable[[], A]) -> tuple[Message | None, A | None]:
    """Either what was wrong or what was read, so that no error carries another's payload along as its cause."""
    try:
        return None, read()
    except WireDecodeError as fault:
        return fault.text, None


def _charge(fields: JsonObjectReader) -> Charge:
    status = fields.inner("statusDetails")
    captured, requested = _money(fields, "captureAmount"), _money(fields, "chargeAmount")
    money = captured or requested
    return Charge(
        id=fields.text("chargeId"),
        permission=fields.text("chargePermissionId"),
        state=_word(status, "state"),
        reason=_code(status),
        amount=None if captured is None else captured[0],
        currency=None if money is None else money[1],
        updated=_moment(status, "lastUpdatedTimestamp"),
        requested=None if requested is None else requested[0],
        expires=_moment(fields, "expirationTimestamp") if fields.given("expirationTimestamp") else None,
        order=_merchant_order(fields),
    )


def _merchant_order(fields: JsonObjectReader) -> str | None:
    """The order's own number, which the platform may have given to Amazon; a word of another form is none."""
    if not fields.given("merchantMetadata"):
        return None
    metadata = fields.inner("merchantMetadata")
    number = metadata.text("merchantReferenceId") if metadata.given("merchantReferenceId") else ""
    return number if _ORDER.fullmatch(number) else None


def _refund(fields: JsonObjectReader) -> PaymentObject:
    status, money = fields.inner("statusDetails"), _money(fields, "refundAmount")
    charge = fields.text("chargeId")
    return PaymentObject(
        kind=ObjectKind.REFUND,
        id=fields.text("refundId"),
        reference=own_reference(charge),
        charge=charge,
        state=_word(status, "state"),
        reason=_code(status),
        updated=_moment(status, "lastUpdatedTimestamp"),
        amount=None if money is None else money[0],
        currency=None if money is None else money[1],
    )


def _dispute(fields: JsonObjectReader) -> PaymentObject:
    """`filingReason` is why it was filed, where its state has no code."""
    status, money = fields.inner("statusDetails"), _money(fields, "disputeAmount")
    charge = fields.text("chargeId")
    filed = _word(fields, "filingReason") if fields.given("filingReason") else None
    return PaymentObject(
        kind=ObjectKind.CHARGEBACK,
        id=fields.text("disputeId"),
        reference=own_reference(charge),
        charge=charge,
        state=_word(status, "state"),
        reason=_code(status) or filed,
        updated=_moment(status, "lastUpdatedTimestamp"),
        amount=None if money is None else money[0],
        currency=None if money is None else money[1],
        deadline=_moment(fields, "merchantResponseDeadline") if fields.given("merchantResponseDeadline") else None,
    )


def _permission(fields: JsonObjectReader) -> PaymentObject:
    """Its state has a list of reasons; the first counts."""
    status, wanted = fields.inner("statusDetails"), fields.text("chargePermissionId")
    reasons = list(status.items("reasons")) if status.given("reasons") else []
    return PaymentObject(
        kind=ObjectKind.AGREEMENT if fields.text("chargePermissionType") == _RECURRING else ObjectKind.REFERENCE,
        id=wanted,
        reference=wanted,
        permission=wanted,
        state=_word(status, "state"),
        reason=_code(reasons[0]) if reasons else None,
        updated=_moment(status, "lastUpdatedTimestamp"),
    )


def _money(fields: JsonObjectReader, name: str) -> tuple[Decimal, str] | None:
    if not fields.given(name):
        return None
    money = fields.inner(name)
    return amount(money, "amount"), currency(money, "currencyCode")


def _code(fields: JsonObjectReader) -> str | None:
    return _word(fields, "reasonCode") if fields.given("reasonCode") else None


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
