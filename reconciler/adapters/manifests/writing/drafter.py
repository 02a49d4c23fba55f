"""Manifests from what is known of shops: the port `ManifestDrafter`.

In: the folder of manifests, perhaps a template. Out: for each draft the file as it would be, judged by the loader as if it lay
there already, in the folder where the tree's layout has it. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes, shop_files
from reconciler.adapters.manifests.discovery.shards import ShardLayout, tree_layout
from reconciler.adapters.manifests.documents.shop import API_VERSION, SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.compose import comment_out, compose_source, relative_schema_path
from reconciler.adapters.manifests.editing.edit import set_value
from reconciler.adapters.manifests.editing.key_notes import every_note
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import MODELINE, SourceFile, data_of
from reconciler.adapters.manifests.layout import DEFAULTS
from reconciler.adapters.manifests.loading.shared_layers import SharedLayers
from reconciler.adapters.manifests.loading.shop_file import shop_of
from reconciler.adapters.manifests.writing.defaults_file import defaults_source, is_unexplained
from reconciler.adapters.manifests.writing.import_writer import unflatten
from reconciler.adapters.manifests.writing.template import IDENTITY_PATHS, Example, example_of, without_identity
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics.diagnostic import Diagnostic, sort_diagnostics
from reconciler.core.importing.table_rows import ManifestDraft
from reconciler.core.model.layers import flatten
from reconciler.core.model.state import Desired
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError
from reconciler.ports.files.file_changes import FileChange
from reconciler.ports.manifest_editing import DraftResult

_SHARED_SCHEMA: Final = "shared.schema.json"
_SWITCH: Final = "amazon.enabled"
_PLACEHOLDERS: Final = {
    "amazon.api.seller_id": "<SellerId>",
    "amazon.api.client_id": "<ClientId>",
    "amazon.api.mws_auth_token": "<reference>",
    "amazon.notification.email": "amazon-pay@{shop}.<domain>",
}


class FolderDrafter:
    """`shown_as` is the folder in messages; `schema` the JSON Schema of manifests. A new manifest starts with the content of
    the file `template`, and in `group`.
    """

    def __init__(
        self, root: Path, *, shown_as: str, schema: Path, template: Path | None = None, group: str | None = None
    ) -> None:
        self._root = root
        self._shown_as = shown_as.rstrip("/")
        self._schema = schema
        self._template = None if template is None else _template(template)
        self._group = group

    def existing_file(self, draft: ManifestDraft) -> str | None:
        file = self._files.get(draft.shop)
        return None if file is None else file.display_path

    def draft(self, draft: ManifestDraft) -> DraftResult:
        file = self._files.get(draft.shop)
        if file is None:
            place = self._place(draft)
            drafted = self._judged(draft, place, None, _filled(self._blank(place), draft))
            return drafted if drafted.change is None else replace(drafted, explanation=self._explanation)
        before = read_bytes(file)
        if isinstance(before, Diagnostic):
            return DraftResult(display_path=file.display_path, findings=(before.for_shop(draft.shop),))
        page = read_source(before, file.display_path, ShopDocument)
        if not isinstance(page, SourceFile):
            return DraftResult(
                display_path=file.display_path, findings=tuple(finding.for_shop(draft.shop) for finding in page)
            )
        return self._judged(draft, file, before, _filled(page, self._less_masked(draft, page)))

    def _less_masked(self, draft: ManifestDraft, page: SourceFile) -> ManifestDraft:
        data = data_of(page)
        said = {**self._inherited(draft.group or data.get("group")), **flatten(data)}
        values = {place: value for place, value in draft.values.items() if place not in draft.masked & said.keys()}
        return replace(draft, values=values)

    def scaffold(self, draft: ManifestDraft, source: str | None) -> DraftResult:
        example = None if source is None else example_of(source, self._files, self._shown_as)
        data = {} if example is None else data_of(without_identity(example.page))
        if draft.group is not None:
            data["group"] = draft.group
        inherited = self._inherited(data.get("group"))
        said = {**inherited, **flatten(data)}
        missing = tuple(place for place in IDENTITY_PATHS if place not in said)
        values = {place: draft.values.get(place, _placeholder(place, draft.shop)) for place in missing}
        if _SWITCH not in said:
            values[_SWITCH] = False
        merged = _laid(unflatten(values), {**data, "apiVersion": API_VERSION, "shop": str(draft.shop)})
        place = self._place(draft)
        page = compose_source(merged, ShopDocument, schema=self._schema_from(place))
        open_ = frozenset(tuple(place.split(".")) for place in missing if place not in draft.values)
        drafted = self._judged(draft, place, None, comment_out(page, open_))
        findings = tuple(
            _where_it_was_said(finding, drafted.display_path, draft, example) for finding in drafted.findings
        )
        return replace(drafted, findings=findings)

    @cached_property
    def _files(self) -> Mapping[str, ManifestPath]:
        if not self._root.is_dir():
            return {}
        return {file.stem: file for file in shop_files(self._root, self._shown_as).files}

    @cached_property
    def _layout(self) -> ShardLayout:
        return tree_layout(str(self._root), self._files.values())

    @cached_property
    def _shared(self) -> SharedLayers:
        return SharedLayers(self._root, self._shown_as, {})

    @cached_property
    def _explanation(self) -> FileChange | None:
        """The file that explains the keys of all manifests, where there is none: then the files of shops need no notes."""
        if not is_unexplained(self._root):
            return None
        path = self._root / f"{DEFAULTS}.yaml"
        schema = relative_schema_path(self._schema.with_name(_SHARED_SCHEMA), self._root)
        after = serialise_source(defaults_source({}, schema=schema))
        return FileChange(path=path, display_path=f"{self._shown_as}/{path.name}", before=None, after=after)

    def _place(self, draft: ManifestDraft) -> ManifestPath:
        name = PurePosixPath(self._layout.folder_for_new(draft.shop), f"{draft.shop}.yaml").as_posix()
        return ManifestPath(stem=draft.shop, path=str(self._root / name), display_path=f"{self._shown_as}/{name}")

    def _schema_from(self, file: ManifestPath) -> str | None:
        return relative_schema_path(self._schema, Path(file.path).parent)

    def _blank(self, file: ManifestPath) -> SourceFile:
        schema = self._schema_from(file)
        if self._template is None:
            page = compose_source({}, ShopDocument, schema=schema)
        else:
            modeline = (f"{MODELINE} $schema={schema}",) if schema else ()
            page = replace(self._template, header=(*modeline, *self._template.header))
        return page if self._group is None else set_value(page, ("group",), self._group, ShopDocument)

    def _inherited(self, group: object) -> Mapping[str, object]:
        """What a shop of that group inherits; a missing group is reported when the draft is checked."""
        name = group if isinstance(group, str) and self._shared.exists(group) else None
        layer = self._shared.layer_for(name)
        return {} if layer is None else flatten(layer.data)

    def _judged(self, draft: ManifestDraft, file: ManifestPath, before: bytes | None, page: SourceFile) -> DraftResult:
        after = serialise_source(page)
        read = shop_of(read_yaml(after, file.display_path), file, self._shared, {})
        if not isinstance(read, Desired):
            diagnostics = read or self._shared.diagnostics
            return DraftResult(
                display_path=file.display_path,
                findings=sort_diagnostics(_at(draft, finding) for finding in diagnostics),
            )
        change = FileChange(path=Path(file.path), display_path=file.display_path, before=before, after=after)
        return DraftResult(display_path=file.display_path, change=None if after == before else change, desired=read)


def _at(draft: ManifestDraft, finding: Diagnostic) -> Diagnostic:
    """The place of the source: the file is not written, so it has no lines."""
    if draft.origin is None:
        return finding
    column = draft.columns.get(finding.subject or "", draft.origin.column)
    return replace(finding, origin=replace(draft.origin, column=column), shop=draft.shop)


def _where_it_was_said(
    finding: Diagnostic, unwritten: str, draft: ManifestDraft, example: Example | None
) -> Diagnostic:
    """A file that is not written has no lines: the place is in the example, or on the command line."""
    if finding.origin is None or finding.origin.file != unwritten:
        return finding
    as_an_option = draft.group is not None and finding.subject == "group"
    origin = None if example is None or as_an_option else example.origin(finding.subject or "")
    return replace(finding, origin=origin, shop=draft.shop)


def _filled(page: SourceFile, draft: ManifestDraft) -> SourceFile:
    """With the values of the draft. Values that already match are not changed. No key gets a note: a table has many shops."""
    said: dict[str, Any] = {"apiVersion": API_VERSION, "shop": str(draft.shop)}
    if draft.group is not None:
        said["group"] = draft.group
    for path, value in _paths(said, draft):
        page = set_value(page, path, value, ShopDocument, every_note())
    return page


def _paths(said: Mapping[str, Any], draft: ManifestDraft) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from (((key,), value) for key, value in said.items())
    yield from ((("labels", name), value) for name, value in draft.labels.items())
    yield from ((tuple(place.split(".")), value) for place, value in draft.values.items())


def _template(path: Path) -> SourceFile:
    """Without the line that names a schema, which depends on where the file will be. A shared file may serve as one, too. Raises
    SetupError.
    """
    shown = path.as_posix()
    data = read_bytes(ManifestPath(stem=path.stem, path=str(path), display_path=shown))
    page = (data,) if isinstance(data, Diagnostic) else read_source(data, shown, SharedDocument)
    if not isinstance(page, SourceFile):
        first = page[0]
        raise SetupError(first.summary, hint=first.hint, code=first.code, subject=first.subject, origin=first.origin)
    return replace(page, header=tuple(line for line in page.header if not line.startswith(MODELINE)))


def _laid(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings key by key."""
    merged = dict(lower)
    for key, value in upper.items():
        held = merged.get(key)
        merged[key] = _laid(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged


def _placeholder(place: str, shop: ShopKey) -> str:
    """Not of the required form: an uncommented placeholder that is not filled in is refused, and never used as a shop's value."""
    return _PLACEHOLDERS[place].format(shop=shop)
