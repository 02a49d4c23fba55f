"""Only one writer per shop: leases as rows, taken by compare-and-set.

In: a shop to be written. Out: a lease with an end and a fence, or LeaseHeld with its holder. A lease is over when it was
released, when its end has passed, or when its owner is certainly gone; nothing is ever unlocked by hand.

**The clock.** On PostgreSQL the server's (`clock_timestamp()`, read once the row is locked), so that machines need not agree.
On SQLite the injected one: its users are on one machine and share its clock. A clock that jumps ahead ends leases early: if
another takes one, the fence grows, the owner's next `renew` raises, and its writes are still held by If-Match. A clock that
jumps back makes leases longer by the jump; those of dead owners still end.

**Owners that are gone.** A killed run is often started again at once, and people would learn to force things rather than wait a
minute. So if the owner ran in this boot and PID namespace (`processes`), a dead one ends its lease. That is no weaker than
expiry, which does not know whether the owner is still running: a dead process can send nothing more. What it has already sent may
still be in flight for a moment, as after any lost response; so the next holder reads the shop before it writes, and names the
version that it read.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Insert, bindparam, not_, select

from reconciler.adapters.store.db.database import Store, database_now
from reconciler.adapters.store.db.group_commit import GATHER_SECONDS, GroupCommit
from reconciler.adapters.store.db.run_tables import insert, leases, store_identity, utc_text
from reconciler.adapters.store.runs.process_identity import Process, is_gone, this_process
from reconciler.adapters.store.runs.row_statements import RowStatement, RowValue
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Clock, LeaseHeld, LeaseInfo, RunInfo
from reconciler.ports.leases import DutyKey

TTL: Final = timedelta(seconds=60)
_EPOCH: Final = datetime.fromisoformat("1970-01-01T00:00:00+00:00")

# Made once: putting a statement together costs more than running it.
_AMONG: Final = leases.c.shop.in_(bindparam("shops", expanding=True))
_PRESENT: Final = select(leases.c.shop).where(_AMONG)
_LOCKED: Final = select(leases).where(_AMONG).order_by(leases.c.shop).with_for_update()
_COLUMNS: Final = tuple(column.name for column in leases.columns if column is not leases.c.shop)


def _insert_missing(dialect: str) -> Insert:
    return insert(dialect, leases).on_conflict_do_nothing()


def _replace(dialect: str) -> Insert:
    into = insert(dialect, leases)
    return into.on_conflict_do_update(
        index_elements=[leases.c.shop], set_={name: into.excluded[name] for name in _COLUMNS}
    )


_INSERT: Final = RowStatement(_insert_missing, ("shop", *_COLUMNS))
_REPLACE: Final = RowStatement(_replace, ("shop", *_COLUMNS))

_NEVER_TAKEN: Final[Mapping[str, Any]] = {
    "fence": 0,
    "owner": "",
    "run": "",
    "place": None,
    "pid": 0,
    "born": 0,
    "taken": _EPOCH,
    "expires": _EPOCH,
    "released": True,
}
_Row = Mapping[str, Any]
_Decide = Callable[[_Row, datetime], dict[str, Any] | None]
"""A lease's row and the time -> what is to be set, or None if another run holds the lease."""


@frozen(kw_only=False)
class _Request:
    shop: ShopKey
    decide: _Decide


class StoreLeases:
    """Implements ports.Leases for one run. `process` is the one whose death ends the leases: this one."""

    def __init__(
        self,
        store: Store,
        info: RunInfo,
        clock: Clock,
        *,
        ttl: timedelta = TTL,
        process: Process | None = None,
    ) -> None:
        self._store = store
        self._info = info
        self._clock = clock
        self._ttl = ttl
        self._here = process or this_process()
        self._issuer = ""
        self._commits = GroupCommit(self._commit, gather=GATHER_SECONDS, deadline=store.patience, overdue=store.overdue)

    async def acquire(self, shop: ShopKey) -> StoreLease:
        """Raises LeaseHeld, StoreError."""
        until = self._valid_until()
        return StoreLease(self, await self._submit(_Request(shop, self._take)), until)

    def _valid_until(self) -> float:
        """Of a lease that is granted or renewed from now on: its time runs from the request, not from the answer."""
        return self._clock.monotonic() + self._ttl.total_seconds()

    def all(self) -> Sequence[LeaseInfo]:
        with self._store.reading() as connection:
            return active_leases(connection, self._clock, self._here)

    async def _renewed(self, held: LeaseInfo) -> tuple[LeaseInfo, float]:
        until = self._valid_until()
        return await self._submit(_Request(held.shop, lambda row, now: self._extend(row, now, held))), until

    async def _given_back(self, held: LeaseInfo) -> None:
        await self._commits.submit(_Request(held.shop, lambda row, now: _give_back(row, now, held)))

    async def _submit(self, request: _Request) -> LeaseInfo:
        """A refusal travels as a value: raised inside the transaction it would undo the others' requests as well."""
        held, granted = await self._commits.submit(request)
        if not granted:
            raise LeaseHeld(held)
        return held

    def _commit(self, requests: Sequence[_Request]) -> Sequence[tuple[LeaseInfo, bool]]:
        """Answers in the order given; who comes later finds the row as those before left it."""
        with self._store.writing() as connection:
            rows = _locked(connection, sorted({request.shop for request in requests}))
            now = database_now(connection, self._clock)
            self._issuer = self._issuer or _identity(connection)
            answers = [self._answer(rows, request, now) for request in requests]
            moved = {held.shop for held, granted in answers if granted}
            if moved:
                _REPLACE.execute(connection, [(shop, *_as_stored(rows[shop])) for shop in sorted(moved)])
        return answers

    def _answer(self, rows: dict[str, _Row], request: _Request, now: datetime) -> tuple[LeaseInfo, bool]:
        row = rows[request.shop]
        decided = request.decide(row, now)
        if decided is None:
            return _held(row, self._issuer), False
        rows[request.shop] = {**row, **decided}
        return _held(rows[request.shop], self._issuer), True

    def _take(self, row: _Row, now: datetime) -> dict[str, Any] | None:
        if _lives(row, now, self._here):
            return None
        return {
            "fence": row["fence"] + 1,
            "owner": f"{self._info.actor}@{self._info.host} (pid {self._info.pid})",
            "run": self._info.run,
            "place": self._here.place,
            "pid": self._here.pid,
            "born": self._here.born,
            "taken": now,
            "expires": now + self._ttl,
            "released": False,
        }

    def _extend(self, row: _Row, now: datetime, held: LeaseInfo) -> dict[str, Any] | None:
        """Also after its end, if no other run took it since: the fence shows that."""
        mine = row["fence"] == held.fence and not row["released"]
        return {"expires": now + self._ttl} if mine else None


