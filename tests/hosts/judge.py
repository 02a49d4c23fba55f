"""What must hold of all writes of a story, judged by the backend's own log; nothing of the tool is used.

In: what the plan allows, the trail of changes in its order, the requests in theirs. Out: each breach as a sentence.

- No write outside the plan: only planned fields get only their planned values; what follows from one names it as its cause.
- None twice: no field is written twice, no shop is closed more often than the story allows, and no write is accepted under a
  lease that is older than one under which the shop was written before.
- Never more shops closed at a time than allowed; only those whose change needs it.
- Nothing stays closed. With `complete`: every planned value was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

Field = tuple[str, str, str]
"""Shop, resource, field."""
STATUS: Final = ("storefront", "status")
CLOSED: Final = "CLOSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """`closing`: the shops that may be closed for it, each `closings` times: more than once where a run may lose its lease or die
    between closing and writing. All shops are open before.
    """

    fields: Mapping[Field, object]
    closing: frozenset[str]
    max_closed: int
    closings: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedChange:
    """One field of the trail. `cause` is the field that this one followed, as `resource.field`."""

    number: int
    shop: str
    resource: str
    field: str
    after: object
    actor: str
    cause: str | None = None

    @property
    def place(self) -> Field:
        return self.shop, self.resource, self.field


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """A write and its answer. `fence` is the number of the lease under which it was sent; None: without one."""

    at: float
    host: str
    method: str
    shop: str
    resource: str
    status: int
    fence: int | None = None


def breaches(
    allowed: Allowed, changes: Sequence[LoggedChange], requests: Sequence[LoggedRequest], *, complete: bool = True
) -> list[str]:
    return [
        *_outside(allowed, changes),
        *_twice(allowed, changes),
        *_older_fence(requests),
        *_closed(allowed, changes),
        *(_missing(allowed, changes) if complete else ()),
    ]


def _outside(allowed: Allowed, changes: Sequence[LoggedChange]) -> Iterator[str]:
    named = {(shop, f"{resource}.{name}") for shop, resource, name in allowed.fields}
    for change in changes:
        if (change.resource, change.field) == STATUS:
            if change.shop not in allowed.closing:
                what = f"{change.shop} became {change.after}, and its change needs no closing"
                yield f"outside the plan: {what} (change {change.number})"
        elif change.place in allowed.fields:
            if change.after != allowed.fields[change.place]:
                yield f"outside the plan: {_shown(change)}, planned was {allowed.fields[change.place]!r}"
        elif (change.shop, change.cause) not in named:
            yield f"outside the plan: {_shown(change)}"


def _twice(allowed: Allowed, changes: Sequence[LoggedChange]) -> Iterator[str]:
    times = Counter(change.place for change in changes if (change.resource, change.field) != STATUS)
    for (shop, _, name), count in times.items():
        if count > 1:
            yield f"{count} times: {name} of {shop} was written"
    closings = Counter(
        change.shop for change in changes if (change.resource, change.field, change.after) == (*STATUS, CLOSED)
    )
    for shop, count in closings.items():
        if count > allowed.closings:
            yield f"{count} times: {shop} was closed"


def _older_fence(requests: Sequence[LoggedRequest]) -> Iterator[str]:
    newest: dict[str, LoggedRequest] = {}
    for request in requests:
        if request.fence is None or request.status >= 300:
            continue
        before = newest.get(request.shop)
        if before is not None and before.fence is not None and request.fence < before.fence:
            yield (
                f"older lease: {request.host} wrote {request.resource} of {request.shop} under {request.fence},"
                f" after {before.host} under {before.fence}"
            )
        else:
            newest[request.shop] = request


def _closed(allowed: Allowed, changes: Sequence[LoggedChange]) -> Iterator[str]:
    closed: set[str] = set()
    for change in changes:
        if (change.resource, change.field) != STATUS:
            continue
        if change.after != CLOSED:
            closed.discard(change.shop)
            continue
        closed.add(change.shop)
        if len(closed) > allowed.max_closed:
            yield f"too many closed: {len(closed)} of {allowed.max_closed} at change {change.number}: {', '.join(sorted(closed))}"
    if closed:
        yield f"left closed: {', '.join(sorted(closed))}"


def _missing(allowed: Allowed, changes: Sequence[LoggedChange]) -> Iterator[str]:
    written = {change.place for change in changes}
    missing = sorted(set(allowed.fields) - written)
    if missing:
        shown = ", ".join(f"{name} of {shop}" for shop, _, name in missing[:5])
        yield f"missing: {len(missing)} planned values were not written: {shown}"


def _shown(change: LoggedChange) -> str:
    cause = f" because of {change.cause}" if change.cause else ""
    return f"{change.resource} {change.field} of {change.shop} became {change.after!r}{cause} (change {change.number})"
