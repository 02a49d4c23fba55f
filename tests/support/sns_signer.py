"""A throwaway signer instead of Amazon SNS, and messages like Amazon Pay's, with chosen ids and amounts.

    signer = Signer()                                  a key and a certificate, issued by a throwaway authority
    body = signer.body(capture_message(amount="1000")) the bytes to post: signed, published at NOW, on TOPIC
    Keys({signer.url: signer.pem})                     the port SigningKeys over it

Nothing here is imported by the product.
"""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from reconciler.ports.signing_keys import KeyUnavailable

NOW = datetime(2026, 11, 23, 3, 0, 0, tzinfo=UTC)
SELLER = "A1EXAMPLE234567"
REGION = "us-west-2"
TOPIC_PATTERN = f"arn:aws:sns:{REGION}:291180941288:A31YDYE76E6TCP{{seller_id}}"
TOPIC = TOPIC_PATTERN.replace("{seller_id}", SELLER)
REFERENCE = "P03-0772540-6944847"
CAPTURE = f"{REFERENCE}-C000001"
AUTHORIZATION = f"{REFERENCE}-A000001"
REFUND = f"{REFERENCE}-R000001"
NAMESPACE = "https://mws.amazonservices.com/ipn/OffAmazonPayments/2013-01-01"
SAMPLE_REFERENCE = "1111111-1111-11111-1111-11111EXAMPLE"
SAMPLE_ID = "P01-0000000-0000000-000000"

_SIGNED = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


@cache
def rsa_key(bits: int = 2048, which: int = 0) -> rsa.RSAPrivateKey:
    """Made once per process; `which` distinguishes several of one size."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def stamp(moment: datetime) -> str:
    """As Amazon writes a moment: milliseconds and Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def certificate_url(region: str = REGION, mark: int = 0) -> str:
    return f"https://sns.{region}.amazonaws.com/SimpleNotificationService-{mark:032x}.pem"


@dataclass(kw_only=True)
class Signer:
    """`san` None: the extension is omitted; empty: as `name`. `use` None: no key usage is stated. `mark` makes the URL."""

    name: str = "sns.amazonaws.com"
    san: tuple[str, ...] | None = ()
    bits: int = 2048
    which: int = 0
    elliptic: bool = False
    self_signed: bool = False
    use: bool | None = True
    start: datetime = NOW - timedelta(days=180)
    end: datetime = NOW + timedelta(days=180)
    region: str = REGION
    mark: int = 0
    topic: str = TOPIC
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = certificate_url(self.region, self.mark)

    @property
    def key(self) -> rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey:
        return ec_key() if self.elliptic else rsa_key(self.bits, self.which)

    @property
    def certificate(self) -> x509.Certificate:
        subject = _name(self.name)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if self.self_signed else _name("Throwaway authority"))
            .public_key(self.key.public_key())
            .serial_number(1 + self.mark)
            .not_valid_before(self.start)
            .not_valid_after(self.end)
        )
        if self.san is not None:
            names = [x509.DNSName(name) for name in self.san or (self.name,)]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        if self.use is not None:
            builder = builder.add_extension(_usage(self.use), critical=True)
        return builder.sign(self.key if self.self_signed else rsa_key(2048, -1), hashes.SHA256())

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def signature(self, text: bytes, version: str = "1") -> str:
        """Base64 of PKCS#1 v1.5 over the bytes, by SHA-1 for version 1, else SHA-256."""
        digest = hashes.SHA1() if version == "1" else hashes.SHA256()
        return base64.b64encode(rsa_key(self.bits, self.which).sign(text, padding.PKCS1v15(), digest)).decode()

    def signed(self, fields: dict[str, object], version: str = "1") -> dict[str, object]:
        """The fields with signature, version and address of the certificate."""
        whole = {**fields, "SignatureVersion": version, "SigningCertURL": self.url}
        return {**whole, "Signature": self.signature(string_to_sign(whole), version)}

    def notification(
        self,
        message: str,
        *,
        message_id: str | None = None,
        published: datetime = NOW,
        version: str = "1",
        **more: object,
    ) -> dict[str, object]:
        """`more` are further or other fields, signed where SNS signs them (Subject, TopicArn, Timestamp ...)."""
        fields: dict[str, object] = {
            "Type": "Notification",
            "MessageId": message_id or str(uuid.uuid4()),
            "TopicArn": self.topic,
            "Message": message,
            "Timestamp": stamp(published),
            "UnsubscribeURL": f"https://sns.{self.region}.amazonaws.com/?Action=Unsubscribe",
            **more,
        }
        return self.signed(fields, version)

    def confirmation(self, *, kind: str = "SubscriptionConfirmation", **more: object) -> dict[str, object]:
        fields = {
            "Type": kind,
            "MessageId": str(uuid.uuid4()),
            "TopicArn": self.topic,
            "Message": "You have chosen to subscribe to the topic.",
            "Token": "2336412f37fb687f5d51e6e2425c",
            "SubscribeURL": f"https://sns.{self.region}.amazonaws.com/?Action=ConfirmSubscription",
            "Timestamp": stamp(NOW),
            **more,
        }
        return self.signed(fields)

    def body(self, message: str, **chosen: object) -> bytes:
        """What is posted: `notification` with the same choices, as UTF-8."""
        return as_body(self.notification(message, **chosen))  # type: ignore[arg-type]  # handed through


