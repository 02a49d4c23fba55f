"""GitLab behind ports.ci.forge: commit statuses as records, one note, merged merge requests.

Our identity is the user of the token (a bot user for a project access token): the answer to our own status names it, else
`/user`. A job token may do none of this; the error says which token is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from reconciler.adapters.forges.answers import Answer, listed, too_many_pages, unexpected_answer
from reconciler.adapters.forges.comments import answer_id, keep, starts_with
from reconciler.adapters.forges.gitlab_issues import GitLabIssues
from reconciler.adapters.forges.gitlab_setup import gitlab_setup_facts
from reconciler.adapters.forges.http import ForgeHttp
from reconciler.adapters.forges.json_values import number_at, text_at, time_at
from reconciler.adapters.forges.record_text import cut, read_line, stored_line
from reconciler.adapters.forges.variables import COMMIT
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.ci.forge import (
    COMMENT_CHARACTERS,
    ForgeError,
    ForgeRecord,
    PullRequest,
    RecordState,
    RecordWrite,
    SetupFacts,
)

PAGE: Final = 100
MOST_NOTES: Final = 300
_MOST_REQUESTS: Final = 3_000
_MOST_STATUSES: Final = 300
_STATES: Final[Mapping[RecordState, str]] = {
    RecordState.PLANNING: "running",
    RecordState.REVIEWABLE: "success",
    RecordState.INVALID: "failed",
    RecordState.HELD: "failed",
    RecordState.APPLIED: "success",
    RecordState.REFUSED: "failed",
    RecordState.DEFERRED: "success",
}
_BAD_REQUEST: Final = 400
_UNFINISHED: Final = frozenset({"pending", "running"})


class GitLabForge:
    """Implements ports.ci.forge.Forge. `job_token`: the token is the job's own. `pipeline` is the id of the pipeline of `commit`,
    so that its status appears there.
    """

    def __init__(
        self,
        http: ForgeHttp,
        project: str,
        *,
        job_token: bool = False,
        run_url: str = "",
        pipeline: tuple[str, int] | None = None,
    ) -> None:
        self._http = http
        self._root = f"/projects/{quote(project, safe='')}"
        self._job_token = job_token
        self._run_url = run_url
        self._pipeline = pipeline
        self._user: int | None = None
        self._notes: dict[tuple[int, str], int] = {}
        self.issues = GitLabIssues(self._send, self._root, self._identity)

    @property
    def calls(self) -> int:
        return self._http.calls

    async def keep_comment(self, number: int, marker: str, body: str, *, patient: bool = True) -> str:
        content = {"body": cut(body, COMMENT_CHARACTERS)}
        path = f"{self._root}/merge_requests/{number}/notes"

        async def write(known: int | None) -> int:
            if known is None:
                answer = await self._send("POST", path, content, patient=patient)
            else:
                answer = await self._send("PUT", f"{path}/{known}", content, patient=patient)
            return answer_id(path, answer)

        known = self._notes.get((number, marker))
        note = await keep(known, lambda: self._own_note(path, marker), write, patient=patient)
        self._notes[number, marker] = note
        return f"#note_{note}"

    async def _own_note(self, path: str, marker: str) -> int | None:
        """The oldest one. Raises ForgeError where there are so many that it cannot be said whether there is one."""
        user = await self._identity()
        for page in range(1, MOST_NOTES // PAGE + 1):
            query = urlencode({"order_by": "created_at", "sort": "asc", "per_page": PAGE, "page": page})
            notes = listed(f"GET {path}", await self._send("GET", f"{path}?{query}"))
            for note in notes:
                if number_at(note, "author", "id") == user and starts_with(text_at(note, "body"), marker):
                    return number_at(note, "id")
            if len(notes) < PAGE:
                return None
        raise too_many_pages(f"GET {path}", MOST_NOTES)

    async def write_record(self, commit: str, name: str, record: RecordWrite, *, patient: bool = True) -> str:
        content: dict[str, Any] = {
            "state": _STATES[record.state],
            "name": name,
            "description": stored_line(record.text, record.state),
        }
        if self._run_url:
            content["target_url"] = self._run_url
        if self._pipeline is not None and self._pipeline[0] == commit:
            content["pipeline_id"] = self._pipeline[1]
        try:
            answer = await self._send("POST", f"{self._root}/statuses/{commit}", content, patient=patient)
        except ForgeError as error:
            if record.state is RecordState.PLANNING and error.status == _BAD_REQUEST:
                return ""  # it is "running" already: an earlier job was cancelled
            raise
        self._user = number_at(answer.body, "author", "id") or self._user
        return text_at(answer.body, "target_url") or ""

    async def read_record(self, commit: str, name: str) -> ForgeRecord | None:
        user = await self._identity()
        path = f"{self._root}/repository/commits/{commit}/statuses"
        found: list[Any] = []
        for page in range(1, _MOST_STATUSES // PAGE + 1):
            query = urlencode({"name": name, "all": "true", "per_page": PAGE, "page": page})
            statuses = listed(f"GET {path}", await self._send("GET", f"{path}?{query}"))
            found += [
                each
                for each in statuses
                if number_at(each, "author", "id") == user and each.get("name") == name and each.get("sha") == commit
            ]
            if len(statuses) < PAGE:
                break
        finished = [each for each in found if each.get("status") not in _UNFINISHED]
        newest = max(finished or found, key=lambda each: number_at(each, "id") or 0, default=None)
        return None if newest is None else _record(name, newest)

    async def merged(self, branch: str, since: datetime) -> Sequence[PullRequest]:
        found: list[PullRequest] = []
        path = f"{self._root}/merge_requests"
        query = {"state": "merged", "target_branch": branch, "updated_after": since.isoformat()}
        for page in range(1, _MOST_REQUESTS // PAGE + 1):
            paged = urlencode({**query, "order_by": "updated_at", "sort": "desc", "per_page": PAGE, "page": page})
            requests = listed(f"GET {path}", await self._send("GET", f"{path}?{paged}"))
            read = [_merge_request(each) for each in requests]
            found += [
                each
                for each in read
                if each and each.base_branch == branch and each.merged_at and each.merged_at >= since
            ]
            if len(requests) < PAGE:
                return sorted(found, key=lambda each: each.merged_at or since, reverse=True)
        raise too_many_pages(f"GET {path}", _MOST_REQUESTS)

    async def pull_request_of(self, commit: str, branch: str | None = None) -> PullRequest | None:
        path = f"{self._root}/repository/commits/{commit}/merge_requests"
        read = map(_merge_request, listed(f"GET {path}", await self._send("GET", path)))
        merged = [each for each in read if each and each.merged_at and branch in (None, each.base_branch)]
        return next((each for each in merged if each.merge_commit == commit), merged[0] if merged else None)

    async def pull_request(self, number: int) -> PullRequest:
        path = f"{self._root}/merge_requests/{number}"
        found = _merge_request((await self._send("GET", path)).body)
        if found is None:
            raise unexpected_answer(f"GET {path}", "sha")
        return found

    async def setup_facts(self, branch: str) -> SetupFacts:
        return await gitlab_setup_facts(lambda path: self._send("GET", path), self._root, branch)

    async def _identity(self) -> int:
        if self._user is None:
            self._user = number_at((await self._send("GET", "/user")).body, "id")
            if self._user is None:
                raise unexpected_answer("GET /user", "id")
        return self._user

    async def _send(self, method: str, path: str, body: Any = None, *, patient: bool = True) -> Answer:
        try:
            return await self._http.send(method, path, body, patient=patient)
        except ForgeError as error:
            if self._job_token and error.code is codes.FORGE_DENIED:
                raise ForgeError(error.text, code=error.code, hint=_ACCESS_TOKEN) from None
            raise


_ACCESS_TOKEN: Final = msg(
    "CI_JOB_TOKEN cannot write notes and statuses: set RECONCILER_FORGE_TOKEN to a project access token with the scope `api`; "
    "without one the plan is in the job's log and artifacts"
)


def _merge_request(data: Any) -> PullRequest | None:
    number, head, branch = number_at(data, "iid"), text_at(data, "sha"), text_at(data, "target_branch")
    if number is None or head is None or branch is None or COMMIT.fullmatch(head) is None:
        return None
    merged = time_at(data, "merged_at")
    # A fast-forward merge makes no commit of its own: the branch moves to the head.
    made = text_at(data, "merge_commit_sha") or text_at(data, "squash_commit_sha") or head
    return PullRequest(
        number=number,
        head=head,
        base=text_at(data, "diff_refs", "base_sha"),
        base_branch=branch,
        from_fork=number_at(data, "source_project_id") != number_at(data, "target_project_id"),
        url=text_at(data, "web_url") or "",
        merge_commit=made if merged is not None else None,
        merged_at=merged,
    )


def _record(name: str, status: Any) -> ForgeRecord:
    text, state = read_line(text_at(status, "description") or "", text_at(status, "status"), _STATES)
    created = time_at(status, "finished_at") or time_at(status, "created_at")
    return ForgeRecord(name=name, text=text, state=state, url=text_at(status, "target_url") or "", created=created)
