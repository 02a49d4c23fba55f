"""NotificationData: the XML document about one capture, authorization or refund.

Walked by exact path, one of each element: a second State, a State inside a note, a comment or an instruction in the middle of a
value, a document type, and a depth or number of elements no notification has are refused. What is not on the path is not looked
at. The text was decoded and signed as text, so an encoding that its declaration claims has no say. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser  # parsed by defusedxml below

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from reconciler.ipn.verify import ids
from reconciler.ipn.verify.money import read_amount, read_currency
from reconciler.ipn.verify.reasons import Refused, RejectReason

# The mark of the marketplace differs (`mws`, `mws-eu`); none of Japan has been published.
_NAMESPACE: Final = (
    r"\{https://mws(?:-[a-z]{2})?\.amazonservices(?:\.[a-z]{2,3}){1,2}/ipn/OffAmazonPayments/2013-01-01\}"
)
_MOMENT: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?Z"
_WORD: Final = r"[A-Za-z][A-Za-z0-9_]{0,63}"
_BLANK: Final = " \t\r\n"
_DEPTH: Final = 32
_ELEMENTS: Final = 5000
_TOO_MUCH: Final = "NotificationData is nested too deeply, or has too many elements"


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlPaths:
    """Names of elements, from the root down; `letter` is that of the id."""

    root: str
    details: str
    id: str
    letter: str
    amount: str
    status: str


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
)
REFUND: Final = XmlPaths(
    root="RefundNotification",
    details="RefundDetails",
    id="AmazonRefundId",
    letter=ids.REFUND,
    amount="RefundAmount",
    status="RefundStatus",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectDetails:
    id: str
    state: str
    updated: datetime
    reason: str | None
    amount: Decimal
    currency: str


def read(data: str, paths: XmlPaths) -> ObjectDetails:
    """Raises Refused."""
    details = _Part.of_root(_parsed(data), paths.root).part(paths.details)
    amount = details.part(paths.amount)
    status = details.part(paths.status)
    currency = read_currency(amount.text("CurrencyCode"))
    return ObjectDetails(
        id=ids.read_id(details.text(paths.id), paths.letter),
        state=_word("State", status.text("State")),
        updated=_moment(status.text("LastUpdateTimestamp")),
        reason=_reason(status),
        amount=read_amount(amount.text("Amount"), currency),
        currency=currency,
    )


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


@dataclass(frozen=True, slots=True)
class _Part:
    """An element and the namespace of its document."""

    element: Element
    namespace: str

    @classmethod
    def of_root(cls, root: Element, name: str) -> _Part:
        found = re.fullmatch(rf"({_NAMESPACE})(.+)", root.tag)
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
    if re.fullmatch(_WORD, text) is None:
        raise Refused(RejectReason.BAD_XML, f"{name} is not a single word")
    return text


def _moment(text: str) -> datetime:
    if re.fullmatch(_MOMENT, text) is None:
        raise Refused(RejectReason.BAD_XML, "LastUpdateTimestamp is malformed")
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except ValueError:
        raise Refused(RejectReason.BAD_XML, "LastUpdateTimestamp is not a valid time") from None
