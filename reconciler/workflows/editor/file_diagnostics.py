"""What is wrong in one open file: the rules of `validate`, on this file and on the shops that it is tied to.

In: a fleet and a path. Out: diagnostics with their spans. No secret is resolved, the backend is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.core.diagnostics.diagnostic import sort_diagnostics
from reconciler.core.fleet_rules import check_fleet
from reconciler.workflows.secret_schemes import scheme_diagnostics

if TYPE_CHECKING:
    from reconciler.ports.editor.live_fleet import FilePath
    from reconciler.ports.editor.text_places import PlacedDiagnostic
    from reconciler.workflows.editor.editor_fleet import EditorFleet


def file_diagnostics(fleet: EditorFleet, path: FilePath) -> tuple[PlacedDiagnostic, ...]:
    checked = fleet.live.check(path)
    found = checked.diagnostics
    if checked.desired is not None:
        schemes = scheme_diagnostics(checked.desired, fleet.secrets)
        found = (*found, *schemes, *check_fleet((checked.desired, *checked.related)))
    return fleet.live.place(path, sort_diagnostics(found))
