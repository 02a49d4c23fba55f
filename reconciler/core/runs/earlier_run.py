"""What the journal keeps of a run in one shop: its plan, and what came of it. Pure.

In: what an adapter read. Out: values, and the leaf of the plan, so that it can be compared with an approved one. Secrets are
references here, as in a leaf.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.core.model.canonical import Json
from reconciler.core.planning.change import Reason
from reconciler.core.planning.leaves import leaf_digest
from reconciler.core.planning.plan import Step, StepKind
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class RecordedChange:
    """`field` is `kind.field`. The values are canonical, of a secret only where it is to be found. `reason` is the word that the
    journal holds: a newer version may know more of them.
    """

    field: str
    before: Json
    after: Json
    reason: str


@frozen
class EarlierRun:
    """`started` is UTC text. `applied` are the values that this run or a later one was the last to apply, by field; `wrote`
    are the fields that one of them wrote; `complete`: one of them did every step of its plan, and read back what was predicted.
    """

    run: str
    shop: ShopKey
    started: str
    changes: tuple[RecordedChange, ...]
    steps: tuple[Step, ...]
    applied: Mapping[str, Json]
    wrote: frozenset[str] = frozenset()
    complete: bool = False

    @property
    def closes(self) -> bool:
        return any(step.action is StepKind.CLOSE for step in self.steps)

    @property
    def leaf(self) -> str | None:
        """None where the journal does not say what was approved: beside a rotation, what follows from it is not recorded."""
        if not self.changes or any(change.reason == Reason.ROTATED.value for change in self.changes):
            return None
        return leaf_digest(
            {
                "shop": str(self.shop),
                "changes": [_change(change) for change in self.changes],
                "steps": [_step(step) for step in self.steps],
            }
        )


def without_digest(value: Json) -> Json:
    """A secret as its reference alone; another value as it is."""
    if not isinstance(value, dict):
        return value
    return {name: part for name, part in value.items() if name in ("sensitive", "source")}


def _change(change: RecordedChange) -> Json:
    return {
        "field": change.field,
        "before": change.before,
        "after": change.after,
        "reason": change.reason,
    }


def _step(step: Step) -> Json:
    return {"does": step.action.value, "kind": step.kind, "fields": [str(ref) for ref in step.refs]}
