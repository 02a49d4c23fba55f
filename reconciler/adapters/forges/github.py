"""GitHub behind ports.ci.forge: check runs as records, one comment, merged pull requests.

Our identity is the App that the token belongs to: the answer to our own check run names it, else GraphQL's `viewer`. A person's
token cannot write check runs, so that records of a person do not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from reconciler.adapters.forges.answers import listed, too_many_pages, unexpected_answer
from reconciler.adapters.forges.comments import answer_id, keep, starts_with
from reconciler.adapters.forges.github_environment import github_pull_request
from reconciler.adapters.forges.github_issues import GitHubIssues
from reconciler.adapters.forges.github_setup import github_setup_facts
from reconciler.adapters.forges.http import ForgeHttp
from reconciler.adapters.forges.json_values import json_at, number_at, objects_of, text_at, time_at
from reconciler.adapters.forges.record_text import cut, read_line, stored_line
from reconciler.ports.ci.forge import (
    COMMENT_CHARACTERS,
    Annotation,
    ForgeRecord,
    PullRequest,
    RecordState,
    RecordWrite,
    SetupFacts,
)

PAGE: Final = 100
MOST_COMMENTS: Final = 300
_MOST_PULLS: Final = 3_000
_MOST_SUMMARY: Final = 65_535
_MOST_ANNOTATIONS: Final = 50
_MOST_TITLE: Final = 200
_BOT: Final = "[bot]"
_CONCLUSIONS: Final[Mapping[RecordState, str]] = {
    RecordState.PLANNING: "",
    RecordState.REVIEWABLE: "success",
    RecordState.INVALID: "failure",
    RecordState.HELD: "action_required",
    RecordState.APPLIED: "success",
    RecordState.REFUSED: "failure",
    RecordState.DEFERRED: "neutral",
}


class GitHubForge:
    """Implements ports.ci.forge.Forge. `graphql` is the address of GraphQL, `run_url` the page of the job."""

    def __init__(self, http: ForgeHttp, repository: str, *, graphql: str, run_url: str = "") -> None:
        self._http = http
        self._repository = repository
        self._root = f"/repos/{repository}"
        self._graphql = graphql
        self._run_url = run_url
        self._login: str | None = None
        self._runs: dict[tuple[str, str], int] = {}
        self._comments: dict[tuple[int, str], int] = {}
        self.issues = GitHubIssues(http, self._root, self._identity)

    @property
    def calls(self) -> int:
        return self._http.calls

    async def keep_comment(self, number: int, marker: str, body: str, *, patient: bool = True) -> str:
        content = {"body": cut(body, COMMENT_CHARACTERS)}

        async def write(known: int | None) -> int:
            if known is None:
                path = f"{self._root}/issues/{number}/comments"
                answer = await self._http.send("POST", path, content, patient=patient)
            else:
                path = f"{self._root}/issues/comments/{known}"
                answer = await self._http.send("PATCH", path, content, patient=patient)
            return answer_id(path, answer)

        known = self._comments.get((number, marker))
        comment = await keep(known, lambda: self._own_comment(number, marker), write, patient=patient)
        self._comments[number, marker] = comment
        return f"#issuecomment-{comment}"

    async def _own_comment(self, number: int, marker: str) -> int | None:
        """The oldest one. Raises ForgeError where there are so many that it cannot be said whether there is one."""
        login = await self._identity()
        path = f"{self._root}/issues/{number}/comments"
        for page in range(1, MOST_COMMENTS // PAGE + 1):
            answer = await self._http.send("GET", f"{path}?{urlencode({'per_page': PAGE, 'page': page})}")
            comments = listed(f"GET {path}", answer)
            for comment in comments:
                ours = text_at(comment, "user", "login") == login
                if ours and starts_with(text_at(comment, "body"), marker):
                    return number_at(comment, "id")
            if len(comments) < PAGE:
                return None
        raise too_many_pages(f"GET {path}", MOST_COMMENTS)

    async def write_record(self, commit: str, name: str, record: RecordWrite, *, patient: bool = True) -> str:
        content = self._content(record)
        known = self._runs.get((commit, name))
        if known is None:
            path = f"{self._root}/check-runs"
            content |= {"name": name, "head_sha": commit}
            answer = await self._http.send("POST", path, content, patient=patient)
        else:
            path = f"{self._root}/check-runs/{known}"
            answer = await self._http.send("PATCH", path, content, patient=patient)
        self._runs[commit, name] = answer_id(path, answer)
        slug = text_at(answer.body, "app", "slug")
        if slug is not None:
            self._login = f"{slug}{_BOT}"
        return text_at(answer.body, "html_url") or ""

    def _content(self, record: RecordWrite) -> dict[str, Any]:
        content: dict[str, Any] = {
            "external_id": stored_line(record.text, record.state),
            "output": {
                "title": record.title[:_MOST_TITLE],
                "summary": cut(record.summary, _MOST_SUMMARY),
                "annotations": [_annotation(each) for each in record.annotations[:_MOST_ANNOTATIONS]],
            },
        }
        if record.state is RecordState.PLANNING:
            content["status"] = "in_progress"
        else:
            content |= {"status": "completed", "conclusion": _CONCLUSIONS[record.state]}
        return content | ({"details_url": self._run_url} if self._run_url else {})

    async def read_record(self, commit: str, name: str) -> ForgeRecord | None:
        login = await self._identity()
        slug = login.removesuffix(_BOT)
        if slug == login:
            return None
        query = urlencode({"check_name": name, "filter": "all", "per_page": PAGE})
        path = f"{self._root}/commits/{commit}/check-runs"
        answer = await self._http.send("GET", f"{path}?{query}")
        if not isinstance(json_at(answer.body, "check_runs"), list):
            raise unexpected_answer(f"GET {path}", "check_runs")
        ours = [
            run
            for run in objects_of(json_at(answer.body, "check_runs"))
            if text_at(run, "app", "slug") == slug and run.get("name") == name and run.get("head_sha") == commit
        ]
        finished = [run for run in ours if run.get("status") == "completed"]
        newest = max(finished or ours, key=lambda run: number_at(run, "id") or 0, default=None)
        return None if newest is None else _record(name, newest)

    async def merged(self, branch: str, since: datetime) -> Sequence[PullRequest]:
        found: list[PullRequest] = []
        path = f"{self._root}/pulls"
        for page in range(1, _MOST_PULLS // PAGE + 1):
            query = {"state": "closed", "base": branch, "sort": "updated", "direction": "desc"}
            answer = await self._http.send("GET", f"{path}?{urlencode({**query, 'per_page': PAGE, 'page': page})}")
            requests = listed(f"GET {path}", answer)
            found += self._merged_since(requests, branch, since)
            updated = [time_at(each, "updated_at") for each in requests]
            if len(requests) < PAGE or any(when is not None and when < since for when in updated):
                return sorted(found, key=lambda each: each.merged_at or since, reverse=True)
        raise too_many_pages(f"GET {path}", _MOST_PULLS)

    def _merged_since(self, requests: Sequence[Any], branch: str, since: datetime) -> list[PullRequest]:
        read = [github_pull_request(each, self._repository) for each in requests]
        return [
            each for each in read if each and each.base_branch == branch and each.merged_at and each.merged_at >= since
        ]

    async def pull_request_of(self, commit: str, branch: str | None = None) -> PullRequest | None:
        path = f"{self._root}/commits/{commit}/pulls"
        answer = await self._http.send("GET", f"{path}?per_page={PAGE}")
        read = [github_pull_request(each, self._repository) for each in listed(f"GET {path}", answer)]
        merged = [each for each in read if each and each.merged_at and branch in (None, each.base_branch)]
        return next((each for each in merged if each.merge_commit == commit), merged[0] if merged else None)

    async def pull_request(self, number: int) -> PullRequest:
        path = f"{self._root}/pulls/{number}"
        answer = await self._http.send("GET", path)
        found = github_pull_request(answer.body, self._repository)
        if found is None:
            raise unexpected_answer(f"GET {path}", "head.sha")
        return found

    async def setup_facts(self, branch: str) -> SetupFacts:
        return await github_setup_facts(lambda path: self._http.send("GET", path), self._root, branch)

    async def _identity(self) -> str:
        if self._login is None:
            answer = await self._http.send("POST", self._graphql, {"query": "{ viewer { login } }"})
            self._login = text_at(answer.body, "data", "viewer", "login")
            if self._login is None:
                raise unexpected_answer("POST /graphql", "data.viewer.login")
        return self._login


def _annotation(each: Annotation) -> dict[str, Any]:
    return {
        "path": each.path,
        "start_line": each.line,
        "end_line": each.line,
        "annotation_level": each.level,
        "title": each.title,
        "message": each.message,
    }


def _record(name: str, run: Any) -> ForgeRecord:
    text, state = read_line(text_at(run, "external_id") or "", text_at(run, "conclusion") or "", _CONCLUSIONS)
    created = time_at(run, "completed_at") or time_at(run, "started_at")
    return ForgeRecord(name=name, text=text, state=state, url=text_at(run, "html_url") or "", created=created)
