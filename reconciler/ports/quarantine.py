"""Copies of refused messages: where each is from, and which ones an operator asks for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


class CopySource(StrEnum):
    """Who can have sent a message whose signature is good. The room for copies is divided by it, so that no other account
    uses up ours.

    OURS: an AWS account of Amazon Pay's, and a SellerId of ours. OTHER_SELLER: such an account, another SellerId. OTHER_ACCOUNT:
    any account, and a SellerId of ours, which anyone can write. STRANGER: neither.
    """

    OURS = "ours"
    OTHER_SELLER = "other-seller"
    OTHER_ACCOUNT = "other-account"
    STRANGER = "stranger"

    @property
    def needs_attention(self) -> bool:
        return self is not CopySource.STRANGER


@frozen
class SignedOrigin:
    """Where a refused message with a good signature is from. `seller` None: it names none that has the form of a SellerId."""

    message_id: str
    digest: str
    topic: str
    kind: str
    seller: str | None
    source: CopySource


@frozen
class RejectedMessage:
    """A refused message, for the quarantine: a bug or a wrong setting of ours would otherwise lose a payment without a trace.

    `reason` is one of a closed list of words; `shop` None if the shop was unknown. `signed` None: nothing shows who sent it.
    """

    received: datetime
    shop: ShopKey | None
    reason: str
    body: bytes
    signed: SignedOrigin | None = None


@frozen
class QuarantinedMessage:
    """A copy in the quarantine, without what was posted: that had `size` bytes, of which the first `kept` are kept.

    `signed` None: its signature was not verified, so nothing shows where it is from.
    """

    number: int
    received: datetime
    shop: ShopKey | None
    reason: str
    size: int
    kept: int
    signed: SignedOrigin | None = None


@frozen
class RefusedTopic:
    """How many signed copies are kept of one topic and SellerId."""

    topic: str
    seller: str | None
    source: CopySource
    copies: int
    newest: datetime


@frozen
class QuarantineFilter:
    """Which copies of refused messages an operator asks for: all that is given must hold. `signed`: only those with a good
    signature. `numbers` None: any. `before` is a copy's number, for the next page.
    """

    shop: ShopKey | None = None
    reason: str | None = None
    topic: str | None = None
    seller: str | None = None
    signed: bool = False
    numbers: Sequence[int] | None = None
    before: int | None = None
    limit: int = 50


@frozen
class ReadmittedCopy:
    """What came of verifying a copy again. `accepted`: its message is in the inbox, at `shop`, and the copy is gone.

    `outcome` is a word of a closed list: that of an answer to Amazon, or why it is still refused. `signed` is where the message
    is from, as far as that is known.
    """

    number: int
    shop: ShopKey | None
    outcome: str
    accepted: bool
    message_id: str | None = None
    kind: str | None = None
    signed: SignedOrigin | None = None
