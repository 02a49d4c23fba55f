"""The story of an import: read the shops, share what they have in common, write, and prove that a plan would change nothing.

    backend ──> adopted ──┬──> new shops ──> generalised ──┐
    export  ──> rows ─────┘                                ├──> all files staged, then put in place ──> the proof
                          └──> shops with a manifest ──> edits ──┘

In: a request, and the ports. Out: `Imported`. It cannot write to the backend: the type it is handed has no way to. Shops are
observed as a stream; of each only what a manifest says of it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found, in_order
from reconciler.core.diagnostics.messages import say
from reconciler.core.diagnostics.suggestions import meant
from reconciler.core.importing.adopt import Adopted, adopt
from reconciler.core.importing.factor_out import Generalised, Mining, generalise
from reconciler.core.importing.legacy_rows import Legacy, LegacyShop
from reconciler.core.importing.secret_names import SecretNames
from reconciler.core.model.layers import Layer, Profile, lay, references
from reconciler.core.results.authoring import FileNews, Imported
from reconciler.core.values import PRE_SET, UNSET, ShopKey
from reconciler.ports import BackendError, Manifests, ObservingBackend, Secrets
from reconciler.ports.manifest_editing import FileChange, FileWriter, ManifestAuthor, ShopFile, Standing
from reconciler.workflows.import_.classify import Sorted, Wanted, sort_out
from reconciler.workflows.import_.verify import prove
from reconciler.workflows.suggest import guessed

_WILD: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """`legacy`: the rows of an export, in place of what the backend has; `partial`: import the rows that can be mapped though
    others cannot. `group`: the group that new shops are put into. `check`: say what would be written, and write nothing.
    """

    globs: tuple[str, ...] = ()
    names: SecretNames = field(default_factory=SecretNames)
    mining: Mining = field(default_factory=Mining)
    group: str | None = None
    complete: bool = False
    legacy: Legacy | None = None
    partial: bool = False
    check: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What an import works with. `unsettled`: the shops that are not to be taken as they stand now, and why."""

    backend: ObservingBackend
    author: ManifestAuthor
    writer: FileWriter
    manifests: Manifests
    secrets: Secrets
    unsettled: Callable[[], Mapping[ShopKey, Diagnostic]] = dict


async def import_shops(request: ImportRequest, desk: Desk) -> Imported:
    """Raises BackendError where nothing at all can be read, and Unusable where the files cannot be written; then nothing was."""
    if request.legacy is not None and not request.partial and any(finding.stops for finding in request.legacy.findings):
        told = (*await _all_that_is_wrong(request, request.legacy, desk), _held())
        return Imported(findings=told, export=request.legacy.file, check=request.check)
    keys, slips = await _chosen(request, desk.backend)
    wanted = await _wanted(request, keys, desk)
    standing = desk.author.standing(wanted.values)
    sorted_ = sort_out(wanted, standing, group=request.group, complete=request.complete)
    new = _generalised(sorted_, standing, request.mining)
    shops = tuple(sorted((*sorted_.edits, *(own.shop for own in new.shops))))
    changes = tuple(desk.author.changes({shop: edits for shop, edits in sorted_.edits.items() if edits}, new))
    imported = Imported(
        shops=shops,
        files=tuple(map(_news, changes)),
        secrets=tuple(_secrets(sorted_, standing)),
        findings=in_order((*slips, *wanted.findings, *standing.findings, *sorted_.findings)),
        export=None if request.legacy is None else request.legacy.file,
        check=request.check,
    )
    if request.check or not shops:
        return imported
    desk.writer.write(changes)
    return replace(imported, proof=await prove(shops, desk.manifests, desk.secrets, desk.backend))


async def _all_that_is_wrong(request: ImportRequest, legacy: Legacy, desk: Desk) -> tuple[Diagnostic, ...]:
    """With what the backend has against the other rows, where it can be asked: whoever mends the rows mends them once."""
    try:
        keys, slips = await _chosen(request, desk.backend)
        return in_order((*slips, *(await _wanted(request, keys, desk)).findings))
    except BackendError:
        return legacy.findings


def _held() -> Diagnostic:
    way_on = say("Mend the rows, or import those that can be mapped with --partial")
    return found(codes.NOT_IMPORTED, say("Nothing was imported: some rows cannot be mapped"), way_on=way_on)


async def _chosen(
    request: ImportRequest, backend: ObservingBackend
) -> tuple[tuple[ShopKey, ...], tuple[Diagnostic, ...]]:
    """The shops that are asked for, and what of the request means none. The backend is asked for its list where it must be."""
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
    way_on = meant(glob, names) or say("Patterns are matched against whole shop keys")
    return found(codes.NO_SUCH_SHOP, say("No shop is selected by {asked}", asked=repr(glob)), way_on=way_on)


async def _wanted(request: ImportRequest, keys: Sequence[ShopKey], desk: Desk) -> Wanted:
    """A run may begin, or end, while the shops are read: who is at work is asked before it and after."""
    rows = {} if request.legacy is None else {row.shop: row for row in request.legacy.shops}
    told = [] if request.legacy is None else [*request.legacy.findings]
    values: dict[ShopKey, Profile] = {}
    unsettled = dict(desk.unsettled())
    async for observed in desk.backend.observe(keys):
        shop = observed.shop
        adopted = adopt(observed, request.names)
        if not isinstance(adopted, Adopted):
            told += [replace(why, origin=rows[shop].origin) for why in adopted] if shop in rows else adopted
        elif shop in rows:
            values[shop] = _said(rows[shop], adopted)
        else:
            told += adopted.left_out
            values[shop] = adopted.values
    unsettled |= desk.unsettled()
    held = [shop for shop in values if shop in unsettled and shop not in rows]
    told += [unsettled[shop] for shop in held]
    settled = {shop: value for shop, value in values.items() if shop not in held}
    return Wanted(values=settled, rows=rows, findings=await guessed(told, desk.backend))


def _said(row: LegacyShop, adopted: Adopted) -> Profile:
    """A mask says that there is a token, and the backend whether it is one that was set beforehand."""
    pre_set = {place: PRE_SET.value for place in row.masked if adopted.values.get(place) == PRE_SET.value}
    return {**row.values, **pre_set}


def _generalised(sorted_: Sorted, standing: Standing, mining: Mining) -> Generalised:
    if standing.ground is None:
        return Generalised(shops=())
    return generalise(sorted_.members, standing.ground, mining)


def _news(change: FileChange) -> FileNews:
    before = None if change.before is None else change.before.decode()
    return FileNews(file=change.shown, before=before, after=change.after.decode())


def _secrets(sorted_: Sorted, standing: Standing) -> Iterator[tuple[ShopKey, str]]:
    """Each shop that will refer to a secret, with the reference that will stand in its manifest."""
    new = {member.shop: member.values for member in sorted_.members}
    old = {shop: _after(standing.files[shop], edits) for shop, edits in sorted_.edits.items()}
    for shop, values in sorted((new | old).items()):
        yield from ((shop, reference) for reference in references(values))


def _after(file: ShopFile, edits: Mapping[str, object]) -> Profile:
    own: Layer = {place: value for place, value in {**file.own, **edits}.items() if value is not UNSET}  # type: ignore[misc]
    return lay(own, file.lower)
