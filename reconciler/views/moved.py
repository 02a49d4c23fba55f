"""Fields that moved since a plan was made, as every format tells them: when planned, now, wanted.

In: the findings of a shop. Out: words and strings; how they are laid out is each format's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from reconciler.core.diagnostics.diagnostic import Diagnostic, MovedField
from reconciler.core.diagnostics.messages import say
from reconciler.views.look import Look

MOVED: Final = say("what the plan writes stands otherwise by now")
MOVED_COLUMNS: Final = (say("Field"), say("When planned"), say("Now"), say("Wanted"))


def moved_fields(findings: Sequence[Diagnostic]) -> Sequence[tuple[Diagnostic, MovedField]]:
    return [(finding, finding.moved) for finding in findings if finding.moved is not None]


def moved_values(field: MovedField, look: Look) -> tuple[str, str, str]:
    """Of values too long to be shown, the part in which what stands now differs from what was planned from."""
    planned, now = look.pair(field.planned, field.now)
    return planned, now, look.value(field.wanted)
