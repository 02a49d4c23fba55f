"""A file of attestations with one entry more or less; its other lines stay as they are.

In: the file's content, if it is there. Out: the change of the file. Its content has no faults.
"""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.documents.attestations import AttestationsDocument
from reconciler.adapters.manifests.editing.compose import compose_source, relative_schema_path
from reconciler.adapters.manifests.editing.edit import remove_value, set_value
from reconciler.adapters.manifests.editing.parse import parse_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile, holds
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.ports.files.file_changes import FileChange

_API_VERSION = "reconciler/v1"
_ABOUT = (
    "What people attest of this shop. Written by `reconciler attest`.",
    "この店舗について人が確認した記録。`reconciler attest` が書き込みます。",
)


def add_attestation(file: ManifestPath, before: bytes | None, attestation: Attestation, *, schema: Path) -> FileChange:
    """`before` is None where there is no file; `schema` is the JSON Schema that a new file names for editors."""
    page = _new(file, attestation, schema) if before is None else _page(file, before)
    return _change(file, before, _with_entry(page, attestation))


def remove_attestation(file: ManifestPath, before: bytes, item: AttestedItem) -> FileChange | None:
    """None where the file has no such entry."""
    page, path = _page(file, before), ("attested", item.value)
    return _change(file, before, remove_value(page, path)) if holds(page, path) else None


def _page(file: ManifestPath, data: bytes) -> SourceFile:
    return parse_source(read_yaml(data, file.display_path), data)


def _new(file: ManifestPath, attestation: Attestation, schema: Path) -> SourceFile:
    data = {"apiVersion": _API_VERSION, "shop": str(attestation.shop)}
    named = relative_schema_path(schema, Path(file.path).parent)
    return compose_source(data, AttestationsDocument, schema=named, about=_ABOUT)


def _with_entry(page: SourceFile, attestation: Attestation) -> SourceFile:
    values = {
        "by": attestation.by,
        "date": attestation.on,
        "expires": attestation.expires,
        "note": attestation.note,
    }
    for key, value in values.items():
        path = ("attested", attestation.item.value, key)
        page = remove_value(page, path) if value is None else set_value(page, path, value, AttestationsDocument)
    return page


def _change(file: ManifestPath, before: bytes | None, page: SourceFile) -> FileChange:
    return FileChange(path=Path(file.path), display_path=file.display_path, before=before, after=serialise_source(page))
