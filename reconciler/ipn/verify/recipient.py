"""Whether a verified notice is for the shop that was addressed, in the environment that is served here. Pure.

A valid signature says that Amazon SNS signed it, not that Amazon Pay sent it, and a topic may carry several sellers' notices; so
the topic, the seller and the environment are compared exactly, each by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reconciler.core.model.formats import SELLER_ID
from reconciler.ipn.verify import ids
from reconciler.ipn.verify.notification import Environment, Heading, OtherNotice
from reconciler.ipn.verify.reasons import Ground, Refused
from reconciler.ports.inbox import Standing
from reconciler.ports.shop_directory import ShopIdentity

PLACE: Final = "{seller_id}"

_AT_AMAZON: Final = {"production": Environment.LIVE, "sandbox": Environment.SANDBOX}


def topics_of(patterns: Iterable[str], identity: ShopIdentity) -> frozenset[str]:
    """The exact topics of the shop. Raises Refused (503): without a SellerId or a topic nothing can be told from a forgery."""
    seller = _seller(identity)
    topics = frozenset(pattern.replace(PLACE, seller) for pattern in patterns)
    if not topics:
        raise Refused(Ground.NOT_CONFIGURED, "no topic is configured")
    return topics


def judge(notice: Heading, identity: ShopIdentity, environment: str) -> Standing:
    """Of a notice, or of a heading alone where the rest could not be read. `environment` is `production` or `sandbox`.

    Raises Refused. A sample is a sample whatever order it names.
    """
    if notice.seller != _seller(identity):
        raise Refused(Ground.OTHER_SELLER, "the SellerId is not this shop's")
    expected = _AT_AMAZON[environment]
    if notice.environment not in {None, expected}:
        raise Refused(Ground.OTHER_ENVIRONMENT, f"ReleaseEnvironment is not {expected}")
    if notice.sample:
        return Standing.SAMPLE
    if notice.object_id is not None and ids.is_sandbox(notice.object_id) is not (expected is Environment.SANDBOX):
        raise Refused(Ground.OTHER_ENVIRONMENT, f"the letter of the id is not one of {expected}")
    return Standing.UNUSED if isinstance(notice, OtherNotice) else Standing.WAITING


def _seller(identity: ShopIdentity) -> str:
    if identity.seller_id is None or not SELLER_ID.accepts(identity.seller_id):
        raise Refused(Ground.NOT_CONFIGURED, "the shop has no SellerId yet")
    return identity.seller_id
