"""The reception of a message: verified, stored, and only then acknowledged.

    path -> shop -> verification (`message_verifier.py`) -> inbox -> 200

In: a post. Out: a response, a status and a word of a closed list. 4xx makes Amazon give up, so it is only for errors of the
message itself, and a copy is kept; what may be our own problem is 503, and Amazon retries. A message that was verified and cannot
be understood is stored for the worker to park: it is Amazon's, and must not be lost. One that SNS signed and that is not for this
shop as it is configured is kept whole, with where it is from, and raises an alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import structlog

from reconciler.ipn.receive.message_verifier import MessageVerifier, RefusedSigned, VerifiedMessage
from reconciler.ipn.telemetry.logs import RateLimitedLog
from reconciler.ipn.telemetry.metrics import Metrics
from reconciler.ipn.verify.reasons import AckReason, Refused, RejectReason
from reconciler.lib.error_location import error_location
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock
from reconciler.ports.inbox import Inbox, InboxUnavailable, MessageStatus, ReceivedMessage, StoreOutcome
from reconciler.ports.quarantine import RejectedMessage, SignedOrigin
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory, ShopIdentity, ShopsReadRecently
from reconciler.ports.signing_keys import KeyUnavailable

_OF_IDENTITY: Final = frozenset({RejectReason.UNKNOWN_TOPIC, RejectReason.OTHER_SELLER, RejectReason.NOT_CONFIGURED})


@frozen(kw_only=False)
class HttpAnswer:
    status: int
    word: str


@frozen
class IncomingPost:
    """`headers` by lower-case name."""

    path: str
    headers: Mapping[str, str]
    body: bytes


class Receiver:
    """`kept` is called when there is something new to work on."""

    def __init__(  # one a port
        self,
        *,
        directory: ShopDirectory,
        verifier: MessageVerifier,
        inbox: Inbox,
        clock: Clock,
        metrics: Metrics,
        kept: Callable[[], None],
    ) -> None:
        self._directory = directory
        self._verifier = verifier
        self._inbox = inbox
        self._clock = clock
        self._metrics = metrics
        self._kept = kept
        self._sparing = RateLimitedLog(clock)
        self._log = structlog.get_logger().bind()  # put together once: for each line it would cost more than the line

    async def shop_at(self, path: str, host: str) -> ShopIdentity | HttpAnswer:
        """The shop that is addressed, or the answer to a post that addresses none."""
        try:
            found = await self._directory.by_path(path, host=host)
        except DirectoryUnavailable as error:
            return self._without_directory(error)
        return self.logged(HttpAnswer(404, AckReason.UNKNOWN_PATH)) if found is None else found

    async def receive(self, shop: ShopIdentity, post: IncomingPost) -> HttpAnswer:
        try:
            return await self._judged(shop, post)
        except KeyUnavailable as error:
            answer = HttpAnswer(503, AckReason.NO_KEY)
            return self.logged(answer, shop=shop.shop, why=str(error.reason), certificate=error.url)
        except DirectoryUnavailable as error:
            return self._without_directory(error, shop=shop.shop)
        except InboxUnavailable as error:
            return self.logged(HttpAnswer(503, AckReason.NO_INBOX), shop=shop.shop, why=str(error))
        except Exception as error:  # noqa: BLE001  # a fault of ours must not make Amazon give up
            return self.logged(HttpAnswer(503, AckReason.FAULT), shop=shop.shop, why=error_location(error))

    async def _judged(self, shop: ShopIdentity, post: IncomingPost) -> HttpAnswer:
        try:
            return await self._accepted(shop, post)
        except Refused as refused:
            answer = HttpAnswer(refused.status, refused.ground)
            if isinstance(refused, RefusedSigned):
                await self._quarantine(shop, post, refused.ground, refused.origin)
                return self._refused_signed(answer, shop, refused)
            if refused.ground.kept:
                await self._quarantine(shop, post, refused.ground)
            return self.logged(answer, shop=shop.shop, why=refused.detail)

    async def _accepted(self, shop: ShopIdentity, post: IncomingPost) -> HttpAnswer:
        """A shop's SellerId may have changed since it was read: that is looked up before anybody is refused for it."""
        now = self._clock.now()
        try:
            verified = await self._verifier.verify(shop, post.body, post.headers, now=now)
        except Refused as refused:
            fresh = await self._looked_up(post, refused)
            if fresh is None:
                raise
            verified = await self._verifier.verify(fresh, post.body, post.headers, now=now)
        self._metrics.verified()
        return await self._keep(verified)

    async def _looked_up(self, post: IncomingPost, refused: Refused) -> ShopIdentity | None:
        """The shop as it is now; None where nothing of it can change the refusal. Raises DirectoryUnavailable, RefusedSigned."""
        if refused.ground not in _OF_IDENTITY:
            return None
        try:
            return await self._directory.by_path(post.path, host=post.headers.get("host", ""), fresh=True)
        except DirectoryUnavailable:
            if isinstance(refused, RefusedSigned):  # kept, with its alarm, and sent again
                raise RefusedSigned(refused, refused.origin, certain=False) from None
            raise

    async def _keep(self, verified: VerifiedMessage) -> HttpAnswer:
        arrival = verified.arrival
        kept = await self._inbox.keep(arrival)
        if kept is StoreOutcome.CLASH:
            clash = Refused(RejectReason.CLASH, "another message with this MessageId was received before")
            raise await self._verifier.refuse(clash, verified)
        if kept is StoreOutcome.STORED and arrival.status is MessageStatus.WAITING:
            self._kept()
        return self._acknowledged(arrival, word_of(kept, arrival.status))

    async def _quarantine(
        self, shop: ShopIdentity, post: IncomingPost, ground: RejectReason, origin: SignedOrigin | None = None
    ) -> None:
        await self._inbox.quarantine(
            RejectedMessage(received=self._clock.now(), shop=shop.shop, reason=ground, body=post.body, signed=origin)
        )

    def _refused_signed(self, answer: HttpAnswer, shop: ShopIdentity, refused: RefusedSigned) -> HttpAnswer:
        """With an alarm unless it is a stranger's. What is in it is signed by SNS, and has its form."""
        origin = refused.origin
        self._metrics.verified()
        self._metrics.refused_signed(refused.ground, origin.source)
        if origin.source.needs_attention:
            self._metrics.alarmed(refused.ground.value)
        if self._sparing.allow(f"{refused.ground}/{origin.source}"):
            alarm = origin.source.needs_attention
            write = self._log.error if alarm else self._log.warning
            write(
                "received",
                outcome=str(answer.word),
                status=answer.status,
                shop=shop.shop,
                why=refused.detail,
                message=origin.message_id,
                topic=origin.topic,
                seller=origin.seller,
                kind=origin.kind,
                source=str(origin.source),
                alarm=alarm,
            )
        return answer

    def _acknowledged(self, arrival: ReceivedMessage, word: AckReason) -> HttpAnswer:
        about: dict[str, str] = {"shop": arrival.shop, "message": arrival.message_id, "kind": arrival.kind}
        if arrival.object_id:
            about["object"] = arrival.object_id
        self._log.info("received", outcome=word.value, status=200, **about)
        return _ACKNOWLEDGED[word]

    def _without_directory(self, error: DirectoryUnavailable, **details: str) -> HttpAnswer:
        word = AckReason.READ_RECENTLY if isinstance(error, ShopsReadRecently) else AckReason.NO_DIRECTORY
        return self.logged(HttpAnswer(503, word), why=str(error), **details)

    def logged(self, answer: HttpAnswer, **details: str) -> HttpAnswer:
        """The answer, with a line in the log: so many a minute of each outcome."""
        if self._sparing.allow(str(answer.word)):
            self._log.warning("received", outcome=str(answer.word), status=answer.status, **details)
        return answer


_ACKNOWLEDGED: Final = {word: HttpAnswer(200, word) for word in AckReason}
_BY_STATUS: Final = {MessageStatus.SAMPLE: AckReason.SAMPLE, MessageStatus.UNUSED: AckReason.UNUSED}


def word_of(kept: StoreOutcome, standing: MessageStatus) -> AckReason:
    """What a stored message, or one that was stored before, comes to."""
    if kept is StoreOutcome.DUPLICATE:
        return AckReason.DUPLICATE
    return _BY_STATUS.get(standing, AckReason.STORED)
