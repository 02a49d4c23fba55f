"""Going on with a run in waves that did not come to its end: only while what it was approved for is what is wanted still.

In: the order that was kept. Out: the rest of the run, or a refusal: another run was at work on its shops since, the manifests
want something else by now, or it is too old. An order that another run overtook, or that is too old, is forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from reconciler import wiring
from reconciler.cli.applying_file import SavedPlanRequest, apply_saved_plan, refused
from reconciler.cli.kept_order import planned_shops
from reconciler.cli.planning import observe_and_plan
from reconciler.cli.shell.rollout_options import RolloutOptions
from reconciler.cli.shell.run_async import run_async
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.documents.saved_plan import SavedPlan
from reconciler.core.model.selection import Selection
from reconciler.core.planning.plan import Plan
from reconciler.core.planning.rebase import shops_with_changed_intent
from reconciler.lib.utc import format_utc
from reconciler.wiring import Settings
from reconciler.workflows.apply.continue_rollout import newer_run_on

MAX_AGE: Final = timedelta(days=7)
_NAMED: Final = 5


def continue_rollout(settings: Settings, terminal: Terminal, *, auto_approve: bool) -> ExitCode:
    """With the plan that was approved: what was done is not done again, and a shop that moved since is refused."""
    kept = wiring.load_rollout(settings)
    if kept is None:
        return ExitCode.DONE
    saved, pacing = wiring.load_plan(kept.plan, wiring.digest_key(settings)), RolloutOptions(**kept.pacing)
    age = wiring.clock().now() - _saved_at(saved)
    note = msg(
        "A run in waves did not come to its end {age} ago; it went with {words}",
        age=_format_age(age),
        words=pacing.to_args,
    )
    terminal.info(note)
    refusal = _too_old(age, pacing) or _newer_run(kept.run, saved, pacing, settings)
    if refusal is not None:
        wiring.delete_rollout(settings)
        return refused(saved.plan, refusal, terminal)
    order = SavedPlanRequest(
        file=kept.plan,
        expect=None,
        grants=(),
        auto_approve=auto_approve,
        pacing=pacing,
        precondition=lambda left: _manifests_changed(left, saved, pacing, settings, terminal),
    )
    return apply_saved_plan(order, settings, terminal)


def _saved_at(saved: SavedPlan) -> datetime:
    return datetime.fromisoformat(saved.metadata.created)


def _too_old(age: timedelta, pacing: RolloutOptions) -> Diagnostic | None:
    if age <= MAX_AGE:
        return None
    text = msg(
        "The run in waves was left {age} ago, and is not gone on with after {days} d", age=_format_age(age), days=7
    )
    return _outdated(text, pacing)


def _newer_run(run: str, saved: SavedPlan, pacing: RolloutOptions, settings: Settings) -> Diagnostic | None:
    with wiring.history(settings) as history:
        other = None if history is None else newer_run_on(history, run, _saved_at(saved), planned_shops(saved))
    if other is None:
        return None
    text = msg(
        "Another run ({run} by {actor}, {started}) was at work on shops of the run in waves since",
        run=other.run,
        actor=other.actor,
        started=format_utc(other.started),
    )
    return _outdated(text, pacing)


def _manifests_changed(
    left: Plan, saved: SavedPlan, pacing: RolloutOptions, settings: Settings, terminal: Terminal
) -> Diagnostic | None:
    """Where the manifests want something else written in what is left than was approved."""
    names = tuple(str(shop.shop) for shop in left.shops if shop.steps and not shop.blocked)
    if not names:
        return None
    selection = Selection(globs=names)
    planned, _ = run_async(observe_and_plan, settings, selection, saved.metadata.allowed, terminal)
    strayed = shops_with_changed_intent(left, planned.plan, wiring.digest_key(settings))
    if not strayed:
        return None
    shown = ", ".join([*strayed[:_NAMED], *(["..."] if strayed[_NAMED:] else [])])
    text = msg(
        "The manifests want something else than the run in waves was approved for, in shops: {count} ({shops})",
        count=len(strayed),
        shops=shown,
    )
    return _outdated(text, pacing)


def _outdated(text: Message, pacing: RolloutOptions) -> Diagnostic:
    anew = msg("Look at `reconciler plan`, then apply anew: reconciler apply {words}", words=pacing.to_args)
    return diagnostic(codes.OVERTAKEN, text, hint=anew)


def _format_age(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 2 * 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2 * 24 * 60 else f"{minutes // 60 // 24} d"
