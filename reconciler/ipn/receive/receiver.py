"""The reception of a message: cheap checks before expensive ones, stored, and only then acknowledged.

    path -> shop -> envelope -> certificate -> signature -> seller, environment -> inbox -> 200

In: a post. Out: a response, a status and a word of a closed list. 4xx makes Amazon give up, so it is only for errors of the
message itself, and a copy is kept; what may be our own fault is 503, and Amazon retries. A message that was verified and cannot
be understood is stored for the worker to park: it is Amazon's, and must not be lost.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

import structlog

from reconciler.ipn.receive.certificate_cache import CertificateCache
from reconciler.ipn.telemetry.logs import RateLimitedLog, error_location
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify import envelope as envelopes
from reconciler.ipn.verify import notification as notices
from reconciler.ipn.verify.envelope import Envelope, EnvelopePolicy, MessageType
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.ipn.verify.recipient import allowed_topics, check_recipient
from reconciler.ipn.verify.signature import string_to_sign, verify_signature
from reconciler.ports import Clock
from reconciler.ports.inbox import (
    Inbox,
    InboxUnavailable,
    MessageStatus,
    ReceivedMessage,
    RejectedMessage,
    StoreOutcome,
)
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory, ShopIdentity
from reconciler.ports.signing_keys import KeyUnavailable

UNREADABLE: Final = "unreadable"
"""The kind of a message that is Amazon's, and of a form we do not know."""

_OF_IDENTITY: Final = frozenset({RejectReason.UNKNOWN_TOPIC, RejectReason.OTHER_SELLER, RejectReason.NOT_CONFIGURED})
_log = structlog.get_logger()


