"""A fleet as an editor works with it: its files while they are edited, and what the store knows of its shops."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reconciler.lib.frozen_class import frozen

if TYPE_CHECKING:
    from reconciler.ports import Secrets
    from reconciler.ports.editor.live_fleet import FilePath, LiveFleet
    from reconciler.ports.findings.finding_store import FindingStores


@frozen
class EditorFleet:
    """`root` is the folder of the settings. `name` is the fleet's in the store, which is only read. `close` ends that."""

    root: FilePath
    live: LiveFleet
    secrets: Secrets
    findings: FindingStores
    name: str
    close: Callable[[], None]
