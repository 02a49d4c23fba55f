"""Manifests from what is known of shops: the port `Drafts`.

In: the folder of manifests, perhaps a template. Out: for each draft the file as it would be, judged by the loader as if it lay
there already. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from reconciler.adapters.manifests.discovery.entries import Found
from reconciler.adapters.manifests.discovery.files import read_bytes, shop_files
from reconciler.adapters.manifests.documents.shop import API_VERSION, SharedDocument, ShopDocument
from reconciler.adapters.manifests.editing.compose import commented_out, new_page, way_to
from reconciler.adapters.manifests.editing.edit import with_value
from reconciler.adapters.manifests.editing.parse import read_page
from reconciler.adapters.manifests.editing.serialise import write_page
from reconciler.adapters.manifests.editing.tree import MODELINE, Page, data_of
from reconciler.adapters.manifests.loading.shared_layers import SharedLayers
from reconciler.adapters.manifests.loading.shop_file import shop_of
from reconciler.adapters.manifests.writing.import_writer import nested
from reconciler.adapters.manifests.writing.template import ITEMS, Example, example_of, without_own
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics.diagnostic import Diagnostic, in_order
from reconciler.core.importing.table_rows import Draft
from reconciler.core.model.layers import flat
from reconciler.core.model.state import Desired
from reconciler.core.values import ShopKey
from reconciler.ports import Unusable
from reconciler.ports.manifest_editing import Drafted, FileChange

_SWITCH: Final = "amazon.enabled"
_PLACEHOLDERS: Final = {
    "amazon.api.seller_id": "<SellerId>",
    "amazon.api.client_id": "<ClientId>",
    "amazon.api.mws_auth_token": "<reference>",
    "amazon.notification.email": "amazon-pay@{shop}.<domain>",
}


class DraftedManifests:
    """`shown_as` is what people call the folder; `schema` the JSON Schema of manifests. A new manifest begins with what the file
    `template` holds, and in `group`.
    """

    def __init__(
        self, root: Path, *, shown_as: str, schema: Path, template: Path | None = None, group: str | None = None
    ) -> None:
        self._root = root
        self._shown_as = shown_as.rstrip("/")
        self._schema = way_to(schema, root)
        self._template = None if template is None else _template(template, self._schema)
        self._group = group

    def there(self, draft: Draft) -> str | None:
        file = self._files.get(draft.shop)
        return None if file is None else file.shown

    def made(self, draft: Draft) -> Drafted:
        file = self._files.get(draft.shop)
        if file is None:
            return self._judged(draft, self._place(draft), None, _filled(self._blank(), draft))
        before = read_bytes(file)
        if isinstance(before, Diagnostic):
            return Drafted(shown=file.shown, findings=(before.about(draft.shop),))
        page = read_page(before, file.shown, ShopDocument)
        if not isinstance(page, Page):
            return Drafted(shown=file.shown, findings=tuple(finding.about(draft.shop) for finding in page))
        return self._judged(draft, file, before, _filled(page, self._less_masked(draft, page)))

    def _less_masked(self, draft: Draft, page: Page) -> Draft:
        data = data_of(page)
        said = {**self._inherited(draft.group or data.get("group")), **flat(data)}
        values = {place: value for place, value in draft.values.items() if place not in draft.masked & said.keys()}
        return replace(draft, values=values)

    def begun(self, draft: Draft, source: str | None) -> Drafted:
        example = None if source is None else example_of(source, self._files, self._shown_as)
        data = {} if example is None else data_of(without_own(example.page))
        if draft.group is not None:
            data["group"] = draft.group
        inherited = self._inherited(data.get("group"))
        said = {**inherited, **flat(data)}
        missing = tuple(place for place in ITEMS if place not in said)
        values = {place: draft.values.get(place, _placeholder(place, draft.shop)) for place in missing}
        if _SWITCH not in said:
            values[_SWITCH] = False
        merged = _laid(nested(values), {**data, "apiVersion": API_VERSION, "shop": str(draft.shop)})
        page = new_page(merged, ShopDocument, schema=self._schema)
        open_ = frozenset(tuple(place.split(".")) for place in missing if place not in draft.values)
        drafted = self._judged(draft, self._place(draft), None, commented_out(page, open_))
        findings = tuple(_where_it_was_said(finding, drafted.shown, draft, example) for finding in drafted.findings)
        return replace(drafted, findings=findings)

    @cached_property
    def _files(self) -> Mapping[str, Found]:
        if not self._root.is_dir():
            return {}
        return {file.stem: file for file in shop_files(self._root, self._shown_as).files}

    @cached_property
    def _shared(self) -> SharedLayers:
        return SharedLayers(self._root, self._shown_as, {})

    def _place(self, draft: Draft) -> Found:
        name = f"{draft.shop}.yaml"
        return Found(stem=draft.shop, path=str(self._root / name), shown=f"{self._shown_as}/{name}")

    def _blank(self) -> Page:
        page = self._template or new_page({}, ShopDocument, schema=self._schema)
        return page if self._group is None else with_value(page, ("group",), self._group, ShopDocument)

    def _inherited(self, group: object) -> Mapping[str, object]:
        """What lies under a shop of that group; a group that is not there is told when the draft is judged."""
        name = group if isinstance(group, str) and self._shared.knows(group) else None
        layer = self._shared.under(name)
        return {} if layer is None else flat(layer.data)

    def _judged(self, draft: Draft, file: Found, before: bytes | None, page: Page) -> Drafted:
        after = write_page(page)
        read = shop_of(read_yaml(after, file.shown), file, self._shared, {})
        if not isinstance(read, Desired):
            told = read or self._shared.findings
            return Drafted(shown=file.shown, findings=in_order(_at(draft, finding) for finding in told))
        change = FileChange(path=Path(file.path), shown=file.shown, before=before, after=after)
        return Drafted(shown=file.shown, change=None if after == before else change, desired=read)


def _at(draft: Draft, finding: Diagnostic) -> Diagnostic:
    """Where it was said: the file is not written, and its lines are nobody's."""
    if draft.origin is None:
        return finding
    column = draft.columns.get(finding.subject or "", draft.origin.column)
    return replace(finding, origin=replace(draft.origin, column=column), shop=draft.shop)


