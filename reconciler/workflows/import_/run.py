"""The story of an import: read the shops, share what they have in common, write, and prove that a plan would change nothing.

    backend ──> adopted ──┬──> new shops ──> generalised ──┐
    export  ──> rows ─────┘                                ├──> all files staged, then put in place ──> the proof
                          └──> shops with a manifest ──> edits ──┘

In: a request, and the ports. Out: `ImportResult`. It cannot write to the backend: the type it is handed has no way to. Shops are
observed as a stream; of each only what a manifest says of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from fnmatch import fnmatchcase
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.findings.sightings import OWNER_LABEL
from reconciler.core.importing.adopt import Adopted, adopt
from reconciler.core.importing.factor_out import FactoredLayers, FactorOptions, factor_out
from reconciler.core.importing.legacy_rows import LegacyExport, LegacyRow
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.importing.seller_tokens import share_seller_tokens
from reconciler.core.model.layers import Layer, Profile, overlay, references
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.authoring.import_result import ImportResult
from reconciler.core.values import PRE_SET, UNSET, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import BackendError, Manifests, ObservingBackend, Secrets
from reconciler.ports.files.file_changes import FileChange, FileWriter
from reconciler.ports.manifest_editing import FolderSnapshot, ManifestEditor, ShopFile
from reconciler.workflows.import_.classify import ClassifiedShops, ImportTarget, classify
from reconciler.workflows.import_.verify import verify_import
from reconciler.workflows.suggest import diagnostics_with_suggestions

_WILD: Final = frozenset("*?[")
_NAMED: Final = 5


@frozen
class ImportRequest:
    """`legacy`: the rows of an export, in place of what the backend has; `partial`: import the rows that can be mapped though
    others cannot. `group`: the group that new shops are put into. `check`: say what would be written, and write nothing.
    """

    globs: tuple[str, ...] = ()
    names: SecretNamePattern = field(default_factory=SecretNamePattern)
    mining: FactorOptions = field(default_factory=FactorOptions)
    group: str | None = None
    complete: bool = False
    legacy: LegacyExport | None = None
    partial: bool = False
    check: bool = False


@frozen
class ImportContext:
    """What an import works with. `unsettled`: the shops whose present state must not be imported, and why."""

    backend: ObservingBackend
    author: ManifestEditor
    writer: FileWriter
    manifests: Manifests
    secrets: Secrets
    in_transition: Callable[[], Mapping[ShopKey, Diagnostic]] = dict


async def import_shops(request: ImportRequest, desk: ImportContext) -> ImportResult:
    """Raises BackendError where nothing at all can be read, and Unusable where the files cannot be written; then nothing was."""
    if (
        request.legacy is not None
        and not request.partial
        and any(finding.blocking for finding in request.legacy.findings)
    ):
        found = (*await _all_that_is_wrong(request, request.legacy, desk), _held())
        return ImportResult(diagnostics=found, export=request.legacy.file, check=request.check)
    keys, slips = await _chosen(request, desk.backend)
    wanted = await _wanted(request, keys, desk)
    standing = desk.author.snapshot(wanted.values)
    sorted_ = classify(wanted, standing, group=request.group, complete=request.complete)
    present = [overlay(file.layer, file.inherited) for file in standing.files.values()]
    members = share_seller_tokens(sorted_.members, present, request.names)
    sorted_ = replace(sorted_, members=members)
    new = _generalised(sorted_, standing, request.mining)
    shops = tuple(sorted((*sorted_.edits, *(own.shop for own in new.shops))))
    changes = tuple(desk.author.file_changes({shop: edits for shop, edits in sorted_.edits.items() if edits}, new))
    imported = ImportResult(
        shops=shops,
        files=tuple(map(_news, changes)),
        secrets=tuple(_secrets(sorted_, standing)),
        diagnostics=sort_diagnostics((*slips, *wanted.findings, *standing.findings, *sorted_.findings)),
        export=None if request.legacy is None else request.legacy.file,
        owners=_owners(new, changes),
        notices=tuple(_in_no_group(new, standing)),
        check=request.check,
    )
    if request.check or not shops:
        return imported
    desk.writer.write(changes)
    return replace(imported, proof=await verify_import(shops, desk.manifests, desk.secrets, desk.backend))


async def _all_that_is_wrong(
    request: ImportRequest, legacy: LegacyExport, desk: ImportContext
) -> tuple[Diagnostic, ...]:
    """With the backend's diagnostics of the other rows, if it can be read: all rows can then be fixed at once."""
    try:
        keys, slips = await _chosen(request, desk.backend)
        return sort_diagnostics((*slips, *(await _wanted(request, keys, desk)).findings))
    except BackendError:
        return legacy.findings


def _held() -> Diagnostic:
    hint = msg("Fix the rows, or import only those that can be mapped with --partial")
    return diagnostic(codes.NOT_IMPORTED, msg("Nothing was imported: some rows cannot be mapped"), hint=hint)


