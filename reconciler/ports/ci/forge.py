"""The forge (GitHub, GitLab) that a CI job runs for: what the job's environment says, and what is read and written there.

A record is the check run (GitHub) or commit status (GitLab) that holds the fingerprint of a plan. Only records that the tool's
own identity wrote are returned: one written by anybody else counts for nothing. A comment only informs.

Errors: SetupError (codes C1xx) where the environment is unusable, ForgeError (codes C2xx) where the forge does not do its part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.diagnostics.messages import Message
from reconciler.lib.frozen_class import frozen
from reconciler.ports.ci.issues import ForgeIssues

COMMENT_CHARACTERS = 65_536
"""Of the body of a comment: GitHub's limit; GitLab takes more."""
RECORD_CHARACTERS = 220
"""Of a record's text: GitLab takes 255 for the text and the state beside it; GitHub takes more."""


class ForgeKind(StrEnum):
    GITHUB = "github"
    GITLAB = "gitlab"


class RecordState(StrEnum):
    """PLANNING while the job runs. REVIEWABLE, INVALID, HELD end a plan; APPLIED, REFUSED, DEFERRED end an apply."""

    PLANNING = "planning"
    REVIEWABLE = "reviewable"
    INVALID = "invalid"
    HELD = "held"
    APPLIED = "applied"
    REFUSED = "refused"
    DEFERRED = "deferred"


@frozen
class PullRequest:
    """`head` and `base` are commits; `base` is where the base branch was, None where the forge does not say. `merge_commit` is
    the newest commit of the base branch that the merge made (merge, squash, rebase, queue).
    """

    number: int
    head: str
    base: str | None
    base_branch: str
    from_fork: bool = False
    url: str = ""
    merge_commit: str | None = None
    merged_at: datetime | None = None


@frozen
class CiContext:
    """Where a job runs. `commit` is the one that the forge started the job for. `event` is the forge's own word for what
    started it: `pull_request`, `merge_group`, `push`, `schedule`, `merge_request_event`. `pull_request` is None where the
    event is about none. `base` is the commit before a merge group, `queued` the number of its newest pull request. `trusted`
    is False where the job runs code of a fork: it gets no secret and sends nothing to the forge.
    """

    forge: ForgeKind
    repository: str
    commit: str
    event: str
    default_branch: str | None
    branch: str | None = None
    pull_request: PullRequest | None = None
    base: str | None = None
    queued: int | None = None
    run_url: str = ""
    trusted: bool = True


@frozen
class Annotation:
    """One line of a file that the forge marks. `level` is `failure`, `warning` or `notice`; `path` is relative to the
    repository.
    """

    path: str
    line: int
    level: str
    title: str
    message: str


@frozen
class RecordWrite:
    """What a record says: `text` is one line of at most 220 characters, the form that is read again; `title`, `summary`
    (Markdown) and `annotations` are for people. Only the first 50 annotations are sent.
    """

    state: RecordState
    text: str = ""
    title: str = ""
    summary: str = ""
    annotations: Sequence[Annotation] = ()


@frozen
class ForgeRecord:
    """A record of our own identity. `state` is None where the forge holds another one than those that are written here: a run
    that was cancelled, or a check that a person reset.
    """

    name: str
    text: str
    state: RecordState | None
    url: str
    created: datetime | None = None


@frozen
class EnvironmentFacts:
    """A protected environment: how many people may approve a job in it (0: it needs no approval), and whether only some
    branches may use it.
    """

    name: str
    reviewers: int
    limited_branches: bool


@frozen
class SetupFacts:
    """What `doctor ci` judges. None: the token may not read it. `checks` are the checks that a merge needs; at GitLab, where the
    pipeline as a whole is needed, the one word `pipeline`. `reviews` is how many approvals a merge needs.
    """

    protected: bool | None
    checks: tuple[str, ...] | None
    reviews: int | None
    code_owners: bool | None
    merge_queue: bool | None
    environments: tuple[EnvironmentFacts, ...] | None


class ForgeError(Exception):
    """The forge did not do it: no answer, no right, a limit, an answer that is not understood. No payload and no token in it.
    `status` is that of the answer, if there was one.
    """

    def __init__(self, text: Message, *, code: Code, hint: Message | None = None, status: int | None = None) -> None:
        super().__init__(str(text))
        self.text = text
        self.code = code
        self.hint = hint
        self.status = status


class Forge(Protocol):
    """Every method raises ForgeError. Rate limits and failures that pass are retried inside, within a bound of calls and time;
    `patient` False is for what may as well be missing: one attempt.
    """

    @property
    def calls(self) -> int:
        """Requests that were sent, retries included."""
        ...

    @property
    def issues(self) -> ForgeIssues: ...

    async def keep_comment(self, number: int, marker: str, body: str, *, patient: bool = True) -> str:
        """The anchor (`#…`), on the page of the pull request, of the one comment that contains `marker` and that our identity
        wrote: edited in place, created if there is none. `body` contains the marker.
        """
        ...

    async def write_record(self, commit: str, name: str, record: RecordWrite, *, patient: bool = True) -> str:
        """The address of the record `name` of the commit. A second write of this process replaces the first."""
        ...

    async def read_record(self, commit: str, name: str) -> ForgeRecord | None:
        """The newest finished record of that name that our identity wrote; else the newest unfinished one."""
        ...

    async def merged(self, branch: str, since: datetime) -> Sequence[PullRequest]:
        """Merged into the branch since then, newest first."""
        ...

    async def pull_request_of(self, commit: str, branch: str | None = None) -> PullRequest | None:
        """The merged pull request that brought a commit into the branch (None: any): also one of several commits of a rebase."""
        ...

    async def pull_request(self, number: int) -> PullRequest: ...

    async def setup_facts(self, branch: str) -> SetupFacts:
        """The protection of the branch, and the environments."""
        ...


class CiJob(Protocol):
    """The job that the process runs in."""

    def context(self) -> CiContext:
        """Raises SetupError with a code C1xx: no forge, a variable that is missing or contradicts another, an event of another
        repository.
        """
        ...

    def connect(self, context: CiContext, *, max_calls: int | None = None) -> AbstractAsyncContextManager[Forge]:
        """Raises ForgeError if there is no token, or an address that no token is sent to. `max_calls` bounds the requests,
        retries included.
        """
        ...

    def write_outputs(self, values: Mapping[str, str]) -> None:
        """For later steps: one line a value. GitHub's `GITHUB_OUTPUT`; at GitLab a dotenv file. Raises SetupError."""
        ...

    def save_artifact(self, file: str, text: str) -> None:
        """A file that the job hands to another one. Raises SetupError."""
        ...

    def read_artifact(self, file: str, most: int) -> bytes:
        """At most `most` bytes and one more. Raises SetupError, also for a link and for what is no regular file."""
        ...

    def write_summary(self, markdown: str) -> bool:
        """The page of the job; False where the forge has none. Raises SetupError."""
        ...
