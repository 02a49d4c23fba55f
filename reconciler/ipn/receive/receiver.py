"""What a post comes to: checked from the cheap to the dear, kept, and only then acknowledged.

    path -> shop -> envelope -> certificate -> signature -> seller, environment -> inbox -> 200

In: a post. Out: an answer, a status and a word of a closed list. 4xx makes Amazon give up for good, so it is said only of what is
wrong with the message itself, and a copy is kept; whatever may be our own trouble is 503, and Amazon comes again. A message that
was verified and cannot be understood is kept for the worker to put aside: it is Amazon's, and losing it helps nobody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

import structlog

from reconciler.ipn.receive.certificate_cache import KeyRing
from reconciler.ipn.telemetry.logs import Sparing, place_of
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify import envelope as envelopes
from reconciler.ipn.verify import notification as notices
from reconciler.ipn.verify.envelope import Envelope, MessageType, Rules
from reconciler.ipn.verify.reasons import Ground, Refused
from reconciler.ipn.verify.recipient import judge, topics_of
from reconciler.ipn.verify.signature import string_to_sign, verify
from reconciler.ports import Clock
from reconciler.ports.inbox import Arrival, Inbox, InboxUnavailable, Kept, Refusal, Standing
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory, ShopIdentity
from reconciler.ports.signing_keys import KeyUnavailable

UNREADABLE: Final = "unreadable"
"""The kind of a message that is Amazon's, and of a form we do not know."""

_OF_IDENTITY: Final = frozenset({Ground.UNKNOWN_TOPIC, Ground.OTHER_SELLER, Ground.NOT_CONFIGURED})
_log = structlog.get_logger()


class Word(StrEnum):
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
class Answer:
    status: int
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Believed:
    """`topics` as the settings write them, `environment` is `production` or `sandbox`."""

    topics: tuple[str, ...]
    environment: str
    max_age: timedelta
    sha1: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
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
        ring: KeyRing,
        inbox: Inbox,
        believed: Believed,
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
        self._sparing = Sparing(clock)

    async def shop_at(self, path: str, host: str) -> ShopIdentity | Answer:
        """The shop that is addressed, or the answer to a post that addresses none."""
        try:
            found = await self._directory.at(path, host=host)
        except DirectoryUnavailable:
            return self._told(Answer(503, Word.NO_DIRECTORY))
        return self._told(Answer(404, Word.UNKNOWN_PATH)) if found is None else found

    async def receive(self, shop: ShopIdentity, post: Post) -> Answer:
        try:
            return await self._judged(shop, post)
        except KeyUnavailable as error:
            return self._told(Answer(503, Word.NO_KEY), shop=shop.shop, why=str(error.reason))
        except DirectoryUnavailable:
            return self._told(Answer(503, Word.NO_DIRECTORY), shop=shop.shop)
        except InboxUnavailable as error:
            return self._told(Answer(503, Word.NO_INBOX), shop=shop.shop, why=str(error))
        except Exception as error:  # noqa: BLE001  # a fault of ours must not make Amazon give up
            return self._told(Answer(503, Word.FAULT), shop=shop.shop, why=place_of(error))

    async def _judged(self, shop: ShopIdentity, post: Post) -> Answer:
        try:
            return await self._accepted(shop, post)
        except Refused as refused:
            if refused.ground.kept:
                await self._quarantine(shop, post, refused.ground)
            return self._told(Answer(refused.status, refused.ground), shop=shop.shop, why=refused.detail)

    async def _accepted(self, shop: ShopIdentity, post: Post) -> Answer:
        """A shop's SellerId may have changed since it was read: that is looked up before anybody is refused for it."""
        try:
            arrival = await self._arrival(shop, post)
        except Refused as refused:
            if refused.ground not in _OF_IDENTITY:
                raise
            fresh = await self._directory.at(post.path, host=post.headers.get("host", ""), fresh=True)
            if fresh is None or fresh == shop:
                raise
            arrival = await self._arrival(fresh, post)
        return await self._keep(arrival)

    async def _arrival(self, shop: ShopIdentity, post: Post) -> Arrival:
        rules = Rules(
            topics=topics_of(self._believed.topics, shop), max_age=self._believed.max_age, sha1=self._believed.sha1
        )
        now = self._clock.now()
        envelope = envelopes.read(post.body, post.headers, now=now, rules=rules)
        verify(envelope, await self._ring.certificate_for(envelope))
        self._metrics.verified()
        told = self._told_by(envelope, shop)
        return Arrival(
            message_id=envelope.message_id,
            shop=shop.shop,
            published=envelope.published,
            received=now,
            kind=told.kind,
            object_id=told.object_id,
            lane=told.lane or envelope.message_id,
            standing=told.standing,
            body=post.body,
            digest=hashlib.sha256(string_to_sign(envelope)).hexdigest(),
        )

    def _told_by(self, envelope: Envelope, shop: ShopIdentity) -> _Told:
        """Raises Refused for a notice that is another's."""
        if envelope.type is not MessageType.NOTIFICATION:
            return _Told(kind=envelope.type, standing=Standing.UNUSED)
        try:
            notice = notices.read(envelope.message)
        except Refused:
            return self._poison(envelope, shop)
        standing = judge(notice, shop, self._believed.environment)
        return _Told(kind=notice.kind, standing=standing, object_id=notice.object_id, lane=notice.lane)

    def _poison(self, envelope: Envelope, shop: ShopIdentity) -> _Told:
        try:
            heading = notices.heading(envelope.message)
        except Refused:
            return _Told(kind=UNREADABLE, standing=Standing.WAITING)
        judge(heading, shop, self._believed.environment)
        return _Told(kind=heading.kind, standing=Standing.WAITING)

    async def _keep(self, arrival: Arrival) -> Answer:
        kept = await self._inbox.keep(arrival)
        if kept is Kept.CLASH:
            raise Refused(Ground.CLASH, "the same MessageId came before with other content")
        if kept is Kept.STORED and arrival.standing is Standing.WAITING:
            self._kept()
        return self._told(Answer(200, _word(kept, arrival.standing)), arrival=arrival)

    async def _quarantine(self, shop: ShopIdentity, post: Post, ground: Ground) -> None:
        await self._inbox.quarantine(Refusal(received=self._clock.now(), shop=shop.shop, reason=ground, body=post.body))

    def _told(self, answer: Answer, *, arrival: Arrival | None = None, **told: str) -> Answer:
        if arrival is not None:
            told |= {"shop": arrival.shop, "message": arrival.message_id, "kind": arrival.kind}
            told |= {"object": arrival.object_id} if arrival.object_id else {}
        if answer.status == 200 or self._sparing.may(answer.word):
            say = _log.info if answer.status == 200 else _log.warning
            say("received", outcome=str(answer.word), status=answer.status, **told)
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    kind: str
    standing: Standing
    object_id: str | None = None
    lane: str | None = None


def _word(kept: Kept, standing: Standing) -> Word:
    if kept is Kept.DUPLICATE:
        return Word.DUPLICATE
    return {Standing.SAMPLE: Word.SAMPLE, Standing.UNUSED: Word.UNUSED}.get(standing, Word.STORED)