def _where_it_was_said(finding: Diagnostic, unwritten: str, draft: Draft, example: Example | None) -> Diagnostic:
    """Of a file that is not written nobody can look at a line: in the example, or on the command line."""
    if finding.origin is None or finding.origin.file != unwritten:
        return finding
    as_an_option = draft.group is not None and finding.subject == "group"
    origin = None if example is None or as_an_option else example.where(finding.subject or "")
    return replace(finding, origin=origin, shop=draft.shop)


def _filled(page: Page, draft: Draft) -> Page:
    """With what the draft knows. What it names again as it stands is left as it stands."""
    said: dict[str, Any] = {"apiVersion": API_VERSION, "shop": str(draft.shop)}
    if draft.group is not None:
        said["group"] = draft.group
    for path, value in _paths(said, draft):
        page = with_value(page, path, value, ShopDocument)
    return page


def _paths(said: Mapping[str, Any], draft: Draft) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield from (((key,), value) for key, value in said.items())
    yield from ((("labels", name), value) for name, value in draft.labels.items())
    yield from ((tuple(place.split(".")), value) for place, value in draft.values.items())


def _template(path: Path, schema: str | None) -> Page:
    """Raises Unusable. A shared file may serve as one: its first line then names the other schema."""
    shown = path.as_posix()
    data = read_bytes(Found(stem=path.stem, path=str(path), shown=shown))
    page = (data,) if isinstance(data, Diagnostic) else read_page(data, shown, SharedDocument)
    if not isinstance(page, Page):
        first = page[0]
        raise Unusable(first.summary, way_on=first.way_on, code=first.code, subject=first.subject, origin=first.origin)
    others = (line for line in page.head if not line.startswith(MODELINE))
    modeline = (f"{MODELINE} $schema={schema}",) if schema else ()
    return replace(page, head=(*modeline, *others))


def _laid(lower: Mapping[str, Any], upper: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings key by key."""
    merged = dict(lower)
    for key, value in upper.items():
        held = merged.get(key)
        merged[key] = _laid(held, value) if isinstance(held, dict) and isinstance(value, dict) else value
    return merged


def _placeholder(place: str, shop: ShopKey) -> str:
    """Not of the form that is asked for: what is uncommented and not filled in is refused, and never taken for a shop's own."""
    return _PLACEHOLDERS[place].format(shop=shop)
