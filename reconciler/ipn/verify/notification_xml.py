"""NotificationData: the XML document about one object, such as a capture.

Walked by exact path, one of each element: a second State, a State inside a note, a comment or an instruction in the middle of a
value, a document type, and a depth or number of elements no notification has are refused. What is not on the path is not looked
at. The text was decoded and signed as text, so an encoding that its declaration claims has no say. Pure.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser  # parsed by defusedxml below

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from reconciler.ipn.verify import ids
from reconciler.ipn.verify.money import read_amount, read_currency
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.lib.frozen_class import frozen

# The mark of the marketplace differs (`mws`, `mws-eu`); none of Japan has been published.
_ROOT: Final = re.compile(
    r"(\{https://mws(?:-[a-z]{2})?\.amazonservices(?:\.[a-z]{2,3}){1,2}/ipn/OffAmazonPayments/2013-01-01\})(.+)"
)
_MOMENT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z")
_YEARS: Final = range(2000, 2200)
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_PHRASE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_ -]{0,63}")
_BLANK: Final = " \t\r\n"
_DEPTH: Final = 32
_ELEMENTS: Final = 5000
_TOO_MUCH: Final = "NotificationData is nested too deeply, or has too many elements"

ANSWER_WITHIN: Final = timedelta(days=11)
"""How long Amazon takes evidence against a chargeback. The older notification names no date, so this counts from its creation."""


@frozen
class XmlPaths:
    """Names of elements, from the root down; `letter` is that of the id, None: the id is an order reference or an agreement.

    `amount`, `deadline` and `status` None: there is none. `optional_amount`: it may be missing.
    """

    root: str
    details: str
    id: str
    letter: str | None = None
    amount: str | None = None
    optional_amount: bool = False
    status: str | None = None
    deadline: str | None = None


CAPTURE: Final = XmlPaths(
    root="CaptureNotification",
    details="CaptureDetails",
    id="AmazonCaptureId",
    letter=ids.CAPTURE,
    amount="CaptureAmount",
    status="CaptureStatus",
)
AUTHORIZATION: Final = XmlPaths(
    root="AuthorizationNotification",
    details="AuthorizationDetails",
    id="AmazonAuthorizationId",
    letter=ids.AUTHORIZATION,
    amount="AuthorizationAmount",
    status="AuthorizationStatus",
    deadline="ExpirationTimestamp",
)
REFUND: Final = XmlPaths(
    root="RefundNotification",
    details="RefundDetails",
    id="AmazonRefundId",
    letter=ids.REFUND,
    amount="RefundAmount",
    status="RefundStatus",
)
ORDER_REFERENCE: Final = XmlPaths(
    root="OrderReferenceNotification",
    details="OrderReference",
    id="AmazonOrderReferenceId",
    amount="OrderTotal",
    optional_amount=True,
    status="OrderReferenceStatus",
)
AGREEMENT: Final = XmlPaths(
    root="BillingAgreementNotification",
    details="BillingAgreement",
    id="AmazonBillingAgreementId",
    status="BillingAgreementStatus",
)
CHARGEBACK: Final = XmlPaths(
    root="ChargebackNotification",
    details="ChargebackDetails",
    id="AmazonChargebackId",
    amount="ChargebackAmount",
)


@frozen
class ObjectDetails:
    """`of` is the order reference of an object whose id does not start with it."""

    id: str
    state: str
    updated: datetime
    reason: str | None
    amount: Decimal | None
    currency: str | None
    deadline: datetime | None = None
    of: str | None = None


def read(data: str, paths: XmlPaths) -> ObjectDetails:
    """Raises Refused."""
    details = _Part.of_root(_parsed(data), paths.root).part(paths.details)
    if paths.status is None:
        return _chargeback(details, paths)
    status = details.part(paths.status)
    amount, currency = _money(details, paths)
    text = details.text(paths.id)
    return ObjectDetails(
        id=ids.read_reference(text) if paths.letter is None else ids.read_id(text, paths.letter),
        state=_word("State", status.text("State")),
        updated=_moment("LastUpdateTimestamp", status.text("LastUpdateTimestamp")),
        reason=_reason(status),
        amount=amount,
        currency=currency,
        deadline=_deadline(details, paths),
    )


def _chargeback(details: _Part, paths: XmlPaths) -> ObjectDetails:
    """It has no status of its own, only words for state and reason; it must be answered within days of its creation."""
    amount, currency = _money(details, paths)
    created = _moment("CreationTimestamp", details.text("CreationTimestamp"))
    reason = details.optional("ChargebackReason")
    return ObjectDetails(
        id=ids.read_word(details.text(paths.id)),
        state=_word("ChargebackState", details.text("ChargebackState")),
        updated=created,
        reason=None if reason is None else _phrase(reason.value("ChargebackReason")),
        amount=amount,
        currency=currency,
        deadline=created + ANSWER_WITHIN,
        of=ids.read_reference(details.text("AmazonOrderReferenceId")),
    )


def _money(details: _Part, paths: XmlPaths) -> tuple[Decimal | None, str | None]:
    if paths.amount is None or (paths.optional_amount and details.optional(paths.amount) is None):
        return None, None
    amount = details.part(paths.amount)
    currency = read_currency(amount.text("CurrencyCode"))
    return read_amount(amount.text("Amount"), currency), currency


def _deadline(details: _Part, paths: XmlPaths) -> datetime | None:
    part = None if paths.deadline is None else details.optional(paths.deadline)
    return None if part is None else _moment("ExpirationTimestamp", part.value("ExpirationTimestamp"))


class _BoundedTreeBuilder(TreeBuilder):
    """Keeps comments and instructions, so that they can be seen; refuses what is deeper or longer than any notification."""

    def __init__(self) -> None:
        super().__init__(insert_comments=True, insert_pis=True)
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEPTH or self._elements > _ELEMENTS:
            raise Refused(RejectReason.BAD_XML, _TOO_MUCH)
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _parsed(data: str) -> Element:
    try:
        return _plain(data) if _is_plain(data) else _bounded(data)
    except (ParseError, DefusedXmlException):
        # without the cause: its text quotes the document
        raise Refused(RejectReason.BAD_XML, "NotificationData is not plain XML") from None


def _is_plain(data: str) -> bool:
    """As every notification is: a declaration at most, then elements and text, of which there are not too many. No document type,
    comment, instruction or CDATA can be in it, and the parser needs no watching, which costs most of its time.
    """
    return "<!" not in data and data.find("<?", 1) < 0 and data.count("<") <= _ELEMENTS


def _plain(data: str) -> Element:
    parser = XMLParser(encoding="utf-8")  # noqa: S314  # without a document type there are no entities
    parser.feed(data.encode())
    root: Element = parser.close()
    if data.count("<") <= 2 * _DEPTH:  # of which each level but the last takes two
        return root
    level = [root]
    for _ in range(_DEPTH):
        level = [part for outer in level for part in outer]
        if not level:
            return root
    raise Refused(RejectReason.BAD_XML, _TOO_MUCH)


def _bounded(data: str) -> Element:
    parser = DefusedXMLParser(target=_BoundedTreeBuilder(), encoding="utf-8", forbid_dtd=True)
    parser.feed(data.encode())
    root: Element = parser.close()
    return root


@frozen(kw_only=False)
class _Part:
    """An element and the namespace of its document."""

    element: Element
    namespace: str

    @classmethod
    def of_root(cls, root: Element, name: str) -> _Part:
        found = _ROOT.fullmatch(root.tag)
        if found is None or found[2] != name:
            raise Refused(RejectReason.BAD_XML, f"NotificationData is not an Amazon {name}")
        return cls(root, found[1])

    def part(self, name: str) -> _Part:
        """The one child of this name. Raises Refused."""
        part = self.optional(name)
        if part is None:
            raise Refused(RejectReason.BAD_XML, f"{name} is missing")
        return part

    def optional(self, name: str) -> _Part | None:
        found = self.element.findall(f"{self.namespace}{name}")
        if len(found) > 1:
            raise Refused(RejectReason.BAD_XML, f"{name} occurs {len(found)} times")
        return _Part(found[0], self.namespace) if found else None

    def text(self, name: str) -> str:
        """The value of the one child of this name, blanks around it taken off. Raises Refused."""
        return self.part(name).value(name)

    def value(self, name: str) -> str:
        if len(self.element):
            raise Refused(RejectReason.BAD_XML, f"{name} contains more than text")
        return (self.element.text or "").strip(_BLANK)


def _reason(status: _Part) -> str | None:
    part = status.optional("ReasonCode")
    if part is None:
        return None
    reason = part.value("ReasonCode")
    return None if reason in {"", "None"} else _word("ReasonCode", reason)


def _word(name: str, text: str) -> str:
    if _WORD.fullmatch(text) is None:
        raise Refused(RejectReason.BAD_XML, f"{name} is not a word")
    return text


def _phrase(text: str) -> str:
    if _PHRASE.fullmatch(text) is None:
        raise Refused(RejectReason.BAD_XML, "ChargebackReason is malformed")
    return text


def _moment(name: str, text: str) -> datetime:
    if _MOMENT.fullmatch(text) is None:
        raise Refused(RejectReason.BAD_XML, f"{name} is malformed")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(RejectReason.BAD_XML, f"{name} is not a valid time") from None
    if moment.year not in _YEARS:
        raise Refused(RejectReason.BAD_XML, f"{name} is not in the years {_YEARS.start} to {_YEARS.stop - 1}")
    return moment.astimezone(UTC)
