"""What differs beside a pull request: only information. No plan, fingerprint, guard or exit code depends on it.

In: the plan of the pull request, and the commit that it is compared with. Out: notices. What cannot be found out is omitted with
one notice that says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import anyio

from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import FieldRef, Known
from reconciler.core.planning.change import Change, Reason
from reconciler.core.planning.field_diff import declared_values, diff
from reconciler.core.planning.plan import Plan, ShopPlan
from reconciler.core.results.request_log import RequestLogEntry
from reconciler.core.values import Scalar, Secret, ShopKey
from reconciler.ports import BackendError, SetupError
from reconciler.workflows.gather import observe_in_chunks

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

_NAMED: Final = 5
_SECONDS: Final = 120.0
"""For reading the rest of the fleet: then the plan is shown without it."""
_OF_THE_MANIFEST: Final = frozenset({Reason.DECLARED, Reason.REFERENCE_CHANGED, Reason.ROTATED})


def changes_of_others(session: Session, plan: Plan, since: str) -> tuple[Message, ...]:
    """The changes of the plan whose values the pull request does not change: they were declared before, and an apply writes
    them too. A shop that had no valid manifest then has none.
    """
    names = frozenset(shop.shop for shop in plan.changed)
    try:
        before = session.manifests.read_at(since, names).shops if names else ()
    except SetupError as error:
        return (msg("Not distinguished: what the pull request itself changes ({reason})", reason=error.text),)
    declared = {desired.shop: dict(declared_values(desired)) for desired in before}
    found = [(shop.shop, _unchanged(shop, declared.get(shop.shop, {}))) for shop in plan.changed]
    places = [f"{shop} {ref.manifest_path}" for shop, refs in found for ref in refs]
    if not places:
        return ()
    text = msg(
        "Also differs, not changed in this pull request, and written by an apply (fields: {count}): {fields}",
        count=len(places),
        fields=_first(places),
    )
    return (text,)


def _unchanged(shop: ShopPlan, declared: dict[FieldRef, Scalar]) -> list[FieldRef]:
    return [change.ref for change in shop.written_changes if _was_declared(change, declared)]


def _was_declared(change: Change, declared: dict[FieldRef, Scalar]) -> bool:
    if change.reason not in _OF_THE_MANIFEST or change.ref not in declared:
        return False
    after = change.after.source if isinstance(change.after, Secret) else change.after
    return declared[change.ref] == after


async def drift_of_others(session: Session, plan: Plan) -> tuple[tuple[Message, ...], Sequence[RequestLogEntry]]:
    """How many shops outside the plan differ from their manifests, and the requests that this took. One read of the backend."""
    try:
        with anyio.fail_after(_SECONDS):
            return await _compared(session, frozenset(shop.shop for shop in plan.shops))
    except (BackendError, SetupError) as error:
        return _omitted(error.text), ()
    except TimeoutError:
        return _omitted(msg("it took more than {seconds} seconds", seconds=int(_SECONDS))), ()


async def _compared(
    session: Session, planned: frozenset[ShopKey]
) -> tuple[tuple[Message, ...], Sequence[RequestLogEntry]]:
    manifest = session.manifests.read(Selection())
    if manifest.broken:
        return _omitted(msg("not all manifests are valid")), ()
    others = [desired for desired in manifest.shops if desired.shop not in planned]
    if not others:
        return (), ()
    differing: list[str] = []
    unread = 0
    async with session.observe() as backend:
        async for pairs in observe_in_chunks(others, session.secrets, backend):
            differing += [desired.shop for desired, observed in pairs if diff(desired, observed)]
            unread += sum(not all(isinstance(read, Known) for read in each.reads.values()) for _, each in pairs)
        requests = tuple(backend.requests)
    if unread:
        return _omitted(msg("the backend did not return {count} shops", count=unread)), requests
    if not differing:
        return (
            msg("All shops outside this pull request match their manifests ({count})", count=len(others)),
        ), requests
    text = msg(
        "Shops outside this pull request that differ from their manifests: {count} of {total} ({shops}). For details run"
        " `reconciler drift`",
        count=len(differing),
        total=len(others),
        shops=_first(sorted(differing)),
    )
    return (text,), requests


def _omitted(why: Message) -> tuple[Message, ...]:
    return (msg("The rest of the fleet was not compared: {reason}", reason=why),)


def _first(names: Sequence[str]) -> str:
    return ", ".join((*names[:_NAMED], *(("...",) if names[_NAMED:] else ())))