def as_body(fields: dict[str, object]) -> bytes:
    return json.dumps(fields, ensure_ascii=False).encode()


def string_to_sign(fields: dict[str, object]) -> bytes:
    """The tests' own definition: key, newline, value, newline, in byte order; a null Subject is omitted."""
    names = _SIGNED.get(str(fields["Type"]), _SIGNED["Notification"])
    return "".join(f"{name}\n{fields[name]}\n" for name in names if fields.get(name) is not None).encode()


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=True,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


@dataclass
class Keys:
    """SigningKeys over what is in `pems`; an exception among them is raised. `asked` is every address asked, in order."""

    pems: dict[str, bytes | Exception]
    asked: list[str] = field(default_factory=list)

    async def pem(self, url: str) -> bytes:
        self.asked.append(url)
        found = self.pems.get(url, KeyUnavailable("status"))
        if isinstance(found, Exception):
            raise found
        return found


def v1_message(kind: str, data: object, **more: object) -> str:
    """The inner Message of Version 2013-01-01; `more` adds or replaces keys, None takes one away."""
    message = {
        "NotificationReferenceId": str(uuid.uuid4()),
        "MarketplaceID": "165570",
        "NotificationType": kind,
        "SellerId": SELLER,
        "ReleaseEnvironment": "Live",
        "Version": "2013-01-01",
        "NotificationData": data,
        "Timestamp": stamp(NOW),
        **more,
    }
    return json.dumps({key: value for key, value in message.items() if value is not None}, ensure_ascii=False)


def status_xml(name: str, state: str, updated: datetime, reason: str | None) -> str:
    code = "" if reason is None else f"<ReasonCode>{reason}</ReasonCode>"
    return (
        f"<{name}><State>{state}</State><LastUpdateTimestamp>{stamp(updated)}</LastUpdateTimestamp>{code}"
        f"<ReasonDescription>内緒の説明</ReasonDescription></{name}>"
    )


def money_xml(name: str, amount: str, currency: str) -> str:
    return f"<{name}><Amount>{amount}</Amount><CurrencyCode>{currency}</CurrencyCode></{name}>"


def document(root: str, detail: str, inside: str, namespace: str = NAMESPACE) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><{root} xmlns="{namespace}"><{detail}>{inside}</{detail}></{root}>'


def capture_xml(
    *,
    capture: str = CAPTURE,
    amount: str = "1000.0",
    currency: str = "JPY",
    state: str = "Completed",
    updated: datetime = NOW,
    reason: str | None = None,
    extra: str = "",
    namespace: str = NAMESPACE,
) -> str:
    inside = (
        f"<AmazonCaptureId>{capture}</AmazonCaptureId><CaptureReferenceId>ref-1</CaptureReferenceId>"
        f"<SellerCaptureNote>購入者への内緒のメモ</SellerCaptureNote>{extra}"
        f"{money_xml('CaptureAmount', amount, currency)}{money_xml('RefundedAmount', '0.0', currency)}"
        f"{money_xml('CaptureFee', '0.0', currency)}<IdList/>"
        f"<CreationTimestamp>{stamp(updated)}</CreationTimestamp>"
        f"{status_xml('CaptureStatus', state, updated, reason)}<SoftDescriptor>AMZ*和茶</SoftDescriptor>"
    )
    return document("CaptureNotification", "CaptureDetails", inside, namespace)


def capture_message(**chosen: object) -> str:
    """A PaymentCapture; the choices of `capture_xml` and those of `v1_message`."""
    xml = {key: chosen.pop(key) for key in tuple(chosen) if key in _OF_CAPTURE}
    return v1_message("PaymentCapture", capture_xml(**xml), **chosen)  # type: ignore[arg-type]  # handed through


_OF_CAPTURE = frozenset(capture_xml.__kwdefaults__)


