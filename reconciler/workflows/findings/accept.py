"""The use case `findings accept`: an entry in the ledger of accepted drift, for the value that the backend has now.

In: a shop, a field, a last day, a reason. Out: the entry. Nothing is written to the backend, and no finding changes until the
next check: the ledger in Git is what counts, so that an acceptance is reviewed like any other change.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.written_text import written_text_fault
from reconciler.core.drift.finding_id import field_place
from reconciler.core.findings.acceptance import LONGEST_DAYS, LONGEST_TEXT, Acceptance
from reconciler.core.findings.fields import acceptable_field
from reconciler.core.model.canonical import dumps, to_canonical
from reconciler.core.model.selection import Selection
from reconciler.core.model.state import Unknown, value_at
from reconciler.core.planning.cascade import derived_values
from reconciler.core.planning.field_diff import values_equal
from reconciler.core.results.table_result import TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import UNSET
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import read_day
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.core.model.state import Desired, FieldRef, Observed
    from reconciler.core.values import Scalar, ShopKey, Unset
    from reconciler.workflows.session import Session

_COLUMNS: Final = (
    ("file", msg("File")),
    ("shop", msg("Shop")),
    ("field", msg("Field")),
    ("value", msg("Accepted value")),
    ("until", msg("Until")),
    ("owner", msg("Responsible")),
    ("reason", msg("Reason")),
)
_JAPAN: Final = timedelta(hours=9)


@frozen
class AcceptRequest:
    """`until` is the last day, as `YYYY-MM-DD`. `owner` None: the person or job that runs the command."""

    shop: ShopKey
    field: str
    until: str
    reason: str
    owner: str | None = None


async def accept_finding(session: Session, request: AcceptRequest) -> TableResult | FailureResult:
    """Raises BackendError where the shop cannot be read, SetupError where the difference cannot be accepted."""
    ledger = session.ledger()
    content = ledger.read()
    if content.diagnostics:
        return failure(*content.diagnostics)
    ref = acceptable_field(request.field)
    if isinstance(ref, Message):
        raise _refused(ref, msg("`reconciler drift {shop}` names the fields that differ", shop=request.shop))
    _check_day(request.until, session.clock.now())
    acceptance = Acceptance(
        shop=request.shop,
        field=field_place(ref),
        until=request.until,
        owner=_checked(request.owner or session.new_run("findings accept", "").actor, msg("the owner")),
        reason=_checked(request.reason, msg("the reason")),
        value=to_canonical(await _differing_value(session, request.shop, ref)),
    )
    if isinstance(acceptance.value, dict):
        raise _refused(msg("the value of `{field}` looks like a credential", field=acceptance.field), None)
    change = ledger.change(acceptance)
    session.manifest_files.writer().write([change])
    row = (
        change.display_path,
        acceptance.shop,
        acceptance.field,
        dumps(acceptance.value),
        acceptance.until,
        acceptance.owner,
        acceptance.reason,
    )
    return TableResult(
        name="acceptance",
        columns=_COLUMNS,
        rows=(row,),
        empty=msg("Nothing was accepted."),
        transposed=True,
        notices=(msg("Commit {file}: the next drift check reads it", file=change.display_path),),
    )


def _check_day(text: str, now: datetime) -> None:
    today = (now + _JAPAN).date()
    try:
        day = read_day(text)
    except ValueError:
        raise _refused(msg("{day} is not a day of the calendar", day=text), msg("Write a day as 2026-12-31")) from None
    if not today <= day <= today + timedelta(days=LONGEST_DAYS):
        raise _refused(
            msg("{day} is not within the next {count} days", day=text, count=LONGEST_DAYS),
            msg("Use a day up to {day}", day=(today + timedelta(days=LONGEST_DAYS)).isoformat()),
        )


def _checked(text: str, what: Message) -> str:
    """A text that may be in Git and on a terminal. Raises SetupError."""
    fault = written_text_fault(text, what, LONGEST_TEXT)
    if fault is not None:
        hint = msg("Write plain words without secrets, at most {count} characters", count=LONGEST_TEXT)
        raise _refused(fault, hint)
    return text


async def _differing_value(session: Session, shop: ShopKey, ref: FieldRef) -> Scalar:
    """Raises SetupError where nothing differs, or where it is unknown whether anything does."""
    declared = _declared(session, shop)
    async with session.observe() as backend:
        async for observed in backend.observe([shop]):
            return _compared(declared, observed, ref)
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")


def _declared(session: Session, shop: ShopKey) -> Desired:
    manifest = session.manifests.read(Selection(globs=(shop,)))
    declared = next((each for each in manifest.shops if each.shop == shop), None)
    if declared is None:
        text = msg("{shop} has no valid manifest", shop=shop)
        raise _refused(text, msg("Run `reconciler validate {shop}`", shop=shop))
    return declared


def _compared(declared: Desired, observed: Observed, ref: FieldRef) -> Scalar:
    read = observed.reads[ref.kind]
    if isinstance(read, Unknown):
        raise SetupError(read.reason.summary, hint=read.reason.hint, code=read.reason.code)
    value, desired = observed.value(ref), _desired(declared, observed, ref)
    if value is UNSET:
        raise _refused(msg("the backend does not have `{field}`", field=field_place(ref)), None)
    if desired is UNSET:
        raise _refused(msg("the manifest does not declare `{field}`: it is not compared", field=field_place(ref)), None)
    if values_equal(ref.spec.policy.compare, desired, value):
        raise _refused(msg("`{field}` has the value that Git declares", field=field_place(ref)), None)
    return value


def _desired(declared: Desired, observed: Observed, ref: FieldRef) -> Scalar | Unset:
    if ref.spec.policy.manifest_path is None:
        return next((should for each, should, _ in derived_values(observed) if each == ref), UNSET)
    return value_at(declared.values[ref.kind], ref) if ref.kind in declared.values else UNSET


def _refused(text: Message, hint: Message | None) -> SetupError:
    return SetupError(msg("Not accepted: {reason}", reason=text), code=codes.NOT_ACCEPTABLE, hint=hint)
