"""The policy: which fields may be healed, whose changes, when, and how many at once.

Some fields no policy can name: those of credentials, those that need the shop closed, and those that no manifest declares.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from fnmatch import fnmatchcase
from typing import Final

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.findings.fields import acceptable_field
from reconciler.core.findings.finding import Finding
from reconciler.core.model.kinds.storefront_status import STOREFRONT_STATUS
from reconciler.core.model.policy import FindingSeverity, Owner
from reconciler.core.planning.guards import in_window
from reconciler.lib.frozen_class import frozen

MINUTES_OF_A_DAY: Final = 24 * 60
HEALING_ACTOR: Final = "healing rule "
"""So history names the approver of a heal, before the name of the rule."""


def actor_words(actor: str, limit: Callable[[str], str] = str) -> Message:
    """Who made a run, for people. `limit` shortens the name of the rule, or of the person."""
    rule = actor.removeprefix(HEALING_ACTOR)
    return msg("{value}", value=limit(actor)) if rule == actor else msg("healing rule {rule}", rule=limit(rule))


class HealingMode(Enum):
    HEAL = "heal"
    PROPOSE = "propose"
    """The plan is made ready and shown; a person applies it."""


@frozen
class HealingRule:
    """All that is given must match. `fields` are patterns over manifest keys, `actors` the types of actors in the backend's audit
    trail. `severity` is the highest that is healed. `window` is (from, until) in minutes of the day in `time_zone`.
    """

    name: str
    fields: tuple[str, ...]
    actors: frozenset[str] = frozenset({"MERCHANT"})
    severity: FindingSeverity = FindingSeverity.MEDIUM
    window: tuple[int, int] | None = None
    time_zone: str = "Asia/Tokyo"
    mode: HealingMode = HealingMode.HEAL

    def names(self, finding: Finding) -> bool:
        return any(fnmatchcase(finding.key.field, pattern) for pattern in self.fields)

    def accepts(self, finding: Finding) -> bool:
        """Whether severity and author are those of the rule. Of a change without a known author nothing is healed."""
        author = finding.author
        return finding.severity <= self.severity and author is not None and author.actor_type in self.actors

    def open_at(self, minute: int) -> bool:
        return self.window is None or in_window(self.window, minute)

    def minutes_until_open(self, minute: int) -> int:
        """To the next opening of its window."""
        return 0 if self.window is None else (self.window[0] - minute) % MINUTES_OF_A_DAY


@frozen
class HealingPolicy:
    """`max_per_look` shops are healed by one look. If more than `max_share` of all shops could be healed at once, none is: many
    changes at the same time have one cause, which a person should know.
    """

    rules: tuple[HealingRule, ...] = ()
    max_per_look: int = 10
    max_share: float = 0.01


def healable_field(place: str) -> Message | None:
    """None where a policy may name the field; otherwise why not."""
    ref = acceptable_field(place)
    if isinstance(ref, Message):
        return ref
    policy = ref.spec.policy
    if policy.owner is not Owner.MANAGED:
        return msg("`{field}` follows another field and cannot be set", field=place)
    if ref.kind == STOREFRONT_STATUS.name:
        return msg("`{field}` opens or closes the shop: it is never healed", field=place)
    if policy.while_closed:
        return msg("`{field}` can be changed only while the shop is closed, and healing closes no shop", field=place)
    if policy.severity is FindingSeverity.CRITICAL:
        return msg("`{field}` decides where the money goes: it is never healed", field=place)
    return None


NO_HEALING: Final = HealingPolicy()
