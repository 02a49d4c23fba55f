"""Whether a run carried an approved plan out, and whether the present plan is the rest of it: by the plan's own changes only."""

from dataclasses import replace

import pytest

from reconciler.adapters.store.runs.plan_outline import decode_changes, encode_changes
from reconciler.core.approvals.earlier_work import EarlierWork, Progress, progress
from reconciler.core.model.canonical import to_canonical
from reconciler.core.planning.change import Reason
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.runs.earlier_run import EarlierRun, without_digest
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import ABSENT
from tests.support.plan_samples import EXAMPLES, KEY

PLANS = {name: example.plan for name, example in EXAMPLES.items()}
APPROVED, STARTED = "2026-04-07T03:00:00Z", "2026-04-07T04:00:00Z"
WHOLE = replace(PLANS["every-field"].shops[0], findings=())
LEAF = build_plan([WHOLE]).leaves[0].digest


def run_of(shop=WHOLE, applied=(), **words) -> EarlierRun:
    """As the journal keeps it. `applied` are changes whose value was applied."""
    return EarlierRun(
        **{
            "run": "r1",
            "shop": shop.shop,
            "started": STARTED,
            "changes": decode_changes(encode_changes(shop, KEY)),
            "steps": shop.steps,
            "applied": {str(change.ref): written(change.after) for change in applied},
            **words,
        }
    )


def written(value):
    return without_digest(to_canonical(value))


def rest_of(count: int, shop=WHOLE):
    """The first changes that are written have been; what is predicted holds them."""
    done = shop.written_changes[:count]
    left = tuple(change for change in shop.changes if change not in done)
    refs = {change.ref for change in left}
    steps = tuple(step for step in shop.steps if not step.refs or refs.intersection(step.refs))
    predicted = tuple({**{change.ref: change.after for change in shop.changes}, **dict(shop.predicted)}.items())
    return done, replace(shop, changes=left, steps=steps, predicted=predicted)


def judged(plan, *runs, past=None):
    return progress(plan, LEAF, APPROVED, EarlierWork(runs=runs, past=past or LastApplied()))


@pytest.mark.parametrize("name", sorted(PLANS))
def test_the_leaf_of_a_journalled_plan_is_that_of_the_plan(name):
    """Unless a secret was rotated: the journal does not say what followed from it."""
    plan = PLANS[name]
    for shop in plan.shops:
        found = run_of(shop).leaf
        expected = {leaf.shop: leaf.digest for leaf in build_plan([shop]).leaves}.get(shop.shop)
        rotated = any(change.reason is Reason.ROTATED for change in shop.changes)
        assert found == (None if rotated else expected)


def test_a_run_of_another_plan_or_before_the_approval_says_nothing():
    _, rest = rest_of(1)
    other = replace(WHOLE, changes=WHOLE.changes[1:])
    assert judged(rest) is None
    assert judged(rest, run_of(other)) is None
    assert judged(rest, run_of(started="2026-04-07T02:59:59Z")) is None


def test_what_was_applied_and_changed_at_the_backend_is_applied():
    change = WHOLE.written_changes[0]
    drifted = replace(WHOLE, changes=(replace(change, before=ABSENT),))
    past = LastApplied(applied={str(change.ref): to_canonical(change.after, KEY)}, key=KEY)
    run = run_of(applied=WHOLE.changes)
    assert judged(drifted, run, past=past) is Progress.APPLIED
    assert judged(drifted, run) is None
    assert judged(drifted, run_of(applied=WHOLE.written_changes[1:], complete=True), past=past) is not Progress.APPLIED


@pytest.mark.parametrize("count", range(1, len(WHOLE.written_changes)))
def test_what_remains_is_the_rest(count):
    done, rest = rest_of(count)
    assert judged(rest, run_of(applied=done)) is Progress.REST


def spoiled(rest, **changes):
    first = replace(rest.changes[0], **changes)
    return replace(rest, changes=(first, *rest.changes[1:]))


def test_another_value_before_or_after_is_not_the_rest():
    done, rest = rest_of(1)
    for changed in ({"before": "somebody else's"}, {"after": "another"}):
        assert judged(spoiled(rest, **changed), run_of(applied=done)) is Progress.INTERRUPTED


def test_a_change_that_was_not_approved_is_not_the_rest():
    done, rest = rest_of(1)
    approved = replace(WHOLE, changes=tuple(change for change in WHOLE.changes if change != rest.written_changes[-1]))
    leaf = build_plan([approved]).leaves[0].digest
    work = EarlierWork(runs=(run_of(approved, applied=done),), past=LastApplied())
    assert progress(rest, leaf, APPROVED, work) is Progress.INTERRUPTED


def test_what_was_written_and_is_to_be_written_again_is_not_the_rest():
    """Somebody put the value from before back: a merchant, or a person who undid the run."""
    done, rest = rest_of(1)
    again = rest.written_changes[0]
    assert judged(rest, run_of(applied=(*done, again))) is Progress.INTERRUPTED
    assert judged(rest, run_of(applied=done, wrote=frozenset({str(again.ref)}))) is Progress.INTERRUPTED
    assert judged(rest, run_of(applied=done, wrote=frozenset({str(again.ref)}), complete=True)) is None


def test_a_written_value_that_does_not_hold_leaves_no_rest():
    done, rest = rest_of(1)
    holds = dict(rest.predicted)
    for value in ({done[0].ref: "somebody else's"}, {}):
        lost = {ref: have for ref, have in holds.items() if ref != done[0].ref} | value
        assert judged(replace(rest, predicted=tuple(lost.items())), run_of(applied=done)) is Progress.INTERRUPTED


def test_a_closure_that_was_not_approved_is_not_the_rest():
    done, rest = rest_of(1)
    assert rest.bracket is not None
    without = replace(WHOLE, steps=tuple(step for step in WHOLE.steps if step.action.value not in ("close", "reopen")))
    leaf = build_plan([without]).leaves[0].digest
    work = EarlierWork(runs=(run_of(without, applied=done),), past=LastApplied())
    assert progress(rest, leaf, APPROVED, work) is Progress.INTERRUPTED
