"""What was reviewed in a pull request: its record at the forge, and its leaves if they lead to that record.

In: a commit of a branch, or a pull request. Out: `Approval`. Comments are never read. Leaves may come from the store or from
files: they are believed only if they hash to the recorded fingerprint. Raises ForgeError.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from reconciler.core.approvals.decision import Approval, believed_leaves
from reconciler.core.approvals.record import PlanRecord, read_plan_record
from reconciler.core.planning.leaves import ShopLeaf, merkle_root
from reconciler.lib.utc import format_utc
from reconciler.ports.ci.forge import CiContext, Forge, PullRequest, RecordState
from reconciler.ports.ci.reviews import ReviewStore, pull_request_key
from reconciler.workflows.ci.names import plan_record_name

if TYPE_CHECKING:
    from reconciler.core.approvals.leaf_list import Leaves
    from reconciler.core.planning.plan import Plan
    from reconciler.core.values import ShopKey
    from reconciler.workflows.ci.evaluate import Scope
    from reconciler.workflows.ci.merged_changes import MergedChanges
    from reconciler.workflows.session import Session

_REVIEWED: Final = frozenset({RecordState.REVIEWABLE, RecordState.HELD})
"""Of a record that a person saw. What a guard held is held again when it is applied."""


@dataclass(slots=True, kw_only=True)
class Reviewed:
    """Each commit and each pull request is looked up once. `files` are lists of leaves that the job was handed. `branch` is
    the one that pull requests were merged into. `only`: every commit belongs to this pull request, which is not merged yet.
    """

    session: Session
    context: CiContext
    forge: Forge
    reviews: ReviewStore | None
    files: Sequence[Leaves] = ()
    branch: str | None = None
    only: PullRequest | None = None
    _commits: dict[str, PullRequest | None] = field(default_factory=dict)
    _approvals: dict[int, Approval] = field(default_factory=dict)

    async def of_commit(self, commit: str) -> Approval:
        """Without a pull request into the branch there is no approval."""
        request = await self.request_of(commit)
        return Approval(number=None) if request is None else await self.of_request(request)

    async def request_of(self, commit: str) -> PullRequest | None:
        if self.only is not None:
            return self.only
        if commit not in self._commits:
            self._commits[commit] = await self.forge.pull_request_of(commit, self.branch)
        return self._commits[commit]

    async def of_request(self, request: PullRequest) -> Approval:
        return await self.of_head(request.number, request.head)

    async def of_head(self, number: int, head: str) -> Approval:
        if number not in self._approvals:
            self._approvals[number] = await self._approval(number, head)
        return self._approvals[number]

    async def _approval(self, number: int, head: str) -> Approval:
        found = await self.forge.read_record(head, plan_record_name(self.session.target))
        record = read_plan_record(found.text) if found is not None and found.state in _REVIEWED else None
        if found is None or record is None or found.created is None:
            return Approval(number=number, head=head)
        return Approval(
            number=number,
            head=head,
            record=record,
            approved=format_utc(found.created),
            leaves=self._leaves(number, head, record),
        )

    def _leaves(self, number: int, head: str, record: PlanRecord) -> Leaves | None:
        key = pull_request_key(self.context, self.session.target.fleet_name, number)
        saved = None if self.reviews is None else self.reviews.plan_of(key, head)
        candidates = [() if saved is None else saved.leaves, *(_as_leaves(each) for each in self.files)]
        found = (believed_leaves(record, each) for each in candidates)
        return next((leaves for leaves in found if leaves is not None), None)

    async def of_pending(self, scope: Scope, pending: Sequence[ShopKey], plan: Plan) -> Mapping[ShopKey, Approval]:
        """A deferred apply may be older than the changes: its approval is that of its pull request."""
        recent = [shop for shop in pending if shop in scope.changes.owners]
        found = dict(await self.approvals(scope.changes, recent, plan))
        for shop in pending:
            if shop not in found and shop in scope.waiting:
                waiting = scope.waiting[shop]
                found[shop] = await self.of_head(waiting.request.number, waiting.head)
        return found

    async def approvals(
        self, changes: MergedChanges, pending: Sequence[ShopKey], plan: Plan
    ) -> Mapping[ShopKey, Approval]:
        """Of each pending shop. Without leaves a plan is compared as a whole, over all shops of its pull request."""
        result = {shop: await self.of_commit(changes.owners[shop]) for shop in pending}
        for number in {each.number for each in result.values() if each.record is not None and each.leaves is None}:
            assert number is not None  # it has a record
            approval = self._approvals[number]
            whole = _root_of(plan, await self._shops_of(changes, number)) == (
                approval.record and approval.record.fingerprint
            )
            self._approvals[number] = replace(approval, whole=whole)
        return {shop: each if each.number is None else self._approvals[each.number] for shop, each in result.items()}

    async def _shops_of(self, changes: MergedChanges, number: int) -> frozenset[ShopKey]:
        """Those that the commits of a pull request affect; a rebase has several commits."""
        found: set[ShopKey] = set()
        for commit, shops in changes.commits:
            request = await self.request_of(commit)
            if request is not None and request.number == number:
                found |= shops
        return frozenset(found)


def _as_leaves(leaves: Leaves) -> tuple[ShopLeaf, ...]:
    return tuple(ShopLeaf(shop=shop, digest=digest) for shop, digest in leaves.items())


def _root_of(plan: Plan, shops: frozenset[ShopKey]) -> str:
    return merkle_root(leaf for leaf in plan.leaves if leaf.shop in shops)
