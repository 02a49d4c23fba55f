"""The codes of CI (C): environment and clone (C1xx), forge (C2xx). They are part of the list in `codes`."""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import msg

# Environment and clone
NO_CI: Final = Code("C101", "no-ci", msg("The CI system is not recognised"))
CI_VARIABLE: Final = Code(
    "C102", "ci-variable", msg("A variable of the CI job is missing, invalid or contradicts another")
)
CI_EVENT: Final = Code("C103", "ci-event", msg("The event of the CI job cannot be used"))
OTHER_REPOSITORY: Final = Code("C104", "other-repository", msg("The event belongs to another repository"))
NO_CLONE: Final = Code("C105", "no-clone", msg("Git cannot read the repository"))
OTHER_COMMIT: Final = Code("C106", "other-commit", msg("Another commit is checked out than the event names"))
SHALLOW_CLONE: Final = Code("C107", "shallow-clone", msg("History is missing from the clone"))
NO_PULL_REQUEST: Final = Code("C108", "no-pull-request", msg("The CI job belongs to no pull request"))
CI_OUTPUT: Final = Code("C109", "ci-output", msg("A file of the CI job cannot be written"))
# Forge
FORGE_UNREACHABLE: Final = Code("C201", "forge-unreachable", msg("The forge does not answer"))
FORGE_DENIED: Final = Code("C202", "forge-denied", msg("The token is not allowed to send a request"))
FORGE_LIMITED: Final = Code("C203", "forge-limited", msg("The forge limits the request rate"))
FORGE_REFUSED: Final = Code("C204", "forge-refused", msg("The forge refused a request"))
FORGE_UNEXPECTED: Final = Code("C205", "forge-unexpected", msg("The forge's answer cannot be interpreted"))
FORGE_TOKEN: Final = Code("C206", "forge-token", msg("No token for the forge, or no safe address to send it to"))
FORGE_BUDGET: Final = Code("C207", "forge-budget", msg("The requests to the forge for this run are used up"))
