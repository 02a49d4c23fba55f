"""A certificate that Amazon SNS signs with: read from PEM, held against the name, strength and time it must have.

The chain is not verified, because SNS serves leaf certificates alone; what vouches for one is that it came over TLS from the one
pinned host. So a certificate that is not one at all is that host's or the network's trouble (NotOneCertificate: try again), and
one that is whole but wrong is refused. Pure.
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509.oid import NameOID

from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.lib.frozen_class import frozen

LEAST_BITS: Final = 2048

_ONE_PEM: Final = re.compile(
    rb"-----BEGIN CERTIFICATE-----\r?\n(?:[A-Za-z0-9+/=]{1,76}\r?\n)+-----END CERTIFICATE-----\s*"
)


class NotOneCertificate(Exception):
    """The bytes are not exactly one PEM certificate with an RSA key. `detail` quotes none of them."""


@frozen
class Certificate:
    """`common_names` and `names` (SAN) unchanged; `signs` False if its key usage forbids signing; `pem` is what was read."""

    key: RSAPublicKey
    common_names: tuple[str, ...]
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    signs: bool
    self_signed: bool
    pem: bytes = field(repr=False, compare=False)


def read(pem: bytes) -> Certificate:
    """Raises NotOneCertificate."""
    if _ONE_PEM.fullmatch(pem) is None:
        raise NotOneCertificate("not exactly one PEM certificate")
    try:
        return _certificate(x509.load_pem_x509_certificate(pem), pem)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, x509.InvalidVersion):
        raise NotOneCertificate("no certificate inside the PEM") from None


def check(certificate: Certificate, name: str) -> None:
    """What does not change: raises Refused unless it is `name`'s, strong enough, for signing, and issued by another."""
    if certificate.common_names != (name,) or name not in certificate.names:
        raise Refused(RejectReason.WRONG_NAME, f"the certificate was not issued for {name}")
    if certificate.key.key_size < LEAST_BITS:
        raise Refused(RejectReason.WEAK_KEY, f"the key of the certificate has fewer than {LEAST_BITS} bits")
    if not certificate.signs:
        raise Refused(RejectReason.WRONG_USE, "the certificate must not be used for signatures")
    if certificate.self_signed:
        raise Refused(RejectReason.SELF_SIGNED, "the certificate is self-signed")


def check_valid_at(certificate: Certificate, moment: datetime) -> None:
    """Raises Refused unless it was valid then: at the message's Timestamp, for a retry may come after it expired."""
    if not certificate.not_before <= moment <= certificate.not_after:
        raise Refused(RejectReason.NOT_VALID_THEN, "the certificate was not valid when the message was published")


def _certificate(found: x509.Certificate, pem: bytes) -> Certificate:
    key = found.public_key()
    if not isinstance(key, RSAPublicKey):
        raise NotOneCertificate("the key is not RSA")
    return Certificate(
        key=key,
        common_names=tuple(str(part.value) for part in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)),
        names=_names(found),
        not_before=found.not_valid_before_utc,
        not_after=found.not_valid_after_utc,
        signs=_signs(found),
        self_signed=found.issuer == found.subject,
        pem=pem,
    )


def _names(found: x509.Certificate) -> tuple[str, ...]:
    try:
        stated = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(stated.value.get_values_for_type(x509.DNSName))


def _signs(found: x509.Certificate) -> bool:
    try:
        stated = found.extensions.get_extension_for_class(x509.KeyUsage)
    except x509.ExtensionNotFound:
        return True  # no statement is no restriction (RFC 5280, 4.2.1.3)
    return stated.value.digital_signature
