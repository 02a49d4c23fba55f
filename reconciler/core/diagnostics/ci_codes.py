"""The codes of CI (C): environment and clone (C1xx), forge (C2xx), approvals (C3xx), CI files and settings (C4xx). They are part
of the list in `codes`.
"""

from __future__ import annotations

from typing import Final

from reconciler.core.diagnostics.diagnostic import Code, Severity
from reconciler.core.diagnostics.messages import msg

# Environment and clone
NO_CI: Final = Code("C101", "no-ci", msg("The CI system is not recognised"))
CI_VARIABLE: Final = Code(
    "C102", "ci-variable", msg("A variable of the CI job is missing, invalid or contradicts another")
)
CI_EVENT: Final = Code("C103", "ci-event", msg("The event of the CI job cannot be used"))
OTHER_REPOSITORY: Final = Code("C104", "other-repository", msg("The event belongs to another repository"))
NO_CLONE: Final = Code("C105", "no-clone", msg("Git cannot read the repository"))
OTHER_COMMIT: Final = Code("C106", "other-commit", msg("The commit that is checked out is not the one of the event"))
SHALLOW_CLONE: Final = Code("C107", "shallow-clone", msg("History is missing from the clone"))
NO_PULL_REQUEST: Final = Code("C108", "no-pull-request", msg("The CI job belongs to no pull request"))
CI_OUTPUT: Final = Code("C109", "ci-output", msg("A file of the CI job cannot be written"))
FROM_FORK: Final = Code("C110", "from-fork", msg("A pull request of a fork is only validated"), Severity.NOTE)
BAD_ARTIFACT: Final = Code("C111", "bad-artifact", msg("The artifact of the first stage cannot be used"))
CHECKOUT_NOT_UPDATED: Final = Code("C112", "checkout-not-updated", msg("The checkout cannot be updated"))
# Forge
FORGE_UNREACHABLE: Final = Code("C201", "forge-unreachable", msg("The forge does not answer"))
FORGE_DENIED: Final = Code("C202", "forge-denied", msg("The token is not allowed to send a request"))
FORGE_LIMITED: Final = Code("C203", "forge-limited", msg("The forge limits the request rate"))
FORGE_REFUSED: Final = Code("C204", "forge-refused", msg("The forge refused a request"))
FORGE_UNEXPECTED: Final = Code("C205", "forge-unexpected", msg("The forge's answer cannot be interpreted"))
FORGE_TOKEN: Final = Code("C206", "forge-token", msg("No token for the forge, or no safe address to send it to"))
FORGE_BUDGET: Final = Code("C207", "forge-budget", msg("The requests to the forge for this run are used up"))
# CI files and the forge's settings
CI_NOT_SET_UP: Final = Code("C401", "ci-not-set-up", msg("No CI file runs reconciler"))
CI_FILE_UNREADABLE: Final = Code("C402", "ci-file-unreadable", msg("A CI file cannot be read"))
UNPINNED_PART: Final = Code(
    "C403", "unpinned-part", msg("A part of a CI file can change without a commit"), Severity.WARNING
)
TOKEN_RIGHTS: Final = Code("C404", "token-rights", msg("The rights of a job's token do not fit"), Severity.WARNING)
UNOWNED_FILE: Final = Code("C405", "unowned-file", msg("CODEOWNERS does not cover a file"), Severity.WARNING)
UNPROTECTED_BRANCH: Final = Code("C406", "unprotected-branch", msg("The branch is not protected"), Severity.WARNING)
UNPROTECTED_APPLY: Final = Code(
    "C407", "unprotected-apply", msg("The apply does not run in a protected environment"), Severity.WARNING
)
APPLY_CONCURRENCY: Final = Code(
    "C408", "apply-concurrency", msg("Two applies can run at once, or one can be cancelled"), Severity.WARNING
)
SHALLOW_CHECKOUT: Final = Code("C409", "shallow-checkout", msg("A job checks out too little history"), Severity.WARNING)
RUNNER_STORE: Final = Code("C410", "runner-store", msg("The store is lost when a CI job ends"), Severity.WARNING)
RUNNER_KEY: Final = Code("C411", "runner-key", msg("A CI job has no key for secrets and saved plans"), Severity.WARNING)
FORK_SECRETS: Final = Code("C412", "fork-secrets", msg("Code of a fork can reach secrets"), Severity.WARNING)
KEPT_CREDENTIALS: Final = Code(
    "C413", "kept-credentials", msg("A checkout leaves the token in the work tree"), Severity.WARNING
)
NO_REQUIREMENT: Final = Code("C414", "no-requirement", msg("A CI file does not say what to install"), Severity.WARNING)
# Approvals
NOT_REVIEWED: Final = Code("C301", "not-reviewed", msg("No reviewed plan belongs to a change"), Severity.REFUSED)
APPROVAL_EXPIRED: Final = Code("C302", "approval-expired", msg("The approval of a plan has expired"), Severity.REFUSED)
NO_LEAVES: Final = Code("C303", "no-leaves", msg("The leaves of a reviewed plan are missing"), Severity.REFUSED)
DROPPED_APPLY: Final = Code("C304", "dropped-apply", msg("A deferred apply was dropped"), Severity.REFUSED)
UNCOMMITTED: Final = Code("C305", "uncommitted", msg("The work tree of a CI job differs from its commit"))
BEHIND_BASE: Final = Code(
    "C306", "behind-base", msg("The pull request does not contain the tip of its base branch"), Severity.REFUSED
)
NOT_DEFERRED: Final = Code("C307", "not-deferred", msg("No such deferred apply"))
APPLIED_IN_WINDOW: Final = Code(
    "C309", "applied-in-window", msg("A deferred apply was applied outside CI"), Severity.NOTE
)
DRIFTED_SINCE: Final = Code(
    "C308", "drifted-since", msg("A shop was changed after its merge was applied"), Severity.NOTE
)
