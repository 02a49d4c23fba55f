"""The use cases `key create`, `key rotate` and `key list`: the keys that digest secrets and seal saved plans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.table_result import TableResult
from reconciler.ports import SetupError

if TYPE_CHECKING:
    from reconciler.ports.files.plan_files import PlanKeyRing
    from reconciler.workflows.session import Session

_COLUMNS: Final = (("key", msg("Key")), ("current", msg("Current")), ("place", msg("Location")))


def list_keys(session: Session) -> TableResult:
    """The keys by their ids, the present one first. Makes none. Raises SetupError where they cannot be read."""
    return _table(session.plan_keys.load())


def create_plan_key(session: Session) -> TableResult:
    """Raises SetupError where there is a key already."""
    _require_file(session)
    ring = session.plan_keys.create()
    if ring is None:
        present = session.plan_keys.load()
        raise SetupError(
            msg("A key already exists in {place}", place=present.place if present else ""),
            code=codes.KEY_EXISTS,
            hint=msg("Replace it with `reconciler key rotate`, which keeps the current key for what was made with it"),
        )
    return _table(ring, _sharing(ring))


def rotate_plan_key(session: Session) -> TableResult:
    """Raises SetupError where there is no key yet."""
    _require_file(session)
    if session.plan_keys.load() is None:
        raise SetupError(
            msg("There is no key to replace"), code=codes.NO_KEY, hint=msg("Create one with `reconciler key create`")
        )
    ring = session.plan_keys.rotate()
    return _table(ring, _sharing(ring))


def _require_file(session: Session) -> None:
    """The variable wins over the file: a new key in the file would not be used."""
    ring = session.plan_keys.load()
    if ring is not None and ring.from_variable:
        raise SetupError(
            msg("The environment variable {name} sets the key", name=ring.place),
            code=codes.KEY_EXISTS,
            hint=msg("Change the variable where it is set: the new key on its first line, the former keys below it"),
        )


def _table(ring: PlanKeyRing | None, notices: tuple[Message, ...] = ()) -> TableResult:
    ids = () if ring is None else ring.key_ids
    rows = tuple((key, number == 0, ring.place if ring else "") for number, key in enumerate(ids))
    empty = msg("No key exists yet: it is created when it is first needed, or with `reconciler key create`.")
    return TableResult(name="keys", columns=_COLUMNS, rows=rows, empty=empty, notices=notices)


def _sharing(ring: PlanKeyRing) -> tuple[Message, ...]:
    return (
        msg(
            "Runs on other machines need the same key: provide the content of {place} there as "
            "{name}, from their secret store",
            place=ring.place,
            name=ring.variable,
        ),
    )