class AckReason(StrEnum):
    """What a post comes to, beside the grounds of refusal."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    SAMPLE = "sample"
    UNUSED = "unused"
    UNKNOWN_PATH = "unknown-path"
    NO_DIRECTORY = "directory-unavailable"
    NO_INBOX = "inbox-unavailable"
    NO_KEY = "certificate-unavailable"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustPolicy:
    """`topics` as the settings write them, `environment` is `production` or `sandbox`."""

    topics: tuple[str, ...]
    environment: str
    max_age: timedelta
    sha1: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingPost:
    """`headers` by lower-case name."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """`kept` is called when there is something new to work on."""

    def __init__(  # noqa: PLR0913  # one a port
        self,
        *,
        directory: ShopDirectory,
        ring: CertificateCache,
        inbox: Inbox,
        believed: TrustPolicy,
        clock: Clock,
        metrics: Metrics,
        kept: Callable[[], None],
    ) -> None:
        self._directory = directory
        self._ring = ring
        self._inbox = inbox
        self._believed = believed
        self._clock = clock
        self._metrics = metrics
        self._kept = kept
        self._sparing = RateLimitedLog(clock)

    async def shop_at(self, path: str, host: str) -> ShopIdentity | HttpAnswer:
        """The shop that is addressed, or the answer to a post that addresses none."""
        try:
            found = await self._directory.by_path(path, host=host)
        except DirectoryUnavailable:
            return self._logged(HttpAnswer(503, AckReason.NO_DIRECTORY))
        return self._logged(HttpAnswer(404, AckReason.UNKNOWN_PATH)) if found is None else found

    async def receive(self, shop: ShopIdentity, post: IncomingPost) -> HttpAnswer:
        try:
            return await self._judged(shop, post)
        except KeyUnavailable as error:
            answer = HttpAnswer(503, AckReason.NO_KEY)
            return self._logged(answer, shop=shop.shop, why=str(error.reason), certificate=error.url)
        except DirectoryUnavailable:
            return self._logged(HttpAnswer(503, AckReason.NO_DIRECTORY), shop=shop.shop)
        except InboxUnavailable as error:
            return self._logged(HttpAnswer(503, AckReason.NO_INBOX), shop=shop.shop, why=str(error))
        except Exception as error:  # noqa: BLE001  # a fault of ours must not make Amazon give up
            return self._logged(HttpAnswer(503, AckReason.FAULT), shop=shop.shop, why=error_location(error))

    async def _judged(self, shop: ShopIdentity, post: IncomingPost) -> HttpAnswer:
        try:
            return await self._accepted(shop, post)
        except Refused as refused:
            if refused.ground.kept:
                await self._quarantine(shop, post, refused.ground)
            return self._logged(HttpAnswer(refused.status, refused.ground), shop=shop.shop, why=refused.detail)

    async def _accepted(self, shop: ShopIdentity, post: IncomingPost) -> HttpAnswer:
        """A shop's SellerId may have changed since it was read: that is looked up before anybody is refused for it."""
        try:
            arrival = await self._arrival(shop, post)
        except Refused as refused:
            if refused.ground not in _OF_IDENTITY:
                raise
            fresh = await self._directory.by_path(post.path, host=post.headers.get("host", ""), fresh=True)
            if fresh is None or fresh == shop:
                raise
            arrival = await self._arrival(fresh, post)
        return await self._keep(arrival)

    async def _arrival(self, shop: ShopIdentity, post: IncomingPost) -> ReceivedMessage:
        rules = EnvelopePolicy(
            topics=allowed_topics(self._believed.topics, shop), max_age=self._believed.max_age, sha1=self._believed.sha1
        )
        now = self._clock.now()
        envelope = envelopes.read(post.body, post.headers, now=now, rules=rules)
        verify_signature(envelope, await self._ring.certificate_for(envelope))
        await self._ring.verified(envelope)
        self._metrics.verified()
        parsed = self._parse(envelope, shop)
        return ReceivedMessage(
            message_id=envelope.message_id,
            shop=shop.shop,
            published=envelope.published,
            received=now,
            kind=parsed.kind,
            object_id=parsed.object_id,
            lane=parsed.lane or envelope.message_id,
            status=parsed.standing,
            body=post.body,
            digest=hashlib.sha256(string_to_sign(envelope)).hexdigest(),
        )

    def _parse(self, envelope: Envelope, shop: ShopIdentity) -> _ParsedMessage:
        """Raises Refused for a notice that is another's."""
        if envelope.type is not MessageType.NOTIFICATION:
            return _ParsedMessage(kind=envelope.type, standing=MessageStatus.UNUSED)
        try:
            notice = notices.read(envelope.message)
        except Refused:
            return self._unparseable(envelope, shop)
        standing = check_recipient(notice, shop, self._believed.environment)
        return _ParsedMessage(kind=notice.kind, standing=standing, object_id=notice.object_id, lane=notice.order_key)

    def _unparseable(self, envelope: Envelope, shop: ShopIdentity) -> _ParsedMessage:
        try:
            heading = notices.read_header(envelope.message)
        except Refused:
            return _ParsedMessage(kind=UNREADABLE, standing=MessageStatus.WAITING)
        check_recipient(heading, shop, self._believed.environment)
        return _ParsedMessage(kind=heading.kind, standing=MessageStatus.WAITING)

    async def _keep(self, arrival: ReceivedMessage) -> HttpAnswer:
        kept = await self._inbox.keep(arrival)
        if kept is StoreOutcome.CLASH:
            raise Refused(RejectReason.CLASH, "another message with this MessageId was received before")
        if kept is StoreOutcome.STORED and arrival.status is MessageStatus.WAITING:
            self._kept()
        return self._logged(HttpAnswer(200, _word(kept, arrival.status)), arrival=arrival)

    async def _quarantine(self, shop: ShopIdentity, post: IncomingPost, ground: RejectReason) -> None:
        await self._inbox.quarantine(
            RejectedMessage(received=self._clock.now(), shop=shop.shop, reason=ground, body=post.body)
        )

    def _logged(self, answer: HttpAnswer, *, arrival: ReceivedMessage | None = None, **details: str) -> HttpAnswer:
        if arrival is not None:
            details |= {"shop": arrival.shop, "message": arrival.message_id, "kind": arrival.kind}
            details |= {"object": arrival.object_id} if arrival.object_id else {}
        if answer.status == 200 or self._sparing.allow(answer.word):
            say = _log.info if answer.status == 200 else _log.warning
            say("received", outcome=str(answer.word), status=answer.status, **details)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _ParsedMessage:
    kind: str
    standing: MessageStatus
    object_id: str | None = None
    lane: str | None = None


def _word(kept: StoreOutcome, standing: MessageStatus) -> AckReason:
    if kept is StoreOutcome.DUPLICATE:
        return AckReason.DUPLICATE
    return {MessageStatus.SAMPLE: AckReason.SAMPLE, MessageStatus.UNUSED: AckReason.UNUSED}.get(
        standing, AckReason.STORED
    )
