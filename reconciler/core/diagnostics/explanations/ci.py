"""Of the codes of CI: the job's environment and clone, the forge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

_WHOLE_HISTORY: Final = msg("Check out the whole history: `fetch-depth: 0` on GitHub, `GIT_DEPTH: 0` on GitLab")
_RIGHTS: Final = msg("Give the job's token the rights that docs/ci.md lists; `doctor ci` checks them")
_LATER: Final = msg("Run the job again later; nothing is lost, since it plans again")
_SETTINGS: Final = msg("Check the limits and settings of the repository; docs/ci.md lists what is sent")

CI: Final[Mapping[Code, Explanation]] = {
    codes.NO_CI: Explanation(
        msg("Neither GITHUB_ACTIONS nor GITLAB_CI is `true`: this is not a job of GitHub Actions or GitLab CI"),
        msg("Run the command in a CI job; on your machine use `reconciler plan --changed-since REVISION`"),
    ),
    codes.CI_VARIABLE: Explanation(
        msg("{system} has not set the variable {name}", system="GitHub Actions", name="GITHUB_SHA"),
        msg("Run the command as a step of the job itself; in a container, pass the job's variables on"),
    ),
    codes.CI_EVENT: Explanation(
        msg("The event file is not JSON"),
        msg("Run the command in the job that the event started, with the event file as GitHub wrote it"),
    ),
    codes.OTHER_REPOSITORY: Explanation(
        msg(
            "The event belongs to the repository {event}, and the job to {here}",
            event="matsue-clay/shops",
            here="kyoto-tea/shops",
        ),
        msg("Start the job from an event of its own repository; nothing was sent"),
    ),
    codes.NO_CLONE: Explanation(
        msg(
            "Git cannot read the repository at {folder}: {reason}",
            folder="/builds/shops",
            reason="fatal: not a git repository (or any of the parent directories): .git",
        ),
        msg("Run the command in the clone that the job's checkout created"),
    ),
    codes.OTHER_COMMIT: Explanation(
        msg(
            "Commit {found} is checked out, which is neither the head {head} of the pull request nor its merge",
            found="0f1e2d3c4b5a",
            head="9a8b7c6d5e4f",
        ),
        msg("Check out the pull request, as the checkout step does without a `ref`, and no branch"),
    ),
    codes.SHALLOW_CLONE: Explanation(
        msg(
            "Commits {one} and {other} have no common history",
            one="0f1e2d3c4b5a",
            other="9a8b7c6d5e4f",
        ),
        _WHOLE_HISTORY,
    ),
    codes.NO_PULL_REQUEST: Explanation(
        msg("The event {event} belongs to no pull request", event="push"),
        msg("Run `ci plan` in a job that pull requests start; after a merge use `ci apply`"),
    ),
    codes.CI_OUTPUT: Explanation(
        msg("{file} cannot be written: {reason}", file="reconciler.env", reason=msg("Permission denied")),
        msg("Do not set GITHUB_OUTPUT and GITHUB_STEP_SUMMARY in the job, and keep the folder writable"),
    ),
    codes.FROM_FORK: Explanation(
        msg("The pull request comes from a fork: its manifests were only validated, and nothing was sent to the forge"),
        msg("For a comment run `ci comment` in a second stage; for a plan use a branch of the repository itself"),
    ),
    codes.BAD_ARTIFACT: Explanation(
        msg("The artifact {file} cannot be used: {reason}", file="validated.json", reason=msg("it is not JSON")),
        msg("Use the file that `ci plan --artifact` of the same version wrote for this commit"),
    ),
    codes.CHECKOUT_NOT_UPDATED: Explanation(
        msg(
            "An update of the checkout would overwrite files that are not committed: {files}",
            files="shops/kyoto-tea.yaml",
        ),
        msg("Commit, move or remove them; the next attempt updates the checkout"),
    ),
    codes.FORGE_UNREACHABLE: Explanation(
        msg("{request}: {why}", request="GET /repos/kyoto-tea/shops/pulls", why=msg("no answer in time")), _LATER
    ),
    codes.FORGE_DENIED: Explanation(
        msg(
            "{request}: the forge answered {status}: {said}",
            request="POST /repos/kyoto-tea/shops/check-runs",
            status=403,
            said="Resource not accessible by integration",
        ),
        _RIGHTS,
    ),
    codes.FORGE_LIMITED: Explanation(
        msg(
            "{request}: the forge asks to wait {seconds} seconds",
            request="POST /repos/kyoto-tea/shops/check-runs",
            seconds=900,
        ),
        _LATER,
    ),
    codes.FORGE_REFUSED: Explanation(
        msg(
            "{request}: more than {count} entries, so the search was stopped",
            request="GET /repos/kyoto-tea/shops/issues/17/comments",
            count=300,
        ),
        _SETTINGS,
    ),
    codes.FORGE_UNEXPECTED: Explanation(
        msg("{request}: the answer contains no usable `{part}`", request="GET /user", part="id"),
        msg("Check that the API's address is that of the forge itself, and not of a proxy in front of it"),
    ),
    codes.FORGE_TOKEN: Explanation(
        msg("The variable {name} is not set", name="GITHUB_TOKEN"),
        msg(
            "Give the step the job's token, for example `GITHUB_TOKEN: ${{{{ github.token }}}}` under `env`, or set "
            "RECONCILER_FORGE_TOKEN"
        ),
    ),
    codes.FORGE_BUDGET: Explanation(
        msg(
            "{request} was not sent: this run has made {count} requests",
            request="PATCH /repos/kyoto-tea/shops/check-runs/4711",
            count=8,
        ),
        msg("Run the job again later; the forge answered too many requests with errors"),
    ),
}