class StoreLease:
    """Implements ports.Lease."""

    def __init__(self, leases: StoreLeases, held: LeaseInfo, valid_until: float) -> None:
        self._leases = leases
        self._held = held
        self._valid_until = valid_until

    @property
    def held(self) -> LeaseInfo:
        return self._held

    @property
    def valid_until(self) -> float:
        return self._valid_until

    async def renew(self) -> None:
        """Raises LeaseHeld, StoreError."""
        self._held, self._valid_until = await self._leases._renewed(self._held)  # noqa: SLF001  # the two halves of one module

    async def release(self) -> None:
        """Gives back what is still ours; a lease that was lost is left to its new owner. Raises StoreError."""
        await self._leases._given_back(self._held)  # noqa: SLF001  # as above


def active_leases(connection: Connection, clock: Clock, here: Process) -> tuple[LeaseInfo, ...]:
    """The leases of shops that no other run could take now, by shop."""
    held = all_active_leases(connection, database_now(connection, clock), here)
    return tuple(lease for lease in held if not isinstance(lease.shop, DutyKey))


def all_active_leases(connection: Connection, now: datetime, here: Process) -> tuple[LeaseInfo, ...]:
    """Also those of duties, which are no shops."""
    query = select(leases).where(not_(leases.c.released)).order_by(leases.c.shop)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return tuple(_held(row) for row in rows if _lives(row, now, here))


def _lives(row: _Row, now: datetime, here: Process) -> bool:
    if row["released"] or row["expires"] <= now:
        return False
    return not is_gone(Process(place=row["place"], pid=row["pid"], born=row["born"]), here)


def _give_back(row: _Row, now: datetime, held: LeaseInfo) -> dict[str, Any] | None:
    return {"released": True, "expires": now} if row["fence"] == held.fence and not row["released"] else None


def _as_stored(row: _Row) -> tuple[RowValue, ...]:
    """In the order of `_COLUMNS`, as the types of the columns write it."""
    values = [row[name] for name in _COLUMNS]
    return tuple([utc_text(value) if isinstance(value, datetime) else value for value in values])


_NEW: Final = _as_stored(_NEVER_TAKEN)


def _locked(connection: Connection, shops: Sequence[ShopKey]) -> dict[str, _Row]:
    """The shops' rows, created if they are missing, and locked until the end of the transaction.

    In the order of the shops, and only once all exist, so that two processes never wait for each other's rows.
    """
    present = frozenset(connection.execute(_PRESENT, {"shops": shops}).scalars())
    missing = [shop for shop in shops if shop not in present]
    if missing:
        _INSERT.execute(connection, [(shop, *_NEW) for shop in missing])
    return _rows(connection, shops)


def lost_leases(connection: Connection, claimed: Sequence[LeaseInfo]) -> Mapping[ShopKey, LeaseInfo]:
    """Those of `claimed` that another run has taken since, or that were released: the shop, and its present holder. Must be
    called in the transaction that relies on the answer.
    """
    rows = _rows(connection, sorted({lease.shop for lease in claimed}))
    return {
        lease.shop: _held(rows[lease.shop])
        for lease in claimed
        if rows[lease.shop]["fence"] != lease.fence or rows[lease.shop]["released"]
    }


def _rows(connection: Connection, shops: Sequence[ShopKey]) -> dict[str, _Row]:
    found = connection.execute(_LOCKED, {"shops": shops})
    names = tuple(found.keys())
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.all()}


def _identity(connection: Connection) -> str:
    made = insert(connection.dialect.name, store_identity).on_conflict_do_nothing()
    connection.execute(made, [{"slot": 1, "name": secrets.token_hex(8)}])
    return str(connection.execute(select(store_identity.c.name)).scalar_one())


def _held(row: _Row, issuer: str = "") -> LeaseInfo:
    return LeaseInfo(
        shop=_name(row["shop"]),
        owner=row["owner"],
        run=row["run"],
        fence=row["fence"],
        taken=row["taken"],
        expires=row["expires"],
        issuer=issuer,
    )


def _name(written: str) -> ShopKey:
    return DutyKey(written.removeprefix(":")) if written.startswith(":") else ShopKey(written)
