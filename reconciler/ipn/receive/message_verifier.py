"""Whether a message is genuine and for the shop it was posted to, or was kept for: the checks of a post and of a kept copy.

    envelope -> certificate -> signature -> topic -> seller, environment

In: a body, the shop, what is trusted. Out: the message for the inbox, or Refused. Where only the topic, the seller or the
environment is wrong, Refused says where the message is from: SNS signed it, so it may be Amazon's, and the fault ours.

A topic is judged after the signature, so any sender may cause the request of a certificate: those of unknown topics have a
cache and a budget of their own, beside those of our topics.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from reconciler.core.model.formats import SELLER_ID
from reconciler.ipn.receive.certificate_cache import CertificateCache
from reconciler.ipn.verify import envelope as envelopes
from reconciler.ipn.verify import notification as notices
from reconciler.ipn.verify.envelope import Envelope, EnvelopePolicy, MessageType
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.ipn.verify.recipient import AMAZON_ACCOUNTS, account_of, allowed_topics, check_recipient
from reconciler.ipn.verify.signature import verify_signature
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import MessageStatus, ReceivedMessage
from reconciler.ports.quarantine import CopySource, SignedOrigin
from reconciler.ports.shop_directory import ShopDirectory, ShopIdentity

UNREADABLE: Final = "unreadable"
"""The kind of a message that SNS signed, and of a form we do not know."""

_WRONG_PLACE: Final = frozenset({RejectReason.UNKNOWN_TOPIC, RejectReason.OTHER_SELLER})


@frozen
class TrustPolicy:
    """`topics` as the settings write them, `environment` is `production` or `sandbox`."""

    topics: tuple[str, ...]
    environment: str
    max_age: timedelta
    sha1: bool


class RefusedSigned(Refused):
    """A good signature on a message that is not for this shop as it is configured.

    `certain` False: the shops may have changed since they were read.
    """

    def __init__(self, refused: Refused, origin: SignedOrigin, *, certain: bool = True) -> None:
        super().__init__(refused.ground, refused.detail)
        self.origin: Final = origin
        self._certain = certain

    @property
    def status(self) -> int:
        """503 where the message names a SellerId of ours, or may do so: Amazon comes again when the settings are right."""
        if not self._certain:
            return 503
        ours = self.origin.source in {CopySource.OURS, CopySource.OTHER_ACCOUNT}
        return 503 if ours and self.ground in _WRONG_PLACE else self.ground.status


@frozen
class VerifiedMessage:
    """For the inbox. `topic` and `seller` are where it is from."""

    arrival: ReceivedMessage
    topic: str
    heading: notices.NotificationHeader | None

    @property
    def seller(self) -> str | None:
        return _seller(self.heading)


class MessageVerifier:
    """`others` holds certificates for topics that are not configured."""

    def __init__(
        self, directory: ShopDirectory, ring: CertificateCache, others: CertificateCache, trusted: TrustPolicy
    ) -> None:
        self._directory = directory
        self._ring = ring
        self._others = others
        self._trusted = trusted
        self._policies: dict[str | None, EnvelopePolicy] = {}
        """By SellerId: what follows from one does not change."""
        self._accounts = AMAZON_ACCOUNTS | {account_of(topic) for topic in trusted.topics}

    async def verify(
        self, shop: ShopIdentity, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> VerifiedMessage:
        """`now` is when it was posted. Raises Refused, KeyUnavailable, DirectoryUnavailable."""
        envelope = envelopes.read(body, headers, now=now, rules=self._policy(shop))
        ring = self._ring if envelope.configured or self._ring.holds(envelope.certificate_url) else self._others
        signed = verify_signature(envelope, await ring.certificate_for(envelope))
        if envelope.configured:
            await ring.verified(envelope)
        digest = hashlib.sha256(signed).hexdigest()
        heading = _heading(envelope)
        try:
            envelopes.check_topic(envelope)
            parsed = self._parse(envelope, shop, heading)
        except Refused as refused:
            raise RefusedSigned(refused, await self._origin(envelope, heading, digest)) from None
        arrival = ReceivedMessage(
            message_id=envelope.message_id,
            shop=shop.shop,
            published=envelope.published,
            received=now,
            kind=parsed.kind,
            object_id=parsed.object_id,
            lane=parsed.lane or envelope.message_id,
            status=parsed.standing,
            body=body,
            digest=digest,
        )
        return VerifiedMessage(arrival=arrival, topic=envelope.topic, heading=heading)

    def _policy(self, shop: ShopIdentity) -> EnvelopePolicy:
        """Raises Refused."""
        policy = self._policies.get(shop.seller_id)
        if policy is None:
            topics = allowed_topics(self._trusted.topics, shop)
            policy = EnvelopePolicy(topics=topics, max_age=self._trusted.max_age, sha1=self._trusted.sha1)
            self._policies[shop.seller_id] = policy
        return policy

    async def refuse(self, refused: Refused, verified: VerifiedMessage) -> RefusedSigned:
        """A verified message that cannot be stored for another reason."""
        arrival = verified.arrival
        return RefusedSigned(
            refused,
            SignedOrigin(
                message_id=arrival.message_id,
                digest=arrival.digest,
                topic=verified.topic,
                kind=arrival.kind,
                seller=verified.seller,
                source=await self._source(verified.topic, verified.seller),
            ),
        )

    def _parse(
        self, envelope: Envelope, shop: ShopIdentity, heading: notices.NotificationHeader | None
    ) -> _ParsedMessage:
        """Raises Refused for a notice that is another's. What cannot be understood is stored for the worker to park."""
        if envelope.type is not MessageType.NOTIFICATION:
            return _ParsedMessage(kind=envelope.type, standing=MessageStatus.UNUSED)
        if heading is None:
            return _ParsedMessage(kind=UNREADABLE, standing=MessageStatus.WAITING)
        try:
            notice = notices.read(envelope.message)
        except Refused:
            check_recipient(heading, shop, self._trusted.environment)
            return _ParsedMessage(kind=heading.kind, standing=MessageStatus.WAITING)
        standing = check_recipient(notice, shop, self._trusted.environment)
        return _ParsedMessage(kind=notice.kind, standing=standing, object_id=notice.object_id, lane=notice.order_key)

    async def _origin(
        self, envelope: Envelope, heading: notices.NotificationHeader | None, digest: str
    ) -> SignedOrigin:
        unread = UNREADABLE if envelope.type is MessageType.NOTIFICATION else envelope.type.value
        return SignedOrigin(
            message_id=envelope.message_id,
            digest=digest,
            topic=envelope.topic,
            kind=unread if heading is None else heading.kind,
            seller=_seller(heading),
            source=await self._source(envelope.topic, _seller(heading)),
        )

    async def _source(self, topic: str, seller: str | None) -> CopySource:
        ours = seller is not None and bool(await self._directory.by_seller(seller))
        if account_of(topic) in self._accounts:
            return CopySource.OURS if ours else CopySource.OTHER_SELLER
        return CopySource.OTHER_ACCOUNT if ours else CopySource.STRANGER


@frozen
class _ParsedMessage:
    kind: str
    standing: MessageStatus
    object_id: str | None = None
    lane: str | None = None


def _heading(envelope: Envelope) -> notices.NotificationHeader | None:
    """None for what is no notification of Amazon Pay's."""
    if envelope.type is not MessageType.NOTIFICATION:
        return None
    try:
        return notices.read_header(envelope.message)
    except Refused:
        return None


def _seller(heading: notices.NotificationHeader | None) -> str | None:
    return heading.seller if heading is not None and SELLER_ID.accepts(heading.seller) else None
