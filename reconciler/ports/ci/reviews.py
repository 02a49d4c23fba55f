"""What CI jobs remember for each other: the plans of pull requests, deferred applies, what was reported.

None of it is the truth: what was reviewed is in the records of the forge, and what is merged is in Git. A lost store costs the
leaves of a plan (it is then applied as a whole or not at all), what was dropped, and a report that is written once more.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from reconciler.core.planning.leaves import ShopLeaf
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.ci.forge import CiContext


@frozen
class PullRequestKey:
    """One pull request for one fleet. `place` is the forge and the repository: `github:kyoto/shops`."""

    fleet: str
    place: str
    number: int


@frozen
class ReviewedPlan:
    """The plan that was shown in a pull request. `head` is the commit that was planned, `base` what it was compared with."""

    request: PullRequestKey
    head: str
    base: str
    fingerprint: str
    leaves: tuple[ShopLeaf, ...]
    created: datetime


@frozen
class DeferredApply:
    """An approved plan of one shop that waits for the shop's maintenance window. `approved` and `expires` are those of the
    approval, `since` is when it was deferred first. `dropped`: a person took it back, and it is not applied. `applied`: a run
    outside CI applied it in the window, and the next `ci apply` reports that.
    """

    request: PullRequestKey
    shop: ShopKey
    head: str
    leaf: str
    approved: datetime
    expires: datetime
    since: datetime
    dropped: datetime | None = None
    dropped_by: str | None = None
    applied: datetime | None = None
    applied_run: str | None = None

    @property
    def waiting(self) -> bool:
        """Neither dropped nor applied. It may have expired."""
        return self.dropped is None and self.applied is None


class ReviewStore(Protocol):
    """Each method is one transaction and raises SetupError."""

    def save_plan(self, plan: ReviewedPlan) -> None:
        """Replaces the plan of the same head. Of each pull request the latest few are kept."""
        ...

    def plan_of(self, request: PullRequestKey, head: str | None = None) -> ReviewedPlan | None:
        """The plan of that head; without one the latest."""
        ...

    def defer(self, applies: Sequence[DeferredApply]) -> None:
        """One per shop of a fleet: a newer approval replaces an older one. The same approval keeps its `since`, and stays
        dropped or applied if it was.
        """
        ...

    def deferred(self, fleet: str) -> Sequence[DeferredApply]:
        """In the order of shops, also those that were dropped or applied."""
        ...

    def drop(self, fleet: str, shops: Collection[ShopKey], at: datetime, by: str) -> Sequence[ShopKey]:
        """The shops of which something was dropped."""
        ...

    def mark_applied(self, fleet: str, leaves: Mapping[ShopKey, str], at: datetime, run: str | None) -> None:
        """Those that wait with these leaves; without a run nothing was left to be applied. What was dropped, replaced or
        forgotten since stays as it is.
        """
        ...

    def settle(self, fleet: str, shops: Collection[ShopKey]) -> None:
        """Forgets the deferred applies of these shops, also dropped and applied ones."""
        ...

    def last_report(self, request: PullRequestKey) -> str | None:
        """The digest of what was last reported into the pull request."""
        ...

    def set_report(self, request: PullRequestKey, digest: str) -> None: ...


class ReviewStores(Protocol):
    def __call__(self, *, create: bool = True) -> AbstractContextManager[ReviewStore | None]:
        """None only if there is no store and none is to be created. Raises SetupError."""
        ...


def pull_request_key(context: CiContext, fleet: str, number: int) -> PullRequestKey:
    return PullRequestKey(fleet=fleet, place=f"{context.forge.value}:{context.repository}", number=number)
