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

_PADDING: Final = PKCS1v15()
_HASHES: Final[dict[SignatureVersion, hashes.SHA1 | hashes.SHA256]] = {
    SignatureVersion.SHA1: hashes.SHA1(),  # noqa: S303  # what SNS signs with, unless the topic is set to SHA-256
    SignatureVersion.SHA256: hashes.SHA256(),
}


def string_to_sign(envelope: Envelope) -> bytes:
    text = _notification(envelope) if envelope.type is MessageType.NOTIFICATION else _confirmation(envelope)
    return text.encode()


def verify_signature(envelope: Envelope, certificate: Certificate) -> bytes:
    """What was signed. Raises Refused if the certificate's key did not sign it."""
    signed, digest = string_to_sign(envelope), _HASHES[envelope.version]
    try:
        certificate.key.verify(envelope.signature, signed, _PADDING, digest)
    except InvalidSignature:
        raise Refused(RejectReason.BAD_SIGNATURE, "the signature does not match the certificate") from None
    return signed


def _notification(of: Envelope) -> str:
    subject = "" if of.subject is None else f"Subject\n{of.subject}\n"
    return (
        f"Message\n{of.message}\nMessageId\n{of.message_id}\n{subject}"
        f"Timestamp\n{of.timestamp}\nTopicArn\n{of.topic}\nType\n{of.type.value}\n"
    )


def _confirmation(of: Envelope) -> str:
    """`token` and `subscribe_url` are set on these."""
    return (
        f"Message\n{of.message}\nMessageId\n{of.message_id}\nSubscribeURL\n{of.subscribe_url}\n"
        f"Timestamp\n{of.timestamp}\nToken\n{of.token}\nTopicArn\n{of.topic}\nType\n{of.type.value}\n"
    )
