"""What `validate --fix` changed in manifests, or would change.

In: values. Out: values. The texts of a file are as people may see them: what may be a secret is not in them.
"""

from __future__ import annotations

from enum import Enum

from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen


class FixKind(Enum):
    """SWITCH: a word for on or off became `true` or `false`. KEY: a misspelt key. QUOTES: a text got quotes."""

    SWITCH = "switch"
    KEY = "key"
    QUOTES = "quotes"


@frozen
class ManifestFix:
    """`before` and `after` are as the file writes them; `origin` is the place in the file as it was."""

    kind: FixKind
    origin: Origin
    before: str
    after: str


@frozen
class FixedFile:
    edit: FileEdit
    fixes: tuple[ManifestFix, ...]
