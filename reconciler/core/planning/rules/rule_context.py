"""What a rule is shown of a shop."""

from __future__ import annotations

from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.change import Change
from reconciler.lib.frozen_class import frozen


@frozen
class RuleContext:
    """The desired state, the observed one, the one after the changes, and the changes between."""

    desired: Desired
    observed: Observed
    after: Observed
    changes: tuple[Change, ...]
