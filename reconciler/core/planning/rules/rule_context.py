"""What a rule is shown of a shop."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.change import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleContext:
    """The desired state, the observed one, the one after the changes, and the changes between."""

    desired: Desired
    observed: Observed
    after: Observed
    changes: tuple[Change, ...]
