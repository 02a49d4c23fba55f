"""Continues a rollout that was not finished: only while what it was approved for is what is wanted still.

In: the rollout that was saved. Out: the rest of the run, or a refusal: another run wrote its shops since, the manifests want
something else by now, or it is too old. A rollout that another run superseded, or that is too old, is forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.healing.policy import actor_words
from reconciler.core.model.selection import Selection
from reconciler.core.planning.rebase import shops_with_changed_intent
from reconciler.lib.utc import format_utc
from reconciler.workflows.apply.from_file import SavedPlanRequest, apply_saved_plan, refused
from reconciler.workflows.apply.newer_run import newer_run_on
from reconciler.workflows.apply.rollout_options import RolloutOptions
from reconciler.workflows.apply.saved_rollout import planned_shops
from reconciler.workflows.plan import plan_selection

if TYPE_CHECKING:
    from reconciler.core.documents.saved_plan import SavedPlan
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.apply_result import ApplyResult
    from reconciler.workflows.session import Session

MAX_AGE: Final = timedelta(days=7)
_NAMED: Final = 5


async def continue_rollout(session: Session) -> ApplyResult | None:
    """With the plan that was approved: what was done is not done again, and a shop that changed since is refused. None where no
    rollout was left.
    """
    rollout = session.plans.load_rollout()
    if rollout is None:
        return None
    saved, pacing = session.plans.load(rollout.plan), RolloutOptions(**rollout.pacing)
    age = session.clock.now() - _saved_at(saved)
    note = msg(
        "An unfinished rollout stopped {age} ago; its options are {words}",
        age=_format_age(age),
        words=pacing.to_args,
    )
    session.listener.on_notice(note)
    refusal = _too_old(age, pacing) or _newer_run(session, rollout.run, saved, pacing)
    if refusal is not None:
        session.plans.delete_rollout()
        return refused(saved.plan, refusal)

    async def precondition(left: Plan) -> Diagnostic | None:
        return await _manifests_changed(session, left, saved, pacing)

    request = SavedPlanRequest(
        file=rollout.plan, pacing=pacing, precondition=precondition, reason=rollout.reason, remaining_only=True
    )
    return await apply_saved_plan(session, request)


def _saved_at(saved: SavedPlan) -> datetime:
    return datetime.fromisoformat(saved.metadata.created)


def _too_old(age: timedelta, pacing: RolloutOptions) -> Diagnostic | None:
    if age <= MAX_AGE:
        return None
    text = msg("The rollout stopped {age} ago; it cannot be continued after {days} days", age=_format_age(age), days=7)
    return _outdated(text, pacing)


def _newer_run(session: Session, run: str, saved: SavedPlan, pacing: RolloutOptions) -> Diagnostic | None:
    with session.store.history() as history:
        other = None if history is None else newer_run_on(history, run, _saved_at(saved), planned_shops(saved))
    if other is None:
        return None
    text = msg(
        "Another run ({run} by {actor}, {started}) has since written shops of the rollout",
        run=other.run,
        actor=actor_words(other.actor),
        started=format_utc(other.started),
    )
    return _outdated(text, pacing)


async def _manifests_changed(
    session: Session, left: Plan, saved: SavedPlan, pacing: RolloutOptions
) -> Diagnostic | None:
    """Where the manifests want something else written in what is left than was approved."""
    names = tuple(str(shop.shop) for shop in left.shops if shop.steps and not shop.blocked)
    if not names:
        return None
    planned, _ = await plan_selection(session, Selection(globs=names), saved.metadata.allowed)
    changed = shops_with_changed_intent(left, planned.plan, session.digest_key())
    if not changed:
        return None
    named = ", ".join([*changed[:_NAMED], *(["..."] if changed[_NAMED:] else [])])
    text = msg(
        "The manifests changed after the rollout was approved. Shops ({count}): {shops}",
        count=len(changed),
        shops=named,
    )
    return _outdated(text, pacing)


def _outdated(text: Message, pacing: RolloutOptions) -> Diagnostic:
    again = msg("Review `reconciler plan`, then apply again: reconciler apply {words}", words=pacing.to_args)
    return diagnostic(codes.OVERTAKEN, text, hint=again)


def _format_age(age: timedelta) -> Message:
    minutes = int(age.total_seconds() // 60)
    if minutes < 1:
        return msg("less than a minute")
    if minutes < 2 * 60:
        return msg("{minutes} min", minutes=minutes)
    hours = minutes // 60
    return msg("{hours} h", hours=hours) if hours < 2 * 24 else msg("{days} d", days=hours // 24)
