"""A folder of manifests in the canonical style: the port `HelpFormatter`.

In: the folder, and names of files: a path, a shop's key, a pattern of either. Out: for each file its new content.
The result is read back first: a formatter that lost a value or a comment would do so silently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from reconciler.adapters.manifests.describe import did_you_mean
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import Listing, read_bytes, shared_files, shop_files
from reconciler.adapters.manifests.documents.base import Document
from reconciler.adapters.manifests.documents.shop import SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.canonical_style import canonical
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile, comments_of, data_of
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.manifest_editing import FormattedFile


class FormattedFolder:
    """`shown_as` is what people call the folder."""

    def __init__(self, root: Path, shown_as: str) -> None:
        self._root = root
        self._shown_as = shown_as.rstrip("/")

    def format(self, words: Sequence[str]) -> Iterator[FormattedFile]:
        shared, shops = shared_files(self._root, self._shown_as), shop_files(self._root, self._shown_as)
        files = (*shared.files, *shops.files)
        yield from (FormattedFile(findings=(slip,)) for slip in _unmatched(words, files))
        yield from (FormattedFile(findings=(finding,)) for finding in _listing_diagnostics(words, shared, shops))
        for file in files:
            if not words or any(_means(word, file) for word in words):
                yield _styled(file, SharedDocument if file in shared.files else ShopDocument)


def _listing_diagnostics(words: Sequence[str], *listings: Listing) -> Iterator[Diagnostic]:
    """Other files in the folder are reported if everything was selected."""
    return (finding for listing in listings for finding in listing.diagnostics if not words)


def _styled(file: ManifestPath, model: type[Document]) -> FormattedFile:
    before = read_bytes(file)
    if isinstance(before, Diagnostic):
        return FormattedFile(findings=(before,))
    after = format_source(before, file.display_path, model)
    if not isinstance(after, bytes):
        return FormattedFile(findings=after)
    if after == before:
        return FormattedFile()
    return FormattedFile(
        change=FileChange(path=Path(file.path), display_path=file.display_path, before=before, after=after)
    )


def format_source(data: bytes, file: str, model: type[Document]) -> bytes | tuple[Diagnostic, ...]:
    """The file in the canonical style with all its comments, or what is wrong in it."""
    page = read_source(data, file, model)
    if not isinstance(page, SourceFile):
        return page
    after = serialise_source(canonical(page, model))
    if after != data:
        again = read_source(after, file, model)
        assert isinstance(again, SourceFile) and data_of(again) == data_of(page)  # noqa: PT018  # one statement: the same values
        assert Counter(comments_of(again)) == Counter(comments_of(page))
    return after


def _means(word: str, file: ManifestPath) -> bool:
    """A folder means its content."""
    named = fnmatchcase(file.stem, word) or fnmatchcase(file.display_path, word)
    return named or Path(file.path).absolute().is_relative_to(Path(word).absolute())


def _unmatched(words: Sequence[str], files: Sequence[ManifestPath]) -> Iterator[Diagnostic]:
    for word in dict.fromkeys(words):
        if not any(_means(word, file) for file in files):
            yield diagnostic(
                codes.NO_SUCH_SHOP,
                msg("No manifest matches {asked}", asked=repr(word)),
                expected=msg("a file in the manifest folder, a shop key, or a pattern for either"),
                hint=did_you_mean(word, (file.stem for file in files)),
            )
