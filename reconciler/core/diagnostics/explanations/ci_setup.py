"""Of the codes of `doctor ci`: CI files, CODEOWNERS, the runner and the forge's settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.explanations.explanation import Explanation
from reconciler.core.diagnostics.messages import msg

CI_SETUP: Final[Mapping[Code, Explanation]] = {
    codes.CI_NOT_SET_UP: Explanation(
        msg("No workflow file of GitHub and no pipeline of GitLab runs reconciler"),
        msg("Run `reconciler init --ci github` or `reconciler init --ci gitlab`"),
    ),
    codes.CI_FILE_UNREADABLE: Explanation(
        msg(
            "{file} cannot be read: {reason}",
            file=".gitlab-ci.yml",
            reason=msg("could not find expected ':'"),
        ),
        msg("Check the file and its permissions"),
    ),
    codes.UNPINNED_PART: Explanation(
        msg("{name} is not pinned to a full commit", name="actions/checkout@v6"),
        msg("Write the 40 digits of the commit after the @, and the version in a comment"),
    ),
    codes.TOKEN_RIGHTS: Explanation(
        msg("The token of job `{job}` may not write `{name}`", job="plan", name="checks"),
        msg("Set `permissions: {{{rights}}}` in the job", rights="contents: read, checks: write, pull-requests: write"),
    ),
    codes.UNOWNED_FILE: Explanation(
        msg("{file} names no owner of {path}", file="CODEOWNERS", path="shops/"),
        msg("Add a line to CODEOWNERS: `{path} @OWNER`, and require a review from code owners", path="/shops/"),
    ),
    codes.UNPROTECTED_BRANCH: Explanation(
        msg("{branch} is not protected: a push reaches the shops without a review", branch="main"),
        msg("Protect the branch: require a pull request, a review from code owners, and the check of the plan"),
    ),
    codes.UNPROTECTED_APPLY: Explanation(
        msg("Job `{job}` applies outside a protected environment", job="apply"),
        msg("Set `environment: production`, allow it for the default branch only, and keep the secrets in it"),
    ),
    codes.APPLY_CONCURRENCY: Explanation(
        msg("A newer run cancels job `{job}` while it applies", job="apply"),
        msg("Set `concurrency` in the job: one group, `queue: max` and `cancel-in-progress: false`"),
    ),
    codes.SHALLOW_CHECKOUT: Explanation(
        msg("The checkout of job `{job}` does not fetch the whole history", job="apply"),
        msg("Set `fetch-depth: 0`: merged pull requests are found in the history"),
    ),
    codes.RUNNER_STORE: Explanation(
        msg("The store {place} is a file in the work tree of a job", place=".reconciler/journal.db"),
        msg("Use PostgreSQL (`store: postgresql://...`), or a file on a disk that is kept after the job"),
    ),
    codes.RUNNER_KEY: Explanation(
        msg("Job `{job}` does not get RECONCILER_PLAN_KEY", job="apply"),
        msg("Run `reconciler key create`, and pass the content of .reconciler/plan.key as a secret variable"),
    ),
    codes.FORK_SECRETS: Explanation(
        msg("`pull_request_target` gives the code of a fork the secrets of the repository"),
        msg("Use `pull_request`, and `workflow_run` for the comment, as `reconciler init --ci github` writes them"),
    ),
    codes.KEPT_CREDENTIALS: Explanation(
        msg("The checkout of job `{job}` writes the token into the work tree", job="plan"),
        msg("Set `persist-credentials: false`"),
    ),
    codes.NO_REQUIREMENT: Explanation(
        msg("What pip installs is not set"),
        msg("Set it to a version of your package index, a wheel, or `reconciler @ git+https://...@COMMIT`"),
    ),
}
