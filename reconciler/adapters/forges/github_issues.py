"""Issues of GitHub behind ports.ci.issues. The token needs the right `issues: write`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from reconciler.adapters.forges.answers import Answer, listed, too_many_pages, unexpected_answer
from reconciler.adapters.forges.http import ForgeHttp
from reconciler.adapters.forges.json_values import json_at, number_at, objects_of, text_at, time_at
from reconciler.adapters.forges.optional_reads import with_hint
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.ci.issues import ForgeIssue, IssueState

PAGE: Final = 100
MOST_ISSUES: Final = 300
_RIGHT: Final = msg("Give the job's token the right `issues: write`; without one, no issue is kept")


class GitHubIssues:
    """Implements ports.ci.issues.ForgeIssues. `root` is the path of the repository, `identity` our own login."""

    def __init__(self, http: ForgeHttp, root: str, identity: Callable[[], Awaitable[str]]) -> None:
        self._http = http
        self._path = f"{root}/issues"
        self._identity = identity

    async def own(self, label: str) -> Sequence[ForgeIssue]:
        login = await self._identity()
        found: list[ForgeIssue] = []
        for page in range(1, MOST_ISSUES // PAGE + 1):
            query = {"labels": label, "state": "all", "sort": "created", "direction": "asc"}
            answer = await self._send("GET", f"{self._path}?{urlencode({**query, 'per_page': PAGE, 'page': page})}")
            entries = listed(f"GET {self._path}", answer)
            ours = (each for each in entries if text_at(each, "user", "login") == login and "pull_request" not in each)
            found += [issue for each in ours if (issue := _issue(each)) is not None]
            if len(entries) < PAGE:
                return found
        raise too_many_pages(f"GET {self._path}", MOST_ISSUES)

    async def create(self, title: str, body: str, label: str) -> ForgeIssue:
        answer = await self._send("POST", self._path, {"title": title, "body": body, "labels": [label]})
        made = _issue(answer.body)
        if made is None:
            raise unexpected_answer(f"POST {self._path}", "number")
        if label not in [text_at(each, "name") for each in objects_of(json_at(answer.body, "labels"))]:
            await self.edit(made.number, body, IssueState.CLOSED)
            raise unexpected_answer(f"POST {self._path}", "labels")
        return made

    async def edit(self, number: int, body: str, state: IssueState | None = None) -> None:
        content = {"body": body} | ({} if state is None else {"state": state.value})
        await self._send("PATCH", f"{self._path}/{number}", content)

    async def _send(self, method: str, path: str, body: Any = None) -> Answer:
        with with_hint(_RIGHT):
            return await self._http.send(method, path, body)


def _issue(data: Any) -> ForgeIssue | None:
    number, state = number_at(data, "number"), text_at(data, "state")
    if number is None or state is None:
        return None
    return ForgeIssue(
        number=number,
        body=text_at(data, "body") or "",
        state=IssueState.OPEN if state == "open" else IssueState.CLOSED,
        closed=time_at(data, "closed_at"),
        url=text_at(data, "html_url") or "",
    )
