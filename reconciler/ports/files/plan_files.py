"""Plans as files: the one that people saved, the one that takes a run back, the one that is proposed for a shop, the one of a
rollout that is not finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.core.approvals.leaf_list import Leaves
    from reconciler.core.documents.saved_plan import SavedPlan
    from reconciler.core.planning.plan import Plan
    from reconciler.core.values import ShopKey

Allowances = tuple[tuple[str, str], ...]
"""Pairs of a guard's slug and a pattern over shop keys."""


@frozen
class SavedRollout:
    """`plan` is the file of the plan, `run` the run that started it; `pacing` the options by their names, `reason` why
    it was allowed what the plan's `allowed` names.
    """

    plan: Path
    run: str
    pacing: dict[str, Any]
    reason: str | None = None


@frozen
class PlanKeyRing:
    """The keys that digest secrets and seal saved plans, by their ids, the present one first.

    `place` is the file as people write it, or the environment variable, where `from_variable`. `variable` is that one's name.
    """

    key_ids: tuple[str, ...]
    place: str
    variable: str
    from_variable: bool = False


class PlanKeys(Protocol):
    """All methods raise SetupError where a key cannot be read or written."""

    def load(self) -> PlanKeyRing | None:
        """None where there is no key yet."""
        ...

    def create(self) -> PlanKeyRing | None:
        """A new key in the file; None where there is one."""
        ...

    def rotate(self) -> PlanKeyRing:
        """A new key in the file, with the former ones behind it."""
        ...


class PlanFiles(Protocol):
    """All methods raise SetupError where a file cannot be read or written."""

    def save(self, path: Path, plan: Plan, allowed: Allowances) -> None: ...

    def load(self, path: Path) -> SavedPlan:
        """With its seal checked."""
        ...

    def load_leaves(self, path: Path) -> Leaves:
        """The approved leaves of a file: one `SHOP LEAF` per line."""
        ...

    def save_undo(self, run: str, plan: Plan) -> str:
        """Returns the path as people write it."""
        ...

    def delete_undo(self, run: str) -> None: ...

    def save_proposal(self, shop: ShopKey, plan: Plan) -> str:
        """Replaces the plan that was proposed for the shop before. Returns the path as people write it."""
        ...

    def has_proposal(self, shop: ShopKey) -> bool: ...

    def delete_proposal(self, shop: ShopKey) -> None: ...

    def save_rollout(
        self, run: str, plan: Plan, allowed: Allowances, pacing: Mapping[str, Any], reason: str | None = None
    ) -> None:
        """Replaces the rollout that was saved before."""
        ...

    def load_rollout(self) -> SavedRollout | None: ...

    def delete_rollout(self) -> None: ...
