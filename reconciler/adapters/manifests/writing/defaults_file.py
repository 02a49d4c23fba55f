"""A new `_defaults.yaml`: what its keys are called on the admin screens, once for all manifests, over shared values.

In: values, or a folder. Out: a page, or a change. Nothing is written here, and an existing file stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from reconciler.adapters.manifests.documents.shop import API_VERSION, SharedDocument
from reconciler.adapters.manifests.editing.compose import compose_source
from reconciler.adapters.manifests.editing.key_notes import every_note, explanation
from reconciler.adapters.manifests.editing.tree import SourceFile
from reconciler.adapters.manifests.layout import DEFAULTS

_ABOUT: Final = "Every manifest inherits the values in this file."


def is_unexplained(root: Path) -> bool:
    """Whether the folder has no such file yet."""
    file = root / f"{DEFAULTS}.yaml"
    return not (file.exists() or file.is_symlink())


def defaults_source(values: Mapping[str, Any], *, about: tuple[str, ...] = (), schema: str | None = None) -> SourceFile:
    """`about` says where the values come from."""
    data = {"apiVersion": API_VERSION, **values}
    head = (*(about or (_ABOUT,)), "", *explanation())
    return compose_source(data, SharedDocument, schema=schema, about=head, explained=every_note())
