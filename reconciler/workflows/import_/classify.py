"""What becomes of each shop of an import: a new file, edits to the one it has, or nothing, and why.

In: what the shops' manifests are to say, and what the folder holds. Out: `ClassifiedShops`. Pure: it asks no port.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.importing.factor_out import ExistingLayers, NewShop
from reconciler.core.importing.legacy_rows import LegacyRow
from reconciler.core.importing.profile_edits import Edits, profile_edits
from reconciler.core.model.layers import Profile, overlay
from reconciler.core.values import Origin, ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports.manifest_editing import FolderSnapshot, ShopFile


@frozen
class ImportTarget:
    """What shops' manifests are to say. `rows` are those of an export, where the values come from one."""

    values: Mapping[ShopKey, Profile]
    rows: Mapping[ShopKey, LegacyRow]
    findings: tuple[Diagnostic, ...]

    def origin_of(self, shop: ShopKey) -> Origin | None:
        return self.rows[shop].origin if shop in self.rows else None


@frozen
class ClassifiedShops:
    """`edits` may be empty: the file already matches."""

    members: tuple[NewShop, ...]
    edits: Mapping[ShopKey, Edits]
    findings: tuple[Diagnostic, ...]


def classify(wanted: ImportTarget, standing: FolderSnapshot, *, group: str | None, complete: bool) -> ClassifiedShops:
    """`group`: that of the new shops whose row names none."""
    edits = {
        shop: _edits(standing.files[shop], values, wanted.rows.get(shop), complete=complete)
        for shop, values in wanted.values.items()
        if shop in standing.files
    }
    new = [_member(shop, wanted, group) for shop in wanted.values if shop not in standing.files]
    against = {member.shop: _against(member, standing, wanted) for member in new}
    return ClassifiedShops(
        members=tuple(member for member in new if against[member.shop] is None),
        edits=edits,
        findings=tuple(why for why in against.values() if why is not None),
    )


def _edits(file: ShopFile, values: Profile, row: LegacyRow | None, *, complete: bool) -> Edits:
    """A row says nothing of what it has no column for; what it says is meant to be managed. Of what is masked in it the manifest
    knows more.
    """
    if row is None:
        return profile_edits(file.layer, file.inherited, values, complete=complete)
    managed = overlay(file.layer, file.inherited)
    said = {place: value for place, value in values.items() if place not in row.masked or place not in managed}
    return profile_edits(file.layer, file.inherited, {**managed, **said}, complete=True)


def _member(shop: ShopKey, wanted: ImportTarget, group: str | None) -> NewShop:
    row = wanted.rows.get(shop)
    values = wanted.values[shop]
    if row is None:
        return NewShop(shop=shop, values=values, group=group)
    return NewShop(shop=shop, values=values, group=row.group or group, labels=row.labels)


def _against(member: NewShop, standing: FolderSnapshot, wanted: ImportTarget) -> Diagnostic | None:
    origin = wanted.origin_of(member.shop)
    if member.shop in standing.broken:
        why = msg("The manifest of {shop} is invalid and is not changed", shop=member.shop)
        return diagnostic(codes.NOT_IMPORTED, why, hint=_MEND, shop=member.shop, origin=origin)
    if standing.existing is None:
        why = msg("Cannot add {shop}: the shared files it would inherit from are invalid", shop=member.shop)
        return diagnostic(codes.NOT_IMPORTED, why, hint=_MEND, shop=member.shop, origin=origin)
    if member.group is not None and member.group not in standing.existing.groups:
        row = wanted.rows.get(member.shop)
        asked = row is None or row.group is None
        return _no_group(member.group, standing.existing, None if asked else member.shop, None if asked else origin)
    return None


def _no_group(group: str, ground: ExistingLayers, shop: ShopKey | None, origin: Origin | None) -> Diagnostic:
    """For no shop if all new ones were to be put into it: it is then reported once, and not per shop."""
    return diagnostic(
        codes.UNKNOWN_GROUP,
        msg("Unknown group {group}", group=repr(group)),
        expected=_choices(ground),
        hint=msg("Use another group, or create the file {file}", file=f"_groups/{group}.yaml"),
        shop=shop,
        origin=origin,
    )


def _choices(ground: ExistingLayers) -> Message:
    names = ", ".join(sorted(ground.groups))
    return msg("one of {choices}", choices=names) if names else msg("a file in _groups, which is empty")


_MEND = msg("Fix its errors (`reconciler validate`), then import again")
