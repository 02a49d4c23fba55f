"""The use case `adopt`: live values of one shop into its manifest, field by field. The backend is only read.

In: a shop, and fields of it. Out: which values were written, and where. Without fields: those that the backend changed, not those
that Git changed; a conflict has to be named. It is an import of one shop and some fields: comments and everything else stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.label import DriftLabel
from reconciler.core.findings.fields import field_at
from reconciler.core.importing.adopt import Adopted, adopt
from reconciler.core.importing.factor_out import FactoredLayers
from reconciler.core.importing.profile_edits import Edits, profile_edits
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.model.canonical import dumps
from reconciler.core.model.layers import Leaf, overlay
from reconciler.core.model.selection import Selection
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.results.validation_result import FailureResult, failure
from reconciler.core.values import UNSET
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.workflows.drift.check import check_drift
from reconciler.workflows.sources import DriftSources

if TYPE_CHECKING:
    from reconciler.core.drift.drift import ShopDrift
    from reconciler.core.values import ShopKey
    from reconciler.ports import ObservingBackend
    from reconciler.ports.files.file_changes import FileChange
    from reconciler.ports.manifest_editing import FolderSnapshot, ShopFile
    from reconciler.workflows.session import Session

_COLUMNS: Final = (
    ("field", msg("Field")),
    ("before", msg("Git")),
    ("after", msg("Adopted value")),
    ("file", msg("File")),
)
_NOTHING: Final = msg("Nothing to adopt: no field differs that only the backend changed.")
_NOT_MANAGED: Final = NamedCell("not-managed", msg("(not managed)"))
_LIST_FIELDS: Final = msg("`reconciler explain` lists the fields")
_BY_BACKEND: Final = frozenset({DriftLabel.DRIFTED, DriftLabel.DIFFERS})


@frozen
class AdoptRequest:
    """`fields` as people call them. `check`: nothing is written."""

    shop: ShopKey
    fields: tuple[str, ...] = ()
    check: bool = False


async def adopt_fields(session: Session, request: AdoptRequest) -> TableResult | FailureResult:
    """Raises BackendError where the shop cannot be read, SetupError where nothing can be adopted or written."""
    _refuse_transition(session, request.shop)
    named = frozenset(_place(name) for name in request.fields)
    editor = session.manifest_files.editor(None)
    async with session.observe() as backend:
        drift = await _drift(session, request.shop, backend)
        live = await _live(request.shop, backend)
    if not isinstance(live, Adopted):
        return failure(*live)
    snapshot = editor.snapshot([request.shop])
    file = snapshot.files.get(request.shop)
    if file is None or drift is None:
        return failure(*_without_manifest(request.shop, snapshot))
    chosen = named or {
        entry.ref.manifest_path for entry in drift.entries if entry.label in _BY_BACKEND and entry.ref.manifest_path
    }
    edits = {place: edit for place, edit in _edits(file, live.values).items() if place in chosen}
    changes = tuple(editor.file_changes({request.shop: edits} if edits else {}, FactoredLayers(shops=())))
    if changes and not request.check:
        session.manifest_files.writer().write(changes)
    return TableResult(
        name="adopted",
        columns=_COLUMNS,
        rows=tuple(_rows(file, edits, changes)),
        empty=_NOTHING if not named else msg("Nothing to adopt: these fields have the values that Git declares."),
        notices=tuple(_notices(request, drift, live, chosen, written=bool(changes))),
    )


def _refuse_transition(session: Session, shop: ShopKey) -> None:
    """A value that a run is about to change again must not be adopted."""
    with session.store.history() as history:
        left = () if history is None else tuple(each for each in history.unfinished(shop) if each.closed)
    with session.store.active_leases() as held:
        busy = any(lease.shop == shop for lease in held)
    if busy:
        raise _refused(msg("a run is writing the shop"), msg("Run the command again when that run has ended"))
    if left:
        raise _refused(msg("an interrupted run may have left the shop closed"), msg("Run `reconciler resume` first"))


def _place(name: str) -> str:
    ref = field_at(name)
    if ref is None or ref.manifest_path is None or (ref.spec.policy.entries and ref.entry is None):
        raise _refused(msg("`{field}` is no field that a manifest declares", field=name))
    if ref.spec.policy.secret:
        raise _refused(msg("`{field}` is a secret: a manifest holds a reference to it only", field=name))
    return ref.manifest_path


def _refused(text: Message, hint: Message = _LIST_FIELDS) -> SetupError:
    return SetupError(msg("Not adopted: {reason}", reason=text), code=codes.NOT_ADOPTABLE, hint=hint)


async def _drift(session: Session, shop: ShopKey, backend: ObservingBackend) -> ShopDrift | None:
    with session.store.history() as history:
        sources = DriftSources(history=history, key=None if history is None else session.digest_key())
        selection = Selection(globs=(shop,))
        drift = await check_drift(selection, session.manifests, session.secrets, backend, sources)
    return next((each for each in drift.shops if each.shop == shop), None)


async def _live(shop: ShopKey, backend: ObservingBackend) -> Adopted | tuple[Diagnostic, ...]:
    async for observed in backend.observe([shop]):
        return adopt(observed, SecretNamePattern())
    raise RuntimeError(f"the backend port broke its promise: {shop} was asked for and not answered")


def _without_manifest(shop: ShopKey, snapshot: FolderSnapshot) -> tuple[Diagnostic, ...]:
    if snapshot.findings:
        return snapshot.findings
    text = msg("{shop} has no manifest to adopt values into", shop=shop)
    hint = msg("Generate one with `reconciler import {shop}`", shop=shop)
    return (diagnostic(codes.NO_SUCH_SHOP, text, hint=hint, shop=shop),)


def _edits(file: ShopFile, live: Mapping[str, Leaf]) -> Edits:
    return profile_edits(file.layer, file.inherited, live)


def _rows(file: ShopFile, edits: Edits, changes: tuple[FileChange, ...]) -> Iterator[tuple[Cell, ...]]:
    before = overlay(file.layer, file.inherited)
    shown = changes[0].display_path if changes else None
    for place, after in edits.items():
        yield place, _value(before.get(place)), _value(None if after is UNSET else after), shown


def _value(value: Leaf | object | None) -> Cell:
    return dumps(value) if isinstance(value, bool | str) else _NOT_MANAGED


def _notices(
    request: AdoptRequest, drift: ShopDrift, live: Adopted, chosen: frozenset[str] | set[str], *, written: bool
) -> Iterator[Message]:
    yield from (found.summary for found in live.omitted if found.subject in chosen)
    conflicts = [entry.ref.manifest_path for entry in drift.entries if entry.label is DriftLabel.CONFLICT]
    if conflicts and not request.fields:
        places = ", ".join(f"`{place}`" for place in conflicts)
        yield msg("Changed in Git as well, and not adopted: {fields}. Name them to adopt them", fields=places)
    if written:
        yield (
            msg("Nothing was written (--check)")
            if request.check
            else msg("Review the change with `git diff`, and commit it")
        )
