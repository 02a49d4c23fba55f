"""The manifest that a new one is copied from.

In: a shop and the existing files. Out: its page, and the place of a value in its file. The identity of that shop at Amazon
is not copied.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.adapters.manifests.describe import quote
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes
from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.editing.edit import remove_value
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.tree import SourceFile
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.suggestions import suggestion_message
from reconciler.core.model.kinds import AMAZON_SETTINGS
from reconciler.core.planning.cascade import REQUIRED_SETTINGS
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

IDENTITY_PATHS: Final = tuple(AMAZON_SETTINGS.field(name).policy.manifest_path or "" for name in REQUIRED_SETTINGS)
"""Where a manifest says what is a shop's own."""


@frozen
class Example:
    page: SourceFile
    display_path: str
    content: bytes

    def origin(self, place: str) -> Origin:
        return read_yaml(self.content, self.display_path).origin(tuple(place.split(".")))


def example_of(shop: str, files: Mapping[str, ManifestPath], folder: str) -> Example:
    """Raises SetupError where the shop has no manifest, or one that is not in order."""
    file = files.get(shop)
    if file is None:
        raise _none(shop, files, folder)
    content = read_bytes(file)
    page = content if isinstance(content, Diagnostic) else read_source(content, file.display_path, ShopDocument)
    if isinstance(content, Diagnostic) or not isinstance(page, SourceFile):
        raise _broken(shop, file.display_path)
    return Example(page=page, display_path=file.display_path, content=content)


def without_identity(page: SourceFile) -> SourceFile:
    for place in IDENTITY_PATHS:
        page = remove_value(page, place.split("."))
    return page


def _none(shop: str, files: Mapping[str, ManifestPath], folder: str) -> SetupError:
    return SetupError(
        msg("{shop} has no manifest that could be used as a template", shop=quote(shop)),
        code=codes.NO_SUCH_SHOP,
        hint=suggestion_message(shop, files.keys())
        or msg("Select a shop by its key; shops are the files in {folder}", folder=folder),
    )


def _broken(shop: str, shown: str) -> SetupError:
    return SetupError(
        msg("The manifest of {shop} cannot be used as a template", shop=shop),
        code=codes.BAD_TEMPLATE,
        hint=msg("`reconciler validate {shop}` shows its errors", shop=shop),
        origin=Origin(shown),
    )
