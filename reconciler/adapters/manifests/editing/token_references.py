"""Another reference to a token, in the files that declare one: the port `TokenReferences`.

In: the folder, the files by the names in messages, and the new reference. Out: the new content of each. One value is replaced;
every other line stays, comments included.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes, shared_files, shop_files
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.edit import set_value
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile
from reconciler.core.values import SecretRef
from reconciler.ports.files.file_changes import FileChange

_PLACE: Final = ("amazon", "api", "mws_auth_token")


class TokenReferenceFolder:
    """`shown_as` is what messages call the folder."""

    def __init__(self, root: Path, shown_as: str) -> None:
        self._root = root
        self._shown_as = shown_as.rstrip("/")

    def changes(self, files: Collection[str], reference: SecretRef) -> Iterator[FileChange]:
        shared, shops = (listed(self._root, self._shown_as) for listed in (shared_files, shop_files))
        for listing, model in ((shared, SharedDocument), (shops, ShopDocument)):
            for file in listing.files:
                if file.display_path in files:
                    yield from _changed(file, reference, model)


def _changed(file: ManifestPath, reference: SecretRef, model: type[Document]) -> Iterator[FileChange]:
    """Nothing where the file cannot be read any more."""
    before = read_bytes(file)
    source = read_source(before, file.display_path, model) if isinstance(before, bytes) else None
    if not isinstance(before, bytes) or not isinstance(source, SourceFile):
        return
    after = serialise_source(set_value(source, _PLACE, reference.uri, model))
    yield FileChange(path=Path(file.path), display_path=file.display_path, before=before, after=after)