async def _chosen(
    request: ImportRequest, backend: ObservingBackend
) -> tuple[tuple[ShopKey, ...], tuple[Diagnostic, ...]]:
    """The requested shops, and the parts of the request that match none. The backend's list is read only if necessary."""
    globs = tuple(dict.fromkeys(request.globs))
    if request.legacy is not None:
        known = tuple(row.shop for row in request.legacy.shops)
    elif globs and not any(_WILD & set(glob) for glob in globs):
        known = tuple(_keys(globs))
    else:
        known = tuple([shop async for shop in backend.shops()])
    chosen = tuple(shop for shop in known if not globs or _meets(shop, globs))
    names = frozenset(known)
    return chosen, tuple(_no_shop(glob, names) for glob in globs if not any(fnmatchcase(shop, glob) for shop in chosen))


def _keys(names: Iterable[str]) -> Iterator[ShopKey]:
    for name in names:
        try:
            yield ShopKey(name)
        except ValueError:
            continue


def _meets(shop: ShopKey, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(shop, glob) for glob in globs)


def _no_shop(glob: str, names: Collection[str]) -> Diagnostic:
    """`names` has at least those that were asked for."""
    hint = suggestion_message(glob, names) or msg("Patterns match whole shop keys")
    return diagnostic(codes.NO_SUCH_SHOP, msg("No shop matches {asked}", asked=repr(glob)), hint=hint)


async def _wanted(request: ImportRequest, keys: Sequence[ShopKey], desk: ImportContext) -> ImportTarget:
    """A run may start or end while the shops are read: running runs are read before and after."""
    rows = {} if request.legacy is None else {row.shop: row for row in request.legacy.shops}
    found = [] if request.legacy is None else [*request.legacy.findings]
    values: dict[ShopKey, Profile] = {}
    unsettled = dict(desk.in_transition())
    async for observed in desk.backend.observe(keys):
        shop = observed.shop
        adopted = adopt(observed, request.names)
        if not isinstance(adopted, Adopted):
            found += [replace(why, origin=rows[shop].origin) for why in adopted] if shop in rows else adopted
        elif shop in rows:
            values[shop] = _said(rows[shop], adopted)
        else:
            found += adopted.omitted
            values[shop] = adopted.values
    unsettled |= desk.in_transition()
    held = [shop for shop in values if shop in unsettled and shop not in rows]
    found += [unsettled[shop] for shop in held]
    settled = {shop: value for shop, value in values.items() if shop not in held}
    return ImportTarget(values=settled, rows=rows, findings=await diagnostics_with_suggestions(found, desk.backend))


def _said(row: LegacyRow, adopted: Adopted) -> Profile:
    """A mask says that there is a token, and the backend whether it is one that was set beforehand."""
    pre_set = {place: PRE_SET.value for place in row.masked if adopted.values.get(place) == PRE_SET.value}
    return {**row.values, **pre_set}


def _generalised(sorted_: ClassifiedShops, standing: FolderSnapshot, mining: FactorOptions) -> FactoredLayers:
    if standing.existing is None:
        return FactoredLayers(shops=())
    return factor_out(sorted_.members, standing.existing, mining)


def _in_no_group(new: FactoredLayers, standing: FolderSnapshot) -> Iterator[Message]:
    """Where there are groups, a new shop may be expected in one. With --flat there is no such expectation."""
    groups = () if standing.existing is None else sorted(standing.existing.groups)
    alone = [own.shop for own in new.shops if own.group is None]
    if groups and alone and not new.flat:
        yield msg(
            "New shops in no group ({count}): {shops}. To put a shop into one, add `group: NAME` to its manifest (available:"
            " {groups}), or import it with --into-group NAME",
            count=len(alone),
            shops=_named(alone),
            groups=_named(groups),
        )


def _named(names: Sequence[str]) -> str:
    return ", ".join([*names[:_NAMED], *(["..."] if names[_NAMED:] else [])])


def _owners(new: FactoredLayers, changes: Iterable[FileChange]) -> Mapping[str, str]:
    files = {change.path.stem: change.display_path for change in changes}
    return {files[own.shop]: own.labels[OWNER_LABEL] for own in new.shops if OWNER_LABEL in own.labels}


def _news(change: FileChange) -> FileEdit:
    before = None if change.before is None else change.before.decode()
    return FileEdit(file=change.display_path, before=before, after=change.after.decode())


def _secrets(sorted_: ClassifiedShops, standing: FolderSnapshot) -> Iterator[tuple[ShopKey, str]]:
    """Each shop that will refer to a secret, with the reference in its manifest."""
    new = {member.shop: member.values for member in sorted_.members}
    old = {shop: _after(standing.files[shop], edits) for shop, edits in sorted_.edits.items()}
    for shop, values in sorted((new | old).items()):
        yield from ((shop, reference) for reference in references(values))


def _after(file: ShopFile, edits: Mapping[str, object]) -> Profile:
    own: Layer = {place: value for place, value in {**file.layer, **edits}.items() if value is not UNSET}  # type: ignore[misc]
    return overlay(own, file.inherited)
