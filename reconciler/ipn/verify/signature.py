"""The string that Amazon SNS signs, and whether a signature over it is good.

Key, newline, value, newline for each field, in byte order of the keys; the values as they were written, in UTF-8. An Envelope has
only values that cannot be mistaken for further fields; see there. Pure.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from reconciler.ipn.verify.certificate import Certificate
from reconciler.ipn.verify.envelope import Envelope, MessageType, SignatureVersion
from reconciler.ipn.verify.reasons import Refused, RejectReason

_HASHES: Final[dict[SignatureVersion, type[hashes.SHA1 | hashes.SHA256]]] = {
    SignatureVersion.SHA1: hashes.SHA1,
    SignatureVersion.SHA256: hashes.SHA256,
}


def string_to_sign(envelope: Envelope) -> bytes:
    fields = _notification(envelope) if envelope.type is MessageType.NOTIFICATION else _confirmation(envelope)
    return "".join(f"{name}\n{value}\n" for name, value in fields.items() if value is not None).encode()


def verify_signature(envelope: Envelope, certificate: Certificate) -> bytes:
    """What was signed. Raises Refused if the certificate's key did not sign it."""
    signed, digest = string_to_sign(envelope), _HASHES[envelope.version]()
    try:
        certificate.key.verify(envelope.signature, signed, PKCS1v15(), digest)
    except InvalidSignature:
        raise Refused(RejectReason.BAD_SIGNATURE, "the signature does not match the certificate") from None
    return signed


def _notification(envelope: Envelope) -> dict[str, str | None]:
    return {
        "Message": envelope.message,
        "MessageId": envelope.message_id,
        "Subject": envelope.subject,
        "Timestamp": envelope.timestamp,
        "TopicArn": envelope.topic,
        "Type": envelope.type,
    }


def _confirmation(envelope: Envelope) -> dict[str, str | None]:
    return {
        "Message": envelope.message,
        "MessageId": envelope.message_id,
        "SubscribeURL": envelope.subscribe_url,
        "Timestamp": envelope.timestamp,
        "Token": envelope.token,
        "TopicArn": envelope.topic,
        "Type": envelope.type,
    }
