"""What the forge knows: pull requests, comments, records, tokens. The acts of people and of the forge itself are its methods."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.forge.remote import Remote, git

REPOSITORY = "kyoto-tea/shops"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """`login` is the identity; an App's ends in `[bot]`. `rights` as the forge names them. `job`: GitLab's job token."""

    value: str
    login: str
    user: int
    rights: frozenset[str]
    job: bool = False


@dataclass(slots=True, kw_only=True)
class Comment:
    id: int
    number: int
    login: str
    user: int
    body: str
    edits: int = 0


@dataclass(slots=True, kw_only=True)
class Record:
    """A check run or a commit status."""

    id: int
    commit: str
    name: str
    login: str
    user: int
    state: str
    """GitHub: status or conclusion; GitLab: the state."""
    text: str
    content: dict[str, Any] = field(default_factory=dict)
    finished: bool = False
    created: datetime = START

    def written(self, minutes: int = 0) -> str:
        """When it was created, or finished some minutes later."""
        return (self.created + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(slots=True, kw_only=True)
class Issue:
    """`sent` are the calls that created or edited it, whatever they changed."""

    number: int
    login: str
    user: int
    title: str
    body: str
    labels: list[str]
    pull_request: bool = False
    closed_at: datetime | None = None
    sent: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    number: int
    branch: str
    base_branch: str
    head: str
    base: str
    fork: str | None = None
    closed: bool = False
    merge_commit: str | None = None
    merged_at: datetime | None = None
    updated_at: datetime = START


class ForgeWorld:
    def __init__(self, remote: Remote) -> None:
        self.remote = remote
        self.at(START)
        self.comments: list[Comment] = []
        self.records: list[Record] = []
        self.issues: list[Issue] = []
        self.pulls: dict[int, Pull] = {}
        self.tokens: dict[str, Token] = {}
        self.protection: dict[str, Any] = {}
        self._ids = itertools.count(1001)

    def at(self, when: datetime) -> None:
        """What people and the forge do from here on happens then."""
        self.now = when
        self.remote.date = when.isoformat()

    def next_id(self) -> int:
        return next(self._ids)

    def token(self, login: str, *rights: str, job: bool = False) -> Token:
        made = Token(
            value=f"ghs_{len(self.tokens):02}{'x' * 20}Q7",
            login=login,
            user=sum(login.encode()),
            rights=frozenset(rights),
            job=job,
        )
        self.tokens[made.value] = made
        return made

    def open_pull(self, branch: str, *, base_branch: str = "main", fork: str | None = None) -> Pull:
        number = len(self.pulls) + 17
        pull = Pull(
            number=number,
            branch=branch,
            base_branch=base_branch,
            head=self.remote.tip(branch),
            base=self.remote.tip(base_branch),
            fork=fork,
            updated_at=self.now,
        )
        self.pulls[number] = pull
        self.remote.set_ref(f"refs/pull/{number}/head", pull.head)
        return pull

    def pushed(self, number: int) -> Pull:
        """The branch has moved on."""
        old = self.pulls[number]
        pull = replace(
            old, head=self.remote.tip(old.branch), base=self.remote.tip(old.base_branch), updated_at=self.now
        )
        self.pulls[number] = pull
        self.remote.set_ref(f"refs/pull/{number}/head", pull.head)
        return pull

    def merge(self, number: int, how: str = "merge") -> Pull:
        """`how` as `Remote.merge`, or `queue`: merged in a branch of its own, which the base branch then follows."""
        old = self.pulls[number]
        commit = self.remote.merge(old.head, old.base_branch, "merge" if how == "queue" else how)
        pull = replace(old, closed=True, merge_commit=commit, merged_at=self.now, updated_at=self.now)
        self.pulls[number] = pull
        return pull

    def comment(self, number: int, login: str, body: str) -> Comment:
        made = Comment(id=self.next_id(), number=number, login=login, user=sum(login.encode()), body=body)
        self.comments.append(made)
        return made

    def issue(self, login: str, title: str, body: str, *labels: str) -> Issue:
        made = Issue(
            number=self.next_id(), login=login, user=sum(login.encode()), title=title, body=body, labels=list(labels)
        )
        self.issues.append(made)
        return made

    def delete_comment(self, comment: Comment) -> None:
        self.comments.remove(comment)

    def record(self, commit: str, name: str, login: str, text: str, state: str = "success") -> Record:
        """Written by another identity than the one under test."""
        made = Record(
            id=self.next_id(),
            commit=commit,
            name=name,
            login=login,
            user=sum(login.encode()),
            state=state,
            text=text,
            finished=True,
            created=self.now,
        )
        self.records.append(made)
        return made

    def cancel(self, record: Record) -> None:
        """As the forge does with the records of a run that a person cancels."""
        record.state, record.finished = ("cancelled" if record.login.endswith("[bot]") else "canceled"), True

    def associated(self, commit: str) -> list[Pull]:
        """Pull requests whose merge brought the commit into the base branch (a rebase brings several), or whose head it is."""
        found = self.pulls.values()
        return [pull for pull in found if pull.head == commit or (pull.merge_commit and commit in self._brought(pull))]

    def _brought(self, pull: Pull) -> set[str]:
        assert pull.merge_commit is not None
        return set(git(self.remote.bare, "rev-list", f"{pull.base}..{pull.merge_commit}").split())
