"""What was healed, and the plans that wait for a person. Waits and fights follow from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from reconciler.core.findings.finding import FindingEvent
from reconciler.core.healing.record import Heal, HealOutcome
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class HealedField:
    """Which finding is healed, and by which rule of the policy."""

    finding: str
    shop: ShopKey
    field: str
    rule: str


@frozen
class StoredHeal:
    """`run` is None where nothing was written, and where the process was killed."""

    number: int
    healed: HealedField
    heal: Heal
    run: str | None = None


@frozen
class Proposal:
    """The saved plan of one shop that a person may apply. `findings` are those that it settles: by id, a hash of the values that
    it was made for.
    """

    shop: ShopKey
    file: str
    fingerprint: str
    rule: str
    at: str
    findings: Mapping[str, str]


class HealStore(Protocol):
    """Each method is one transaction and raises SetupError. A fleet does not see another one's heals."""

    def heals_of(self, fleet: str, findings: Collection[str]) -> Mapping[str, Sequence[Heal]]:
        """By the id of the finding, oldest first; only of those that have any."""
        ...

    def healed_shops(self, fleet: str, since: str) -> frozenset[str]:
        """Those in which something was healed, or tried to be, since that time."""
        ...

    def begin_heals(
        self, fleet: str, started: Sequence[tuple[HealedField, Heal]], known: Mapping[str, int]
    ) -> Sequence[int]:
        """Records them before anything is sent; their numbers, in the same order. `known` is how many heals of each finding the
        decision knew of: if any finding has more by now, another process heals, nothing is recorded and there are no numbers.
        """
        ...

    def end_heals(self, fleet: str, outcomes: Mapping[int, HealOutcome], run: str | None) -> None: ...

    def latest_heals(self, fleet: str, *, limit: int, shop: str | None = None) -> Sequence[StoredHeal]:
        """Newest first."""
        ...

    def announce_fight(self, event: FindingEvent, last: str) -> bool:
        """Records the event, unless one of the same finding was recorded since `last`, its last heal. Whether it was."""
        ...

    def proposals(self, fleet: str) -> Sequence[Proposal]:
        """In the order of shops."""
        ...

    def propose(self, fleet: str, proposal: Proposal, events: Sequence[FindingEvent]) -> None:
        """Replaces an older one of the same shop, and records the events."""
        ...

    def withdraw(self, fleet: str, shops: Collection[ShopKey]) -> None: ...


class HealStores(Protocol):
    """Where heals are kept: the store of the findings."""

    def open(self, *, create: bool) -> AbstractContextManager[HealStore | None]:
        """None where nothing was ever stored and `create` is not given. Raises SetupError."""
        ...
