"""A notification as Amazon would post it, signed with a key that exists for this one message: for trying out, for nothing else.

In: an order's reference and amount, and the state of its capture, refund or chargeback. Out: bytes to post, and the certificate
that a receiver would have to trust. Nothing here is imported where notifications are received.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring  # written here, never parsed

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from reconciler.ipn.verify.certificate_url import certificate_host, region_of, signing_name
from reconciler.ports.inbox_admin import SimulatedKind

_NAMESPACE: Final = "https://mws.amazonservices.com/ipn/OffAmazonPayments/2013-01-01"
_VALID: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedObject:
    """What Amazon is to say of a capture, refund or chargeback. `live` False: Amazon's sandbox. `newer`: V2, without a state."""

    kind: SimulatedKind
    seller: str
    id: str
    amount: Decimal
    currency: str
    state: str
    reason: str | None
    live: bool
    newer: bool
    at: datetime


class ThrowawaySigner:
    """In the place of Amazon SNS. `topic` is a configured topic; raises Refused where its region is not known."""

    def __init__(self, topic: str, now: datetime) -> None:
        self._topic = topic
        self._region = region_of(topic)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._now = now
        self.file_name = f"SimpleNotificationService-{uuid.uuid4().hex}.pem"

    @property
    def pem(self) -> bytes:
        name = signing_name(self._region)
        authority = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("Throwaway authority of reconciler ipn simulate"))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _VALID)
            .not_valid_after(self._now + _VALID)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(authority, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def notification(self, message: str, message_id: str) -> bytes:
        """The whole body; `message_id` is a UUID."""
        signed = {
            "Message": message,
            "MessageId": message_id,
            "Timestamp": _stamp(self._now),
            "TopicArn": self._topic,
            "Type": "Notification",
        }
        text = "".join(f"{name}\n{value}\n" for name, value in sorted(signed.items()))
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        host = certificate_host(self._region)
        beside = {
            "SignatureVersion": "2",
            "Signature": base64.b64encode(signature).decode(),
            "SigningCertURL": f"https://{host}/{self.file_name}",
            "UnsubscribeURL": f"https://{host}/?Action=Unsubscribe",
        }
        return json.dumps(signed | beside, ensure_ascii=False).encode()


def message(simulated: SimulatedObject) -> str:
    return json.dumps(_newer(simulated) if simulated.newer else _older(simulated), ensure_ascii=False)


def _older(simulated: SimulatedObject) -> dict[str, str]:
    return {
        "NotificationReferenceId": str(uuid.uuid4()),
        "MarketplaceID": "simulated",
        "NotificationType": _TYPES[simulated.kind][0],
        "SellerId": simulated.seller,
        "ReleaseEnvironment": "Live" if simulated.live else "Sandbox",
        "Version": "2013-01-01",
        "NotificationData": tostring(_DATA[simulated.kind](simulated), encoding="unicode"),
        "Timestamp": _stamp(simulated.at),
    }


def _newer(simulated: SimulatedObject) -> dict[str, str]:
    return {
        "MerchantID": simulated.seller,
        "ObjectType": _TYPES[simulated.kind][1],
        "ObjectId": simulated.id,
        "ChargePermissionId": _reference(simulated),
        "NotificationType": "STATE_CHANGE",
        "NotificationId": str(uuid.uuid4()),
        "NotificationVersion": "V2",
    }


def _capture(simulated: SimulatedObject) -> Element:
    root = Element("CaptureNotification", xmlns=_NAMESPACE)
    details = SubElement(root, "CaptureDetails")
    _add(details, AmazonCaptureId=simulated.id, CaptureReferenceId="simulated")
    _add_money(details, "CaptureAmount", simulated)
    _add(details, CreationTimestamp=_stamp(simulated.at))
    _add_status(details, "CaptureStatus", simulated)
    return root


def _refund(simulated: SimulatedObject) -> Element:
    root = Element("RefundNotification", xmlns=_NAMESPACE)
    details = SubElement(root, "RefundDetails")
    _add(details, AmazonRefundId=simulated.id, RefundReferenceId="simulated", RefundType="SellerInitiated")
    _add_money(details, "RefundAmount", simulated)
    _add(details, CreationTimestamp=_stamp(simulated.at))
    _add_status(details, "RefundStatus", simulated)
    return root


def _chargeback(simulated: SimulatedObject) -> Element:
    root = Element("ChargebackNotification", xmlns=_NAMESPACE)
    details = SubElement(root, "ChargebackDetails")
    _add(details, AmazonChargebackId=simulated.id, AmazonOrderReferenceId=_reference(simulated))
    _add(details, AmazonCaptureReferenceId="simulated", CreationTimestamp=_stamp(simulated.at))
    _add_money(details, "ChargebackAmount", simulated)
    _add(details, ChargebackState=simulated.state, ChargebackReason="Simulated Chargeback")
    return root


_TYPES: Final = {
    SimulatedKind.CAPTURE: ("PaymentCapture", "CHARGE"),
    SimulatedKind.REFUND: ("PaymentRefund", "REFUND"),
    SimulatedKind.CHARGEBACK: ("Chargeback Detailed Notification", "CHARGEBACK"),
}
"""NotificationType of the older API, ObjectType of V2."""

_DATA: Final = {
    SimulatedKind.CAPTURE: _capture,
    SimulatedKind.REFUND: _refund,
    SimulatedKind.CHARGEBACK: _chargeback,
}


def _reference(simulated: SimulatedObject) -> str:
    return simulated.id.rpartition("-")[0]


def _add_money(to: Element, name: str, simulated: SimulatedObject) -> None:
    _add(SubElement(to, name), Amount=format(simulated.amount, "f"), CurrencyCode=simulated.currency)


def _add_status(to: Element, name: str, simulated: SimulatedObject) -> None:
    status = SubElement(to, name)
    _add(status, State=simulated.state, LastUpdateTimestamp=_stamp(simulated.at))
    if simulated.reason is not None:
        _add(status, ReasonCode=simulated.reason)


def _add(to: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(to, name).text = text


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
