"""Whether a verified notice is for the shop that was addressed, in the environment that is served here. Pure.

A valid signature shows that Amazon SNS signed it, not that Amazon Pay sent it, and a topic may carry notifications of several
sellers; so the topic, the seller and the environment are compared exactly, each separately.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from reconciler.core.model.formats import SELLER_ID
from reconciler.ipn.verify import ids
from reconciler.ipn.verify.notice_types import AmazonEnvironment, NotificationHeader
from reconciler.ipn.verify.reasons import Refused, RejectReason
from reconciler.ports.inbox import MessageStatus
from reconciler.ports.shop_directory import ShopIdentity

PLACE: Final = "{seller_id}"

AMAZON_ACCOUNTS: Final = frozenset({"291180941288", "598607868003"})
"""AWS accounts whose topics carry Amazon Pay's notifications, the second one those about chargebacks: read from real messages."""

_AT_AMAZON: Final = {"production": AmazonEnvironment.LIVE, "sandbox": AmazonEnvironment.SANDBOX}


def allowed_topics(patterns: Iterable[str], identity: ShopIdentity) -> frozenset[str]:
    """The exact topics of the shop. Raises Refused (503): without a SellerId or a topic a forgery cannot be detected."""
    seller = _seller(identity)
    topics = frozenset(pattern.replace(PLACE, seller) for pattern in patterns)
    if not topics:
        raise Refused(RejectReason.NOT_CONFIGURED, "no topic is configured")
    return topics


def account_of(topic: str) -> str:
    """The AWS account in an ARN: no other account can publish on its topics."""
    return topic.split(":")[4]


def check_recipient(notice: NotificationHeader, identity: ShopIdentity, environment: str) -> MessageStatus:
    """Of a notice, or of a heading alone where the rest could not be read. `environment` is `production` or `sandbox`.

    Raises Refused. A sample is a sample with any order.
    """
    if notice.seller != _seller(identity):
        raise Refused(RejectReason.OTHER_SELLER, "SellerId is not the one of this shop")
    expected = _AT_AMAZON[environment]
    if notice.environment not in {None, expected}:
        raise Refused(RejectReason.OTHER_ENVIRONMENT, f"ReleaseEnvironment is not {expected}")
    if notice.sample:
        return MessageStatus.SAMPLE
    if any(ids.is_sandbox(each) is (expected is AmazonEnvironment.LIVE) for each in notice.amazon_ids):
        raise Refused(RejectReason.OTHER_ENVIRONMENT, f"the first letter of the id does not belong to {expected}")
    return MessageStatus.WAITING


def _seller(identity: ShopIdentity) -> str:
    if identity.seller_id is None or not _is_seller_id(identity.seller_id):
        raise Refused(RejectReason.NOT_CONFIGURED, "the shop has no SellerId yet")
    return identity.seller_id


@lru_cache(maxsize=1024)
def _is_seller_id(text: str) -> bool:
    return SELLER_ID.accepts(text)
