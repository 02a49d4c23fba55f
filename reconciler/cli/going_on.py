"""Going on with a run in waves that did not come to its end: only while what it was approved for is what is wanted still.

In: the order that was kept. Out: the rest of the run, or a refusal: another run was at work on its shops since, the manifests
want something else by now, or it is too old. An order that another run overtook, or that is too old, is forgotten.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from reconciler import wiring
from reconciler.cli.applying_file import FileOrder, apply_file, refused
from reconciler.cli.commands.plan import observe_and_plan
from reconciler.cli.kept_order import shops_of
from reconciler.cli.shell.rollout_options import Pacing
from reconciler.cli.shell.run_async import in_loop
from reconciler.cli.shell.terminal import Terminal
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found
from reconciler.core.diagnostics.exit_codes import Verdict
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.documents.saved_plan import SavedPlan
from reconciler.core.model.selection import Selection
from reconciler.core.planning.plan import Plan
from reconciler.core.planning.rebase import wanted_otherwise
from reconciler.wiring import Settings
from reconciler.workflows.apply.continue_rollout import overtaken_by

OLDEST: Final = timedelta(days=7)
_NAMED: Final = 5


def go_on(settings: Settings, terminal: Terminal, *, auto_approve: bool) -> Verdict:
    """With the plan that was approved: what was done is not done again, and a shop that moved since is refused."""
    kept = wiring.kept_order(settings)
    if kept is None:
        return Verdict.DONE
    saved, pacing = wiring.read_plan(kept.plan, wiring.digest_key(settings)), Pacing(**kept.pacing)
    age = wiring.clock().now() - _kept_at(saved)
    note = say(
        "A run in waves did not come to its end {age} ago; it went with {words}", age=_spoken(age), words=pacing.words
    )
    terminal.note(note)
    refusal = _too_old(age, pacing) or _overtaken(kept.run, saved, pacing, settings)
    if refusal is not None:
        wiring.forget_order(settings)
        return refused(saved.plan, refusal, terminal)
    order = FileOrder(
        file=kept.plan,
        expect=None,
        grants=(),
        auto_approve=auto_approve,
        pacing=pacing,
        still=lambda left: _strayed(left, saved, pacing, settings, terminal),
    )
    return apply_file(order, settings, terminal)


def _kept_at(saved: SavedPlan) -> datetime:
    return datetime.fromisoformat(saved.made.created)


def _too_old(age: timedelta, pacing: Pacing) -> Diagnostic | None:
    if age <= OLDEST:
        return None
    text = say("The run in waves was left {age} ago, and is not gone on with after {days} d", age=_spoken(age), days=7)
    return _outdated(text, pacing)


def _overtaken(run: str, saved: SavedPlan, pacing: Pacing, settings: Settings) -> Diagnostic | None:
    with wiring.history(settings) as history:
        other = None if history is None else overtaken_by(history, run, _kept_at(saved), shops_of(saved))
    if other is None:
        return None
    text = say(
        "Another run ({run} by {actor}, {started}) was at work on shops of the run in waves since",
        run=other.run,
        actor=other.actor,
        started=other.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )
    return _outdated(text, pacing)


def _strayed(left: Plan, saved: SavedPlan, pacing: Pacing, settings: Settings, terminal: Terminal) -> Diagnostic | None:
    """Where the manifests want something else written in what is left than was approved."""
    names = tuple(str(shop.shop) for shop in left.shops if shop.steps and not shop.blocked)
    if not names:
        return None
    selection = Selection(globs=names)
    planned, _ = in_loop(observe_and_plan, settings, selection, saved.made.allowed, terminal)
    strayed = wanted_otherwise(left, planned.plan, wiring.digest_key(settings))
    if not strayed:
        return None
    shown = ", ".join([*strayed[:_NAMED], *(["..."] if strayed[_NAMED:] else [])])
    text = say(
        "The manifests want something else than the run in waves was approved for, in shops: {count} ({shops})",
        count=len(strayed),
        shops=shown,
    )
    return _outdated(text, pacing)


def _outdated(text: Text, pacing: Pacing) -> Diagnostic:
    anew = say("Look at `reconciler plan`, then apply anew: reconciler apply {words}", words=pacing.words)
    return found(codes.OVERTAKEN, text, way_on=anew)


def _spoken(age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds() // 60))
    if minutes < 2 * 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 2 * 24 * 60 else f"{minutes // 60 // 24} d"
