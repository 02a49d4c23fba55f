"""The manifest that a new one is made like.

In: a shop and the files that there are. Out: its page, and where in its file a value stands. What is that shop's own, its
identity at Amazon, another one does not take over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.adapters.manifests.describe import quote
from reconciler.adapters.manifests.discovery.entries import Found
from reconciler.adapters.manifests.discovery.files import read_bytes
from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.editing.edit import without
from reconciler.adapters.manifests.editing.parse import read_page
from reconciler.adapters.manifests.editing.tree import Page
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import say
from reconciler.core.diagnostics.suggestions import meant
from reconciler.core.model.kinds import AMAZON_SETTINGS
from reconciler.core.planning.cascade import SCREEN_ITEMS
from reconciler.core.values import Origin
from reconciler.ports import Unusable

ITEMS: Final = tuple(AMAZON_SETTINGS.field(name).policy.declared or "" for name in SCREEN_ITEMS)
"""Where a manifest says what is a shop's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    page: Page
    shown: str
    content: bytes

    def where(self, place: str) -> Origin:
        return read_yaml(self.content, self.shown).where(tuple(place.split(".")))


def example_of(shop: str, files: Mapping[str, Found], folder: str) -> Example:
    """Raises Unusable where the shop has no manifest, or one that is not in order."""
    file = files.get(shop)
    if file is None:
        raise _none(shop, files, folder)
    content = read_bytes(file)
    page = content if isinstance(content, Diagnostic) else read_page(content, file.shown, ShopDocument)
    if isinstance(content, Diagnostic) or not isinstance(page, Page):
        raise _broken(shop, file.shown)
    return Example(page=page, shown=file.shown, content=content)


def without_own(page: Page) -> Page:
    for place in ITEMS:
        page = without(page, place.split("."))
    return page


def _none(shop: str, files: Mapping[str, Found], folder: str) -> Unusable:
    return Unusable(
        say("There is no manifest of {shop} that could be taken as the example", shop=quote(shop)),
        code=codes.NO_SUCH_SHOP,
        way_on=meant(shop, files.keys())
        or say("Name a shop by its key; shops are the files in {folder}", folder=folder),
    )


def _broken(shop: str, shown: str) -> Unusable:
    return Unusable(
        say("The manifest of {shop} cannot be taken as the example", shop=shop),
        code=codes.NO_SUCH_SHOP,
        way_on=say("`reconciler validate {shop}` says what it lacks", shop=shop),
        origin=Origin(shown),
    )
