"""The files of attestations, `_attestations/SHOP.yaml` in each folder of manifests: the port `AttestationFiles`.

In: the folders. Out: attestations, or everything that is wrong in a file with its line; a file with one entry more or less. Since
the folder's name starts with `_`, no file in it is taken for a manifest. A file may be in any folder below; a new one is in
the folder that its manifest is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.describe import quote
from reconciler.adapters.manifests.discovery.duplicate_shops import duplicate_shop_diagnostics
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import Listing, read_bytes, read_file, shop_files
from reconciler.adapters.manifests.documents.attestations import AttestationsDocument
from reconciler.adapters.manifests.layout import ATTESTATIONS
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import day_in_japan, read_day
from reconciler.ports import Clock
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.onboarding.attestation_files import Attestations


@frozen(kw_only=False)
class AttestationFolders:
    """`roots` are the folders of manifests, each with what messages call it; `schema` the JSON Schema for editors."""

    roots: tuple[tuple[Path, str], ...]
    schema: Path
    clock: Clock

    def read(self, selection: Selection) -> Attestations:
        listing = self._listing()
        files = [file for file in listing.files if selection.may_name(file.stem)]
        found: list[Diagnostic] = list(listing.diagnostics) if not (selection.globs or selection.names) else []
        found += duplicate_shop_diagnostics(files, (), selection.may_name)
        doubled = {each.origin.file for each in found if each.origin is not None}
        attestations: list[Attestation] = []
        for file in (each for each in files if each.display_path not in doubled):
            parsed = read_file(file)
            faults = self._faults(parsed, file)
            found += faults
            attestations += () if faults else attestations_of(parsed, file)
        return Attestations(attestations=tuple(attestations), diagnostics=sort_diagnostics(found))

    def place(self, shop: ShopKey) -> str | None:
        file = self._file(shop)
        return None if file is None else file.display_path

    def change(self, attestation: Attestation) -> FileChange | tuple[Diagnostic, ...]:
        from reconciler.adapters.manifests.writing.attestation_entries import add_attestation

        file = self._file(attestation.shop)
        assert file is not None
        before = self._content(file) if Path(file.path).exists() else None
        if isinstance(before, tuple):
            return before
        return add_attestation(file, before, attestation, schema=self.schema)

    def withdrawal(self, shop: ShopKey, item: AttestedItem) -> FileChange | tuple[Diagnostic, ...] | None:
        from reconciler.adapters.manifests.writing.attestation_entries import remove_attestation

        file = self._file(shop)
        if file is None or not Path(file.path).exists():
            return None
        before = self._content(file)
        return before if isinstance(before, tuple) else remove_attestation(file, before, item)

    def _content(self, file: ManifestPath) -> bytes | tuple[Diagnostic, ...]:
        """Or everything that is wrong in it."""
        data = read_bytes(file)
        if isinstance(data, Diagnostic):
            return (data,)
        return self._faults(read_yaml(data, file.display_path), file) or data

    def _listing(self) -> Listing:
        listings = [shop_files(root / ATTESTATIONS, f"{shown}/{ATTESTATIONS}") for root, shown in self._folders()]
        return Listing(
            files=tuple(file for each in listings for file in each.files),
            diagnostics=tuple(found for each in listings for found in each.diagnostics),
        )

    def _folders(self) -> Iterator[tuple[Path, str]]:
        return ((root, shown) for root, shown in self.roots if (root / ATTESTATIONS).is_dir())

    def _file(self, shop: ShopKey) -> ManifestPath | None:
        there = next((file for file in self._listing().files if file.stem == shop), None)
        return there or next(self._beside_manifests(shop), None)

    def _beside_manifests(self, shop: ShopKey) -> Iterator[ManifestPath]:
        for root, shown in self.roots:
            for file in shop_files(root, shown).files if root.is_dir() else ():
                if file.stem == shop:
                    below = PurePosixPath(file.display_path.removeprefix(f"{shown}/")).parent / f"{shop}.yaml"
                    name = (PurePosixPath(ATTESTATIONS) / below).as_posix()
                    yield ManifestPath(stem=shop, path=str(root / name), display_path=f"{shown}/{name}")

    def _faults(self, parsed: Parsed, file: ManifestPath) -> tuple[Diagnostic, ...]:
        return attestation_faults(parsed, file, day_in_japan(self.clock.now()))


def attestation_faults(parsed: Parsed, file: ManifestPath, today: str) -> tuple[Diagnostic, ...]:
    """Everything that is wrong in one file. `today` is the day in Japan."""
    found = check_file(parsed, AttestationsDocument, also=_wrong_name(parsed, file))
    found = found or tuple(_day_faults(parsed, today))
    return tuple(each.for_shop(ShopKey(file.stem)) for each in found) if SHOP_KEY.accepts(file.stem) else found


def attestations_of(parsed: Parsed, file: ManifestPath) -> Iterator[Attestation]:
    """Those of a file without faults."""
    attested = parsed.data.get("attested", {})
    for item in AttestedItem:
        if item in attested:
            yield _attestation(ShopKey(file.stem), item, attested[item], parsed.key_origin(("attested", item.value)))


def _attestation(shop: ShopKey, item: AttestedItem, entry: dict[str, Any], origin: Origin) -> Attestation:
    return Attestation(
        shop=shop,
        item=item,
        by=entry["by"],
        on=entry["date"],
        expires=entry.get("expires"),
        note=entry.get("note"),
        origin=origin,
    )


def _wrong_name(parsed: Parsed, file: ManifestPath) -> Sequence[Diagnostic]:
    shop = parsed.data.get("shop")
    if not isinstance(shop, str) or shop == file.stem or not SHOP_KEY.accepts(shop):
        return ()
    return (
        diagnostic(
            codes.WRONG_NAME,
            msg("The file is named {name}, but its shop is {shop}", name=quote(f"{file.stem}.yaml"), shop=quote(shop)),
            expected=msg("the shop key, the same as the file name"),
            hint=msg("Rename the file to {shop}.yaml, or fix `shop`", shop=shop),
            subject="shop",
            origin=parsed.origin(("shop",)),
        ),
    )


def _day_faults(parsed: Parsed, today: str) -> Iterator[Diagnostic]:
    for item, entry in parsed.data.get("attested", {}).items():
        for key, fault in day_faults(entry["date"], entry.get("expires"), today):
            yield diagnostic(
                codes.BAD_ATTESTATION,
                fault,
                hint=msg("Correct the day; `reconciler attest` writes valid entries"),
                subject=f"attested.{item}.{key}",
                origin=parsed.origin(("attested", item, key)),
            )


def day_faults(on: str, expires: str | None, today: str) -> Iterator[tuple[str, Message]]:
    """Each with its key. Texts have the form of a day."""
    for key, day in (("date", on), ("expires", expires)):
        if day is not None and not _is_day(day):
            yield key, msg("{day} is not a day of the calendar", day=day)
    if on > today and _is_day(on):
        yield "date", msg("{day} is in the future", day=on)
    if expires is not None and expires < on and _is_day(expires):
        yield "expires", msg("{day} is before the day of the check, {date}", day=expires, date=on)


def _is_day(text: str) -> bool:
    try:
        read_day(text)
    except ValueError:
        return False
    return True
