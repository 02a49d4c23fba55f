"""A finding: one thing that is wrong in one place, for as long as it is wrong.

Times are text in UTC of one width (`2026-11-28T03:00:00Z`), which sorts as time does. Values are canonical JSON; secrets are
keyed digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Final

from reconciler.core.drift.finding_id import finding_id
from reconciler.core.model.canonical import Json
from reconciler.core.model.policy import FindingSeverity
from reconciler.lib.frozen_class import frozen


class FindingClass(Enum):
    DRIFTED = "drifted"
    """The backend differs from Git, and it is not only Git that changed."""
    CONFLICT = "conflict"
    """Git and the backend both changed the field."""
    NOT_FOLLOWING = "not-following"
    """A derived field does not have the value that 利用設定 implies."""
    FOREIGN_ENDPOINT = "foreign-endpoint"
    """A registered URL of no known shop. It belongs to a seller, not to a shop."""
    SILENT_NOTIFICATIONS = "silent-notifications"
    """Captures happen, and no notification arrives."""
    CREDENTIALS_REFUSED = "credentials-refused"
    BUTTONS_HIDDEN = "buttons-hidden"
    LEFT_CLOSED = "left-closed"
    """A killed run may have left the shop closed."""
    UNMANAGED = "unmanaged"
    """The shop was applied before, and its manifest is gone."""


FIELD_CLASSES: Final = frozenset({FindingClass.DRIFTED, FindingClass.CONFLICT, FindingClass.NOT_FOLLOWING})
"""Classes of one field; the others are of a whole shop."""

CLASS_SEVERITIES: Final = {
    FindingClass.FOREIGN_ENDPOINT: FindingSeverity.CRITICAL,
    FindingClass.SILENT_NOTIFICATIONS: FindingSeverity.HIGH,
    FindingClass.CREDENTIALS_REFUSED: FindingSeverity.CRITICAL,
    FindingClass.BUTTONS_HIDDEN: FindingSeverity.CRITICAL,
    FindingClass.LEFT_CLOSED: FindingSeverity.CRITICAL,
    FindingClass.UNMANAGED: FindingSeverity.MEDIUM,
}
"""Of the classes without a field; the others have the severity of their field."""


class FindingState(Enum):
    OPEN = "open"
    CHANGED = "changed"
    """Open, with another value than the one it was opened with."""
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    """Open again, since its acceptance ended."""
    RESOLVED = "resolved"
    FLAPPING = "flapping"
    """Opened several times within a day. It is silent until nothing moved for a day."""


class ResolvedBy(Enum):
    GIT = "git"
    APPLY = "apply"
    HAND = "hand"
    HEALING = "healing"


class FindingEventKind(Enum):
    OPENED = "opened"
    CHANGED = "changed"
    WORSENED = "worsened"
    """The severity was raised."""
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    RESOLVED = "resolved"
    FLAPPING = "flapping"
    FIGHT = "fight"
    """Heals of it were undone again and again: it is not healed any more."""
    PROPOSED = "proposed"
    """A plan that settles it is ready."""


NEWS: Final = frozenset(FindingEventKind) - {FindingEventKind.ACCEPTED, FindingEventKind.RESOLVED}
"""Events that a person has to know of; the others end something."""


@frozen
class FindingKey:
    """`shop` is a shop key, or the SellerId of an endpoint of no shop. `field` is a `field_place`; empty for a whole shop."""

    fleet: str
    shop: str
    field: str
    kind: FindingClass

    @property
    def id(self) -> str:
        return finding_id(self.fleet, self.shop, self.field, self.kind.value)


@frozen
class ChangeAuthor:
    """Who changed the value at the backend, and when, as the backend's audit trail has it."""

    actor: str
    actor_type: str
    at: str


@frozen
class Sighting:
    """A finding as one look sees it. `file` is the manifest, as people call it; `labels` and `group` are those of its shop."""

    key: FindingKey
    severity: FindingSeverity
    owner: str | None = None
    file: str | None = None
    desired: Json = None
    observed: Json = None
    author: ChangeAuthor | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None


@frozen
class Finding:
    """`opened` is when it was opened last, `since` when it came to its state, `flipped` when it last appeared or disappeared or,
    while it flaps, had another value. `openings` are the latest ones. `present` says whether the last look that could see it saw
    it. `last_seen` is that of the last look at which it was present.
    """

    key: FindingKey
    state: FindingState
    severity: FindingSeverity
    first_seen: str
    opened: str
    last_seen: str
    since: str
    flipped: str
    owner: str | None = None
    file: str | None = None
    desired: Json = None
    observed: Json = None
    author: ChangeAuthor | None = None
    openings: tuple[str, ...] = ()
    present: bool = True
    resolved_by: ResolvedBy | None = None
    accepted_until: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str | None = None

    @property
    def unsettled(self) -> bool:
        """Whether a person has to do something."""
        return self.present and self.state is not FindingState.ACCEPTED


@frozen
class HealingFacts:
    """What the policy did: `rule` is the name of its rule. Of a fight: `heals` were undone since `since`, one every `period`
    seconds. Of a proposal: `file` is the saved plan.
    """

    rule: str
    heals: int = 0
    since: str | None = None
    period: float = 0.0
    file: str | None = None


@frozen
class FindingEvent:
    """One transition, or what the policy did, which has facts. `finding` is the finding after it."""

    kind: FindingEventKind
    at: str
    finding: Finding
    healing: HealingFacts | None = None


@frozen
class RecordedEvent:
    """`number` grows over all findings of a store."""

    number: int
    look: int
    event: FindingEvent


def same_stored_value(one: Json, other: Json) -> bool:
    """A secret without a digest is equal to any: nothing is known about it."""
    if isinstance(one, dict) and isinstance(other, dict) and not ("digest" in one and "digest" in other):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one["digest"] == other["digest"]
    return type(one) is type(other) and one == other
