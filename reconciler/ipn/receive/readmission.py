"""Copies of refused messages, taken in after the settings were fixed: verified again as if they had just been posted.

In: a copy. Out: what came of it. Signature and certificate are verified again, and the topic, the seller and the environment
under the present settings. A copy is as old as it was when it was received, or by the present clock, whichever says younger:
the clock may have been what was wrong. What is accepted goes through the inbox like every message, under its MessageId: so it is
processed once, also if Amazon sends it again, or this is repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reconciler.ipn.receive.message_verifier import MessageVerifier, RefusedSigned, VerifiedMessage
from reconciler.ipn.receive.receiver import word_of
from reconciler.ipn.verify.reasons import AckReason, ReadmissionProblem, Refused, RejectReason
from reconciler.lib.frozen_class import frozen
from reconciler.ports.inbox import Inbox, StoreOutcome
from reconciler.ports.inbox_admin import InboxAdmin
from reconciler.ports.quarantine import QuarantinedMessage, QuarantineFilter, ReadmittedCopy
from reconciler.ports.runtime import Clock
from reconciler.ports.shop_directory import DirectoryUnavailable, ShopDirectory, ShopIdentity, ShopsReadRecently
from reconciler.ports.signing_keys import KeyUnavailable


@frozen
class Readmission:
    """The world that copies are taken into."""

    verifier: MessageVerifier
    directory: ShopDirectory
    inbox: Inbox
    admin: InboxAdmin
    clock: Clock

    async def readmit(self, wanted: QuarantineFilter) -> Sequence[ReadmittedCopy]:
        """Oldest first, as they came. Raises InboxUnavailable."""
        copies = sorted(await self.admin.quarantined(wanted), key=lambda copy: copy.number)
        missing = set(wanted.numbers or ()).difference(copy.number for copy in copies)
        return [
            *[await self._readmitted(copy) for copy in copies],
            *(_still_refused(number, ReadmissionProblem.NO_SUCH_COPY) for number in sorted(missing)),
        ]

    async def _readmitted(self, copy: QuarantinedMessage) -> ReadmittedCopy:
        body = await self.admin.copy_body(copy.number)
        if body is None:
            return _still_refused(copy.number, ReadmissionProblem.NO_SUCH_COPY)
        if copy.kept != copy.size:
            return _of_copy(copy, ReadmissionProblem.INCOMPLETE)
        try:
            verified = await self._verified(copy, body)
        except RefusedSigned as refused:
            return _of_copy(replace(copy, signed=refused.origin), refused.ground)
        except Refused as refused:
            return _of_copy(copy, refused.ground)
        except KeyUnavailable:
            return _of_copy(copy, AckReason.NO_KEY)
        except ShopsReadRecently:
            return _of_copy(copy, AckReason.READ_RECENTLY)
        except DirectoryUnavailable:
            return _of_copy(copy, AckReason.NO_DIRECTORY)
        return _of_copy(copy, ReadmissionProblem.NO_SUCH_SHOP) if verified is None else await self._kept(copy, verified)

    async def _verified(self, copy: QuarantinedMessage, body: bytes) -> VerifiedMessage | None:
        """For the shop it was posted to; else for the one shop that its SellerId is of. None: there is no such shop any more.

        Raises Refused, KeyUnavailable, DirectoryUnavailable.
        """
        shop = None if copy.shop is None else await self.directory.by_key(copy.shop)
        if shop is None:
            return None
        at = min(copy.received, self.clock.now())
        try:
            return await self.verifier.verify(shop, body, {}, now=at)
        except RefusedSigned as refused:
            other = await self._other(shop, refused)
            if other is None:
                raise
            return await self.verifier.verify(other, body, {}, now=at)

    async def _other(self, shop: ShopIdentity, refused: RefusedSigned) -> ShopIdentity | None:
        """Amazon sent it to the URL of another shop of ours, by the registration in Seller Central."""
        seller = refused.origin.seller
        if refused.ground not in {RejectReason.OTHER_SELLER, RejectReason.UNKNOWN_TOPIC} or seller is None:
            return None
        others = [each for each in await self.directory.by_seller(seller) if each.shop != shop.shop]
        return others[0] if len(others) == 1 and shop.seller_id != seller else None

    async def _kept(self, copy: QuarantinedMessage, verified: VerifiedMessage) -> ReadmittedCopy:
        arrival = replace(verified.arrival, received=self.clock.now())
        outcome = await self.inbox.keep(arrival)
        accepted = outcome is not StoreOutcome.CLASH
        if accepted:
            await self.admin.forget_copy(copy.number)
        return ReadmittedCopy(
            number=copy.number,
            shop=arrival.shop,
            outcome=str(word_of(outcome, arrival.status)) if accepted else RejectReason.CLASH.value,
            accepted=accepted,
            message_id=arrival.message_id,
            kind=arrival.kind,
            signed=copy.signed,
        )


def _of_copy(copy: QuarantinedMessage, outcome: str) -> ReadmittedCopy:
    signed = copy.signed
    return ReadmittedCopy(
        number=copy.number,
        shop=copy.shop,
        outcome=str(outcome),
        accepted=False,
        message_id=None if signed is None else signed.message_id,
        kind=None if signed is None else signed.kind,
        signed=signed,
    )


def _still_refused(number: int, outcome: str) -> ReadmittedCopy:
    return ReadmittedCopy(number=number, shop=None, outcome=outcome, accepted=False)
