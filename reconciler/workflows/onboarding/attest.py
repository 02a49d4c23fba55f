"""The use cases of `attest`: a person records what no API can read, withdraws it, or lists it.

In: a shop, an item, a person and days. Out: the entry in the shop's file of attestations, which belongs into Git. The backend is
not read, and nothing waits for an attestation.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.diagnostics.written_text import written_text_fault
from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.attestations import (
    SOON_DAYS,
    Attestation,
    AttestationState,
    AttestedItem,
    item_label,
)
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import day_in_japan, read_day
from reconciler.ports import SetupError
from reconciler.workflows.check_selection import unmatched_selection

if TYPE_CHECKING:
    from reconciler.core.values import ShopKey
    from reconciler.ports.files.file_changes import FileChange
    from reconciler.workflows.session import Session

LONGEST_PERSON: Final = 200
LONGEST_NOTE: Final = 500
_COLUMNS: Final = (
    ("shop", msg("Shop")),
    ("item", msg("Attested item")),
    ("state", msg("State")),
    ("by", msg("Attested by")),
    ("date", msg("Date")),
    ("expires", msg("Expires")),
    ("note", msg("Note")),
    ("file", msg("File")),
)
_BRIEF: Final = ("shop", "item", "state", "by", "date", "expires")
_STATES: Final = {
    AttestationState.VALID: msg("valid"),
    AttestationState.EXPIRES_SOON: msg("expires soon"),
    AttestationState.EXPIRED: msg("expired"),
}
_EMPTY: Final = msg("No attestations.")


@frozen
class AttestRequest:
    """`item` as it was typed. `by` None: the person who runs the command. `on` None: today. `expires` is a day, `expires_in` a
    number of days after `on`.
    """

    shop: ShopKey
    item: str
    by: str | None = None
    on: str | None = None
    expires: str | None = None
    expires_in: int | None = None
    note: str | None = None


def attest_item(session: Session, request: AttestRequest) -> TableResult | FailureResult:
    """Raises SetupError where the attestation is refused or cannot be written."""
    item = _item(request.item)
    files = session.attestations()
    place = files.place(request.shop)
    if place is None:
        return _unknown_shop(session, request.shop)
    on, expires = _days(request, day_in_japan(session.clock.now()))
    attestation = Attestation(
        shop=request.shop,
        item=item,
        by=_words(request.by or session.person(), msg("the person"), LONGEST_PERSON),
        on=on,
        expires=expires,
        note=None if request.note is None else _words(request.note, msg("the note"), LONGEST_NOTE),
        origin=Origin(place),
    )
    change = files.change(attestation)
    if isinstance(change, tuple):
        return failure(*change)
    session.manifest_files.writer().write([change])
    return _of_one(session, attestation, change)


def withdraw_attestation(session: Session, shop: ShopKey, item: str) -> TableResult | FailureResult:
    """Raises SetupError where there is no such entry, or the file cannot be written."""
    known, files = _item(item), session.attestations()
    if files.place(shop) is None:
        return _unknown_shop(session, shop)
    entry = next(
        (each for each in files.read(Selection(names=frozenset({shop}))).attestations if each.item is known), None
    )
    change = files.withdrawal(shop, known)
    if isinstance(change, tuple):
        return failure(*change)
    if change is None or entry is None:
        text = msg("{shop} has no entry for `{item}`", item=known.value, shop=shop)
        raise _refused(text, msg("`reconciler attest --list {shop}` lists what is attested", shop=shop))
    session.manifest_files.writer().write([change])
    gone = msg("Withdrawn: commit {file}", file=change.display_path)
    return TableResult(
        name="attestation",
        columns=_COLUMNS,
        rows=(_row(entry, *_bounds(session)),),
        empty=_EMPTY,
        transposed=True,
        notices=(gone,),
    )


def list_attestations(session: Session, globs: tuple[str, ...]) -> TableResult:
    """Those of the named shops, and of all without names."""
    read = session.attestations().read(Selection(globs=globs))
    met = {each.shop for each in read.attestations} | {each.shop for each in read.diagnostics if each.shop is not None}
    known = (
        met | {name for name in session.manifests.names() if Selection(globs=globs).may_name(name)} if globs else met
    )
    found = (*read.diagnostics, *unmatched_selection(Selection(globs=globs), known, session))
    today, soon = _bounds(session)
    return TableResult(
        name="attestation-list",
        columns=_COLUMNS,
        rows=tuple(_row(each, today, soon) for each in sorted(read.attestations, key=lambda each: each.shop)),
        empty=_EMPTY,
        brief=_BRIEF,
        diagnostics=found,
        status=exit_code_for_diagnostics(found),
    )


def _of_one(session: Session, attestation: Attestation, change: FileChange) -> TableResult:
    return TableResult(
        name="attestation",
        columns=_COLUMNS,
        rows=(_row(attestation, *_bounds(session)),),
        empty=_EMPTY,
        transposed=True,
        notices=(msg("Review the change with `git diff`, and commit {file}", file=change.display_path),),
    )


def _bounds(session: Session) -> tuple[str, str]:
    now = session.clock.now()
    return day_in_japan(now), day_in_japan(now, SOON_DAYS)


def _row(each: Attestation, today: str, soon: str) -> tuple[Cell, ...]:
    state = each.state(today, soon)
    return (
        each.shop,
        NamedCell(each.item.value, msg("{item}: {label}", item=each.item.value, label=item_label(each.item))),
        NamedCell(state.value, _STATES[state]),
        each.by,
        each.on,
        each.expires,
        each.note,
        each.origin.file,
    )


def _item(word: str) -> AttestedItem:
    try:
        return AttestedItem(word)
    except ValueError:
        known = [item.value for item in AttestedItem]
        hint = suggestion_message(word, known) or msg("Items: {items}", items=", ".join(known))
        raise _refused(msg("unknown item {item}", item=repr(word)), hint) from None


def _unknown_shop(session: Session, shop: ShopKey) -> FailureResult:
    return failure(*unmatched_selection(Selection(globs=(shop,)), (), session))


def _days(request: AttestRequest, today: str) -> tuple[str, str | None]:
    """Both as they are written to the file."""
    on = request.on or today
    checked = _day(on)
    if on > today:
        raise _refused(msg("{day} is in the future", day=on), msg("Use the day of the check, up to {day}", day=today))
    if request.expires_in is not None:
        return on, date.fromordinal(checked.toordinal() + request.expires_in).isoformat()
    if request.expires is not None and _day(request.expires) < checked:
        text = msg("{day} is before the day of the check, {date}", day=request.expires, date=on)
        raise _refused(text, msg("Use a later day, or omit --expires"))
    return on, request.expires


def _day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError:
        raise _refused(msg("{day} is not a day of the calendar", day=text), msg("Write a day as 2026-12-31")) from None


def _words(text: str, what: Message, longest: int) -> str:
    """A text that may be in Git and on a terminal. Raises SetupError."""
    fault = written_text_fault(text, what, longest)
    if fault is not None:
        raise _refused(fault, msg("Write plain words without secrets, at most {count} characters", count=longest))
    return text


def _refused(text: Message, hint: Message) -> SetupError:
    return SetupError(msg("Not attested: {reason}", reason=text), code=codes.NOT_ATTESTED, hint=hint)