def authorization_xml(
    *,
    authorization: str = AUTHORIZATION,
    amount: str = "1000",
    currency: str = "JPY",
    state: str = "Declined",
    updated: datetime = NOW,
    reason: str | None = "AmazonRejected",
    expires: datetime | None = None,
) -> str:
    expiration = "" if expires is None else f"<ExpirationTimestamp>{stamp(expires)}</ExpirationTimestamp>"
    inside = (
        f"<AmazonAuthorizationId>{authorization}</AmazonAuthorizationId>"
        "<AuthorizationBillingAddress><Name>山田花子</Name><AddressLine1>宇治市1-2-3</AddressLine1>"
        "</AuthorizationBillingAddress>"
        f"{money_xml('AuthorizationAmount', amount, currency)}{money_xml('CapturedAmount', '0', currency)}"
        f"<IdList/>{expiration}{status_xml('AuthorizationStatus', state, updated, reason)}<CaptureNow>true</CaptureNow>"
    )
    return document("AuthorizationNotification", "AuthorizationDetails", inside)


def authorization_message(**chosen: object) -> str:
    xml = {key: chosen.pop(key) for key in tuple(chosen) if key in authorization_xml.__kwdefaults__}
    return v1_message("PaymentAuthorize", authorization_xml(**xml), **chosen)  # type: ignore[arg-type]  # handed through


def refund_xml(
    *,
    refund: str = REFUND,
    amount: str = "1000",
    currency: str = "JPY",
    state: str = "Completed",
    updated: datetime = NOW,
    reason: str | None = None,
) -> str:
    inside = (
        f"<AmazonRefundId>{refund}</AmazonRefundId><RefundReferenceId>refund-1</RefundReferenceId>"
        f"<RefundType>SellerInitiated</RefundType>{money_xml('RefundAmount', amount, currency)}"
        f"{money_xml('FeeRefunded', '0', currency)}{status_xml('RefundStatus', state, updated, reason)}"
    )
    return document("RefundNotification", "RefundDetails", inside)


def refund_message(**chosen: object) -> str:
    xml = {key: chosen.pop(key) for key in tuple(chosen) if key in refund_xml.__kwdefaults__}
    return v1_message("PaymentRefund", refund_xml(**xml), **chosen)  # type: ignore[arg-type]  # handed through


def order_reference_message(
    reference: str = REFERENCE, state: str = "Closed", reason: str | None = None, **chosen: object
) -> str:
    inside = (
        f"<AmazonOrderReferenceId>{reference}</AmazonOrderReferenceId>{money_xml('OrderTotal', '1000', 'JPY')}"
        f"<SellerOrderAttributes><SellerOrderId>100000020732</SellerOrderId></SellerOrderAttributes>"
        f"{status_xml('OrderReferenceStatus', state, NOW, reason)}"
    )
    data = document("OrderReferenceNotification", "OrderReference", inside)
    return v1_message("OrderReferenceNotification", data, **chosen)


def agreement_message(agreement: str, state: str = "Open", reason: str | None = None, **chosen: object) -> str:
    inside = (
        f"<AmazonBillingAgreementId>{agreement}</AmazonBillingAgreementId>"
        f"{status_xml('BillingAgreementStatus', state, NOW, reason)}"
        f"<BillingAgreementLimits>{money_xml('AmountLimitPerTimePeriod', '100000', 'JPY')}</BillingAgreementLimits>"
    )
    data = document("BillingAgreementNotification", "BillingAgreement", inside)
    return v1_message("BillingAgreementNotification", data, EventType="BillingAgreementStatusUpdated", **chosen)


def chargeback_message(
    reference: str = REFERENCE,
    state: str = "RECEIVED",
    reason: str = "Generic Service Chargeback",
    amount: str = "1000.0",
    **chosen: object,
) -> str:
    """In the form of the ones that Amazon's SDK for Java publishes: with blanks in its kind and its reason, and no status."""
    inside = (
        f"<AmazonChargebackId>C9EXAMPLE0001</AmazonChargebackId>"
        f"<AmazonOrderReferenceId>{reference}</AmazonOrderReferenceId>"
        f"<AmazonCaptureReferenceId>CaptureReference1</AmazonCaptureReferenceId>"
        f"<CreationTimestamp>{stamp(NOW)}</CreationTimestamp>{money_xml('ChargebackAmount', amount, 'JPY')}"
        f"<ChargebackState>{state}</ChargebackState><ChargebackReason>{reason}</ChargebackReason>"
    )
    data = document("ChargebackNotification", "ChargebackDetails", inside)
    return v1_message("Chargeback Detailed Notification", data, **chosen)


def charge_message(charge: str = CAPTURE, **more: object) -> str:
    """The inner Message of NotificationVersion V2: it names a charge and states nothing of it."""
    message = {
        "MerchantID": SELLER,
        "ObjectType": "CHARGE",
        "ObjectId": charge,
        "ChargePermissionId": "-".join(charge.split("-")[:3]),
        "NotificationType": "STATE_CHANGE",
        "NotificationId": str(uuid.uuid4()),
        "NotificationVersion": "V2",
        **more,
    }
    return json.dumps({key: value for key, value in message.items() if value is not None})
