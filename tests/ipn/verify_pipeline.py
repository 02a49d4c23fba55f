"""The pure part of the verification, without a server: read, certificate, signature."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from reconciler.ipn.verify import certificate, envelope, signature
from reconciler.ipn.verify.certificate_url import signing_name
from reconciler.ipn.verify.envelope import Envelope, EnvelopePolicy
from reconciler.ipn.verify.reasons import Refused, RejectReason
from tests.support.sns_signer import NOW, TOPIC, Signer, as_body

RULES = EnvelopePolicy(topics=frozenset({TOPIC}), max_age=timedelta(days=21))
SIGNER = Signer()


def read(
    body: bytes, *, rules: EnvelopePolicy = RULES, now: datetime = NOW, headers: Mapping[str, str] | None = None
) -> Envelope:
    return envelope.read(body, headers or {}, now=now, rules=rules)


def verify(read_envelope: Envelope, pem: bytes) -> None:
    found = certificate.read(pem)
    certificate.check(found, signing_name(read_envelope.region))
    certificate.check_valid_at(found, read_envelope.published)
    signature.verify_signature(read_envelope, found)


def accept(fields: dict[str, object], *, signer: Signer = SIGNER, rules: EnvelopePolicy = RULES) -> Envelope:
    """The envelope of a message that is genuine in every respect. Raises Refused."""
    found = read(as_body(fields), rules=rules)
    verify(found, signer.pem)
    envelope.check_topic(found)
    return found


def refused(fields: dict[str, object], **how: object) -> RejectReason:
    """Why the message is refused; fails where it is not."""
    with pytest.raises(Refused) as refusal:
        accept(fields, **how)
    return refusal.value.ground
