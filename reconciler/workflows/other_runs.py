"""What other runs hold or still owe: shops that one is writing, and shops that are still to be reopened.

Commands that only look say it of each shop; people hear of a reopening while it is tried; `resume` says which runs are in
progress, since it leaves their shops to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, Severity, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.healing.policy import actor_words
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.values import ShopKey
from reconciler.lib.utc import format_utc
from reconciler.ports import LeaseInfo, UnfinishedShop

if TYPE_CHECKING:
    from reconciler.ports import RunInfo
    from reconciler.workflows.session import Session

_NAMED: Final = 10


def warn_owed_reopenings(plan: Plan, left: Sequence[UnfinishedShop]) -> Plan:
    """The plan with a warning at each shop that a run may have left closed, for those who only look."""
    owed = {warning.shop: warning for warning in owed_reopening_diagnostics(left)}
    shops = (
        replace(shop, findings=sort_diagnostics((*shop.findings, owed[shop.shop]))) if shop.shop in owed else shop
        for shop in plan.shops
    )
    return replace(plan, shops=tuple(shops))


def owed_reopening_diagnostics(left: Sequence[UnfinishedShop]) -> tuple[Diagnostic, ...]:
    """One for each shop that a run asked to be closed and is not known to have reopened."""
    owed = {shop.shop: shop.run.run for shop in left if shop.closed}
    return tuple(_owed(shop, run) for shop, run in sorted(owed.items()))


def _owed(shop: ShopKey, run: str) -> Diagnostic:
    warning = diagnostic(
        codes.LEFT_CLOSED,
        msg("An interrupted run ({run}) may have left the shop CLOSED", run=run),
        hint=msg("Run reconciler resume, which checks the shop and reopens it"),
        shop=shop,
    )
    return replace(warning, severity=Severity.WARNING)


def notify_wait(session: Session, shop: ShopKey, why: Message, seconds: float) -> None:
    """The shop cannot be reopened yet. It is tried for so many seconds at most."""
    until = format_utc(session.clock.now() + timedelta(seconds=seconds))
    session.listener.on_notice(
        msg("{shop}: waiting for the backend until {until} at most: {why}", shop=shop, until=until, why=why)
    )


def warn_busy_shops(plan: Plan, held: Sequence[LeaseInfo]) -> Plan:
    """The plan with a warning at each shop that another run is writing: what is planned, or that nothing is, will not last."""
    busy = {living.shop: living for living in held}
    shops = (_marked(shop, busy[shop.shop]) if shop.shop in busy else shop for shop in plan.shops)
    return replace(plan, shops=tuple(shops))


def _marked(shop: ShopPlan, held: LeaseInfo) -> ShopPlan:
    warning = replace(lease_held_diagnostic(held, shop), severity=Severity.WARNING)
    return replace(shop, findings=sort_diagnostics((*shop.findings, warning)))


def lease_held_diagnostic(held: LeaseInfo, plan: ShopPlan) -> Diagnostic:
    return diagnostic(
        codes.LEASE_HELD,
        msg(
            "{owner} is writing the shop (run {run}) until {expires}",
            owner=held.owner,
            run=held.run,
            expires=format_utc(held.expires),
        ),
        hint=msg("Wait for that run to end; the shops of a killed run are released automatically"),
        shop=plan.shop,
        origin=plan.origin,
    )


def fleet_runs_in_progress(session: Session) -> list[str]:
    """The ids of those of the session's fleet. Raises SetupError."""
    with session.fleet.runs.open(create=False) as runs:
        return [] if runs is None else [run.id for run in runs.runs(session.target.fleet_name, ended=False)]


def run_in_progress_diagnostics(running: Sequence[UnfinishedShop], fleet_runs: Sequence[str]) -> tuple[Diagnostic, ...]:
    """One for each run that is writing shops: who it is, and which shops it has closed now. Where it has none closed, a warning.

    `fleet_runs`: the ids of fleet runs in progress. Workers record what they do as runs of their own, and end when those are
    cancelled.
    """
    infos = {shop.run.run: shop.run for shop in running}
    closed = {run: sorted({shop.shop for shop in running if shop.closed and shop.run.run == run}) for run in infos}
    return tuple(_in_progress(info, closed[run], fleet_runs) for run, info in infos.items())


def run_words(info: RunInfo) -> dict[str, str | Message]:
    """Which run it is, for messages that name one."""
    return {
        "run": info.run,
        "command": info.command,
        "actor": actor_words(info.actor),
        "host": info.host,
        "started": format_utc(info.started),
    }


def _in_progress(info: RunInfo, closed: Sequence[ShopKey], fleet_runs: Sequence[str]) -> Diagnostic:
    words = run_words(info)
    if not closed:
        text = msg(
            "Run {run} (`{command}` by {actor} on {host}, started {started}) is in progress; it has closed no shop now",
            **words,
        )
        return replace(
            diagnostic(codes.LEASE_HELD, text, hint=_how_to_end(info, fleet_runs)), severity=Severity.WARNING
        )
    text = msg(
        "Run {run} (`{command}` by {actor} on {host}, started {started}) is in progress; shops that it has closed now: {shops}",
        shops=_first_of(closed),
        **words,
    )
    return diagnostic(codes.LEASE_HELD, text, hint=_how_to_end(info, fleet_runs))


def _how_to_end(info: RunInfo, fleet_runs: Sequence[str]) -> Message:
    if fleet_runs:
        return msg(
            "Wait for the run to end, or end it with `reconciler runs cancel {run}`: it reopens its shops itself. If its process "
            "was killed, run `reconciler resume` again when `reconciler leases` no longer lists its shops",
            run=fleet_runs[0] if len(fleet_runs) == 1 else "RUN",
        )
    return msg(
        "Wait for the run to end, or end process {pid} on {host} with Ctrl-C or SIGTERM: it reopens its shops itself. If the "
        "process was killed, run `reconciler resume` again when `reconciler leases` no longer lists its shops",
        pid=info.pid,
        host=info.host,
    )


def _first_of(shops: Sequence[ShopKey]) -> str:
    more = len(shops) - _NAMED
    return ", ".join(shops[:_NAMED]) + (f" +{more}" if more > 0 else "")
