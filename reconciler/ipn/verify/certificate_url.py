"""The address of Amazon SNS's signing certificates, and the name in them, by region.

The region is that of the topic, one of a closed list; so there is exactly one host and one path for it, and an address is
compared with them as a whole. It is never taken apart: what a parser makes of userinfo, ports, tabs or backslashes does not
matter then. Regions and names on certificates: AWS SDK for Java 2, SnsHostProvider (2026), compared with botocore's
`partitions.json`. A region that AWS opens later is added here. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from reconciler.ipn.verify.reasons import Refused, RejectReason

_CLASSIC: Final = frozenset(
    {
        "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2",
        "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1",
        "us-east-1", "us-east-2", "us-west-1", "us-west-2",
    }
)  # fmt: skip
_OPT_IN: Final = frozenset(
    {
        "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
        "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
        "me-central-1", "me-south-1", "mx-central-1",
    }
)  # fmt: skip
_CHINA: Final = frozenset({"cn-north-1", "cn-northwest-1"})
_GOVERNMENT: Final = frozenset({"us-gov-east-1", "us-gov-west-1"})

PARTITIONS: Final[Mapping[str, frozenset[str]]] = {
    "aws": _CLASSIC | _OPT_IN,
    "aws-cn": _CHINA,
    "aws-us-gov": _GOVERNMENT,
}
"""The regions of each partition, by the word that an ARN has for it."""


@lru_cache(maxsize=1024)
def is_known_region(topic: str) -> bool:
    """Whether the region of an ARN is one of its partition."""
    _, partition, _, region, *_ = topic.split(":")
    return region in PARTITIONS.get(partition, ())


def region_of(topic: str) -> str:
    """Raises Refused (503) where the region is none of its partition: that is a fault of the settings."""
    if not is_known_region(topic):
        raise Refused(RejectReason.NOT_CONFIGURED, "the region of the topic is unknown")
    return topic.split(":")[3]


def certificate_host(region: str) -> str:
    return f"sns.{region}.amazonaws.com{'.cn' if region in _CHINA else ''}"


def signing_name(region: str) -> str:
    """The name on the certificate. One certificate serves all classic regions, Tokyo and Osaka among them."""
    if region in _CHINA:
        return f"sns-{region}.amazonaws.com.cn"
    if region in _GOVERNMENT:
        return "sns-us-gov-west-1.amazonaws.com"
    return f"sns-signing.{region}.amazonaws.com" if region in _OPT_IN else "sns.amazonaws.com"


def check_address(url: str, region: str) -> None:
    """Raises Refused unless it is exactly where certificates of the region are kept."""
    if _form(region).fullmatch(url) is None:
        raise Refused(
            RejectReason.BAD_ADDRESS, f"SigningCertURL is not an address of Amazon SNS certificates in {region}"
        )


@cache
def _form(region: str) -> re.Pattern[str]:
    return re.compile(rf"https://{re.escape(certificate_host(region))}/SimpleNotificationService-[0-9a-f]{{32}}\.pem")
