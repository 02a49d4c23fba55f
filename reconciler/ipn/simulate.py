"""A notification as Amazon would post it, signed with a key that was made for trying out: for that, for nothing else.

In: an object at Amazon and its state, or a test. Out: bytes to post, and the certificate that a receiver would have to trust.
The key is never stored. Nothing here is imported where notifications are received.
"""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring  # written here, never parsed

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from reconciler.ipn.verify.certificate_url import certificate_host, signing_name
from reconciler.lib.frozen_class import frozen
from reconciler.ports.payments import ObjectKind, own_reference

_NAMESPACE: Final = "https://mws.amazonservices.com/ipn/OffAmazonPayments/2013-01-01"
_VALID: Final = timedelta(hours=1)
_SAMPLE: Final = "1111111-1111-11111-1111-11111EXAMPLE"
"""The NotificationReferenceId of every test notification of Seller Central."""


@frozen
class SimulatedObject:
    """What Amazon is to say of an object. `live` False: Amazon's sandbox. `newer`: V2, without a state. `sample`: a test.

    `permission` is the charge permission, where the id does not start with it. `amount` None: the object has none.
    """

    kind: ObjectKind
    seller: str
    id: str
    amount: Decimal | None
    currency: str
    state: str
    reason: str | None
    live: bool
    newer: bool
    at: datetime
    permission: str | None = None
    sample: bool = False


class ThrowawaySigner:
    """In the place of Amazon SNS in a region. The certificate holds from `lasts` before `now` until `lasts` after it."""

    def __init__(self, region: str, now: datetime, lasts: timedelta = _VALID) -> None:
        self._region = region
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._begin = now - lasts
        self.end = now + lasts
        self.file_name = f"SimpleNotificationService-{uuid.uuid4().hex}.pem"

    @property
    def pem(self) -> bytes:
        name = signing_name(self._region)
        authority = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        made = (
            x509.CertificateBuilder()
            .subject_name(_name(name))
            .issuer_name(_name("Throwaway authority of reconciler"))
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._begin)
            .not_valid_after(self.end)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(authority, hashes.SHA256())
        )
        return made.public_bytes(serialization.Encoding.PEM)

    def notification(self, topic: str, message: str, message_id: str, at: datetime) -> bytes:
        """The whole body; `message_id` is a UUID, `topic` one of the region."""
        signed = {
            "Message": message,
            "MessageId": message_id,
            "Timestamp": _stamp(at),
            "TopicArn": topic,
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


def _older(simulated: SimulatedObject) -> dict[str, str | bool]:
    beside: dict[str, str | bool] = {"IsSample": True} if simulated.sample else {}
    return beside | {
        "NotificationReferenceId": _SAMPLE if simulated.sample else str(uuid.uuid4()),
        "MarketplaceID": "simulated",
        "NotificationType": _TYPES[simulated.kind][0],
        "SellerId": simulated.seller,
        "ReleaseEnvironment": "Live" if simulated.live else "Sandbox",
        "Version": "2013-01-01",
        "NotificationData": tostring(_DATA[simulated.kind](simulated), encoding="unicode"),
        "Timestamp": _stamp(simulated.at),
    }


def _newer(simulated: SimulatedObject) -> dict[str, str | bool]:
    return {
        "MerchantID": simulated.seller,
        "ObjectType": _TYPES[simulated.kind][1],
        "ObjectId": simulated.id,
        "ChargePermissionId": simulated.permission or _reference(simulated),
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


def _authorization(simulated: SimulatedObject) -> Element:
    root = Element("AuthorizationNotification", xmlns=_NAMESPACE)
    details = SubElement(root, "AuthorizationDetails")
    _add(details, AmazonAuthorizationId=simulated.id, AuthorizationReferenceId="simulated")
    _add_money(details, "AuthorizationAmount", simulated)
    _add(details, CreationTimestamp=_stamp(simulated.at))
    _add_status(details, "AuthorizationStatus", simulated)
    return root


def _order_reference(simulated: SimulatedObject) -> Element:
    root = Element("OrderReferenceNotification", xmlns=_NAMESPACE)
    details = SubElement(root, "OrderReference")
    _add(details, AmazonOrderReferenceId=simulated.id, CreationTimestamp=_stamp(simulated.at))
    _add_status(details, "OrderReferenceStatus", simulated)
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
    ObjectKind.CAPTURE: ("PaymentCapture", "CHARGE"),
    ObjectKind.AUTHORIZATION: ("PaymentAuthorize", "CHARGE"),
    ObjectKind.REFUND: ("PaymentRefund", "REFUND"),
    ObjectKind.CHARGEBACK: ("Chargeback Detailed Notification", "CHARGEBACK"),
    ObjectKind.REFERENCE: ("OrderReferenceNotification", "CHARGE_PERMISSION"),
}
"""NotificationType of the older API, ObjectType of V2."""

_DATA: Final = {
    ObjectKind.CAPTURE: _capture,
    ObjectKind.AUTHORIZATION: _authorization,
    ObjectKind.REFUND: _refund,
    ObjectKind.CHARGEBACK: _chargeback,
    ObjectKind.REFERENCE: _order_reference,
}


def _reference(simulated: SimulatedObject) -> str:
    return own_reference(simulated.id)


def _add_money(to: Element, name: str, simulated: SimulatedObject) -> None:
    if simulated.amount is not None:
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
