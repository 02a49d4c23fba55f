"""The value that a shop would have at a place without its own line, and the file that declares it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reconciler.adapters.manifests.live.live_root import LiveRoot
from reconciler.ports.editor.live_fleet import Inherited


def inherited_at(root: LiveRoot, path: Path, steps: Sequence[str]) -> Inherited | None:
    """None for what no shared file declares, and for a mapping."""
    layer = root.lower_layer(path)
    origin = None if layer is None else layer.origins.get(".".join(steps))
    if layer is None or origin is None:
        return None
    value: Any = layer.data
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    if not isinstance(value, bool | str):
        return None
    return Inherited(value=value, origin=origin, file=root.path_of(origin))
