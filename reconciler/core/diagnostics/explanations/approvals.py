"""Of the codes of approvals: what `ci check` and `ci apply` do not apply, and deferred applies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

_ANEW: Final = msg("Open a new pull request that shows the current plan, or let a person apply it with `--expect`")

APPROVALS: Final[Mapping[Code, Explanation]] = {
    codes.NOT_REVIEWED: Explanation(
        msg("The last change of the manifest came without a pull request"),
        msg("Protect the branch, so that changes come by pull request; then open one that shows the plan"),
    ),
    codes.APPROVAL_EXPIRED: Explanation(
        msg(
            "The plan was recorded at {approved}; approvals expire after {days} days (`limits.plan_age`)",
            approved="2026-03-01T12:00:00Z",
            days="7",
        ),
        _ANEW,
    ),
    codes.NO_LEAVES: Explanation(
        msg(
            "The leaves of the plan in pull request {number} are not available, and the plan as a whole has another fingerprint "
            "than {recorded}",
            number="12",
            recorded="sha256:5f1d...",
        ),
        msg(
            "Use one store for all CI jobs, or pass the leaves with `--leaves`; then only the shops that differ are refused"
        ),
    ),
    codes.DROPPED_APPLY: Explanation(
        msg("The deferred apply of {shop} was dropped", shop="kyoto-tea"),
        _ANEW,
    ),
    codes.UNCOMMITTED: Explanation(
        msg("Uncommitted changes in the work tree: {files}", files="kyoto-tea.yaml"),
        msg("Check out the commit without changes; a CI job plans and applies only what is committed"),
    ),
    codes.BEHIND_BASE: Explanation(
        msg("{branch} has commits that the pull request does not contain", branch="main"),
        msg("Update the branch of the pull request, and have the new plan reviewed"),
    ),
    codes.NOT_DEFERRED: Explanation(
        msg("No deferred apply of {shop}", shop="kyoto-tea"),
        msg("`reconciler deferred list` shows what is deferred"),
    ),
    codes.APPLIED_IN_WINDOW: Explanation(
        msg("Applied at {time} by run {run}", time="2026-11-28T16:00:12Z", run="8088d7e5"),
        msg("Nothing has to be done; `reconciler runs show RUN` shows what was written"),
    ),
    codes.DRIFTED_SINCE: Explanation(
        msg("Pull request {number} was applied; the shop was changed at the backend since", number="12"),
        msg("`reconciler drift {shop}` shows who changed what", shop="kyoto-tea"),
    ),
}
