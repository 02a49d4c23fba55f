"""Which alerts go to which channel, and when.

In: the rules of a fleet and a finding. Out: for each channel what its first matching rule says; without one, nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from fnmatch import fnmatchcase

from reconciler.core.findings.finding import Finding, FindingClass
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import shifted_utc

DAY = 86_400
_JAPAN = 9 * 3600  # seconds ahead of UTC, all year


class Delivery(Enum):
    IMMEDIATE = "immediate"
    DIGEST = "digest"
    NEVER = "never"


@frozen
class AlertRule:
    """All that is given must match. `severity` is the least one; of `classes`, `owners` and `groups` any may match; each key of
    `labels` must have that value (a glob, as in a selection). Without `channels` it is a rule of all. `digest_at` is a time of
    day in Japan, `HH:MM`.
    """

    severity: FindingSeverity | None = None
    classes: frozenset[FindingClass] = frozenset()
    owners: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    channels: frozenset[str] = frozenset()
    delivery: Delivery = Delivery.IMMEDIATE
    digest_at: str | None = None

    def matches(self, channel: str, finding: Finding) -> bool:
        return (
            (not self.channels or channel in self.channels)
            and (self.severity is None or finding.severity >= self.severity)
            and (not self.classes or finding.key.kind in self.classes)
            and (not self.owners or not self.owners.isdisjoint((finding.owner or "").split()))
            and (not self.groups or finding.group in self.groups)
            and all(key in finding.labels and fnmatchcase(finding.labels[key], it) for key, it in self.labels.items())
        )


@frozen
class AlertRules:
    """`channels` in the order of the file."""

    channels: tuple[str, ...]
    rules: tuple[AlertRule, ...]

    def rule_for(self, channel: str, finding: Finding) -> AlertRule | None:
        """The first that matches; None where nothing is to be sent."""
        first = next((rule for rule in self.rules if rule.matches(channel, finding)), None)
        return None if first is None or first.delivery is Delivery.NEVER else first


def next_digest(at: str, now: str) -> str:
    """The first moment after `now` at which a day in Japan shows the time `at`."""
    day = shifted_utc(now, _JAPAN)[:10]
    today = shifted_utc(f"{day}T{at}:00Z", -_JAPAN)
    return today if today > now else shifted_utc(today, DAY)
