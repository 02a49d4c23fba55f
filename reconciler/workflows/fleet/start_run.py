"""Divides a look or an apply into chunks for workers, and watches the run to its end.

In: a session and the request of the command. Out: the result of the run. The chunks are in the tables before the queue gets their
names, so that a run whose command is killed in between is continued by the workers' care. Of an apply, what a worker may apply is
the approved leaf of each shop: a shop whose plan is another one by then is held.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.fleet.chunks import cut_apply, cut_look
from reconciler.core.fleet.fleet_run import FleetRunKind, FleetRunOptions, NewFleetRun
from reconciler.core.fleet.scale_settings import ExecutorKind
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.planning.failure_limit import FailureLimit
from reconciler.core.planning.fingerprint import shop_leaves
from reconciler.core.planning.waves import Wave
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.validation_result import failure
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.workflows.apply.from_manifests import apply_approved_plan, approve_manifests
from reconciler.workflows.apply.rollout_options import parse_duration, parse_failure_limit
from reconciler.workflows.check_selection import unmatched_selection
from reconciler.workflows.drift.look import refuse_fleeting_store
from reconciler.workflows.fleet.new_findings import new_findings
from reconciler.workflows.fleet.watch_run import follow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.fleet.fleet_run import NewChunk
    from reconciler.core.model.selection import Selection
    from reconciler.core.planning.plan import Plan
    from reconciler.core.results.command import CommandResult
    from reconciler.core.results.history_result import FleetRunResult
    from reconciler.ports.fleet.fleet_access import CleanCommit
    from reconciler.workflows.apply.from_manifests import ApplyRequest, ApprovedApply
    from reconciler.workflows.apply.rollout_options import RolloutOptions
    from reconciler.workflows.drift.detect import DriftRequest
    from reconciler.workflows.session import Session

_EVERY_FAILURE: Final = FailureLimit(number=100, percent=True)
"""Of an apply without waves and limits: it ends for no failure except a shop that stays closed."""


async def start_look(session: Session, request: DriftRequest) -> CommandResult:
    """Raises SetupError where an option needs the local executor, files are not committed, or store or queue cannot be used."""
    _refuse_options(_look_options(request))
    await _require_queue(session)
    commit = session.fleet.clean_commit()
    refuse_fleeting_store(session, request)
    names = session.manifests.names()
    missing = unmatched_selection(replace(request.selection, since=None), names, session)
    if missing:
        return failure(*missing)
    selection, shops = _selected(session, request.selection, names)
    size = session.fleet.scale.look_chunk
    options = FleetRunOptions(
        selection=selection,
        total=len(shops),
        chunk_size=size,
        require_secrets=request.require_secrets,
        tolerance=_EVERY_FAILURE,
        alerts=request.alerts,
        settings=commit.settings,
    )
    result = await _run(session, _new_run(session, FleetRunKind.LOOK, commit, options), cut_look(shops, size))
    return new_findings(session, request, result) if request.new else result


def _selected(session: Session, selection: Selection, names: Sequence[str]) -> tuple[Selection, list[ShopKey]]:
    """What changed since a revision is known here, where the work tree is as in the commit: workers get the names of the shops.
    One with a broken manifest is among them, so that a worker says what is wrong with it. Raises SetupError.
    """
    plain = replace(selection, since=None)
    shops = [ShopKey(name) for name in names if SHOP_KEY.accepts(name) and plain.may_name(name)]
    if selection.since is None:
        return selection, shops
    manifest = session.manifests.read(selection)
    changed = {*(shop.shop for shop in manifest.shops), *manifest.broken}
    affected = [shop for shop in shops if shop in changed]
    return (plain if affected == shops else replace(plain, names=frozenset(affected))), affected


async def start_apply(session: Session, request: ApplyRequest) -> CommandResult:
    """A plan in which nothing is to be written, or nothing may be, ends as it would without workers.

    Raises as `start_look`; BackendError where nothing at all can be read.
    """
    await _require_queue(session)
    commit = session.fleet.clean_commit()
    approved = await approve_manifests(session, request)
    if isinstance(approved, ApplyResult):
        return approved
    leaves = {leaf.shop: leaf.digest for leaf in shop_leaves(shop for shop in approved.plan.shops if shop.steps)}
    ready = {shop.shop: leaves[shop.shop] for shop in approved.plan.shops if shop.steps and not shop.blocked}
    if not ready or any(each.blocking for each in approved.plan.findings):
        return await apply_approved_plan(session, request, approved)
    size = session.fleet.scale.apply_chunk
    new = _new_run(session, FleetRunKind.APPLY, commit, _apply_options(request, approved, commit, size))
    chunks = cut_apply(ready, _waves(approved.plan, request.pacing), size)
    return await _run(session, new, chunks, _held(approved))


async def _require_queue(session: Session) -> None:
    """Before anything is read, and before any prompt to approve a plan. Raises SetupError."""
    async with session.fleet.queues.open():
        pass


def _new_run(session: Session, kind: FleetRunKind, commit: CleanCommit, options: FleetRunOptions) -> NewFleetRun:
    info = session.new_run(kind.value, "")
    return NewFleetRun(
        fleet=session.target.fleet_name,
        kind=kind,
        commit=commit.commit,
        actor=f"{info.actor}@{info.host}",
        options=options,
    )


async def _run(
    session: Session, new: NewFleetRun, chunks: Sequence[NewChunk], diagnostics: Sequence[Diagnostic] = ()
) -> FleetRunResult:
    with session.fleet.runs.open(create=True) as runs:
        assert runs is not None
        async with session.fleet.queues.open() as queue:
            run = runs.run(runs.create(new, chunks))
            assert run is not None
            await queue.enqueue([(run.id, chunk.number) for chunk in chunks if chunk.wave == 1], kind=new.kind)
            session.listener.on_notice(
                msg(
                    "Run {run} started; shops: {shops}, chunks: {chunks}",
                    run=run.id[:8],
                    shops=_shops(chunks),
                    chunks=len(chunks),
                )
            )
            return await follow(session, runs, queue, run, diagnostics)


def _shops(chunks: Sequence[NewChunk]) -> int:
    return sum(chunk.shops for chunk in chunks)


def _apply_options(request: ApplyRequest, approved: ApprovedApply, commit: CleanCommit, size: int) -> FleetRunOptions:
    pacing, plan = request.pacing, approved.plan
    return FleetRunOptions(
        selection=request.selection,
        total=len(plan.shops) + plan.unchanged_shops,
        chunk_size=size,
        require_secrets=request.require_secrets,
        waves=tuple(wave.name for wave in _waves(plan, pacing)),
        soak=0 if pacing is None else parse_duration(pacing.soak),
        tolerance=_EVERY_FAILURE if pacing is None else parse_failure_limit(pacing.max_failures),
        closed=None if pacing is None else pacing.max_closed,
        allowed=request.allowed,
        reason=request.reason,
        settings=commit.settings,
    )


def _waves(plan: Plan, pacing: RolloutOptions | None) -> Sequence[Wave]:
    if pacing is not None:
        return pacing.rollout(plan).waves
    return (Wave(number=1, name="100%", shops=tuple(shop.shop for shop in plan.shops)),)


def _held(approved: ApprovedApply) -> Sequence[Diagnostic]:
    """Why shops with changes are in no chunk."""
    held = [shop for shop in approved.plan.shops if shop.steps and shop.blocked]
    return [*(each for shop in held for each in shop.findings if each.blocking), *approved.left_closed]


def _look_options(request: DriftRequest) -> list[str]:
    """What a look in chunks cannot do: `--unmanaged` needs the list of the whole backend; the others narrow the one result of a
    process, or with `--new` the list of new findings.
    """
    narrowing = {
        "--severity": request.severity is not None,
        "--owner": request.owner is not None,
        "--older-than": request.older_than is not None,
    }
    given = {"--unmanaged": request.unmanaged, **({} if request.new else narrowing)}
    return [option for option, is_given in given.items() if is_given]


def _way(options: Sequence[str]) -> Message:
    if "--unmanaged" in options:
        return msg("Add `--executor local`, or leave them out")
    return msg("Add `--new`, or run `drift` without them, then `reconciler findings list` with them")


def _refuse_options(options: Sequence[str]) -> None:
    if options:
        raise SetupError(
            msg(
                "{options} cannot be combined with the executor {executor}",
                options=", ".join(options),
                executor=ExecutorKind.PROCRASTINATE.value,
            ),
            code=codes.ONLY_LOCAL,
            hint=_way(options),
        )
