"""What `explain` and docs/codes.md say about each code besides its title: an example message and its fix.

The examples are templates that the tool really uses; tests compare them with the sources, and every code with this list.
The codes themselves are in `codes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.approvals import APPROVALS
from reconciler.core.diagnostics.explanations.authoring import AUTHORING
from reconciler.core.diagnostics.explanations.ci import CI
from reconciler.core.diagnostics.explanations.ci_setup import CI_SETUP
from reconciler.core.diagnostics.explanations.drift import DRIFT
from reconciler.core.diagnostics.explanations.environment import ENVIRONMENT
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.explanations.findings import FINDINGS
from reconciler.core.diagnostics.explanations.manifests import MANIFESTS
from reconciler.core.diagnostics.explanations.onboarding import ONBOARDING
from reconciler.core.diagnostics.explanations.rules_and_guards import RULES_AND_GUARDS
from reconciler.core.diagnostics.explanations.runs import RUNS
from reconciler.core.diagnostics.explanations.watch import WATCH

EXPLANATIONS: Final[Mapping[Code, Explanation]] = {
    **MANIFESTS,
    **AUTHORING,
    **RULES_AND_GUARDS,
    **ENVIRONMENT,
    **RUNS,
    **DRIFT,
    **CI,
    **CI_SETUP,
    **APPROVALS,
    **FINDINGS,
    **ONBOARDING,
    **WATCH,
}

__all__ = ["EXPLANATIONS", "Explanation"]
