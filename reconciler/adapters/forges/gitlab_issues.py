"""Issues of GitLab behind ports.ci.issues. They need a project access token with the scope `api`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from reconciler.adapters.forges.answers import Answer, listed, too_many_pages, unexpected_answer
from reconciler.adapters.forges.json_values import json_at, number_at, text_at, time_at
from reconciler.adapters.forges.optional_reads import with_hint
from reconciler.core.diagnostics.messages import msg
from reconciler.ports.ci.issues import ForgeIssue, IssueState

PAGE: Final = 100
MOST_ISSUES: Final = 300
_RIGHT: Final = msg(
    "Set RECONCILER_FORGE_TOKEN to a project access token with the scope `api`, and turn on issues in the project; without"
    " one, no issue is kept"
)
_EVENTS: Final = {IssueState.OPEN: "reopen", IssueState.CLOSED: "close"}


class GitLabIssues:
    """Implements ports.ci.issues.ForgeIssues. `root` is the path of the project, `identity` the id of our own user."""

    def __init__(
        self,
        send: Callable[[str, str, Any], Awaitable[Answer]],
        root: str,
        identity: Callable[[], Awaitable[int]],
    ) -> None:
        self._request = send
        self._path = f"{root}/issues"
        self._identity = identity

    async def own(self, label: str) -> Sequence[ForgeIssue]:
        with with_hint(_RIGHT):
            user = await self._identity()
        found: list[ForgeIssue] = []
        for page in range(1, MOST_ISSUES // PAGE + 1):
            query = {"labels": label, "author_id": user, "state": "all", "order_by": "created_at", "sort": "asc"}
            answer = await self._send("GET", f"{self._path}?{urlencode({**query, 'per_page': PAGE, 'page': page})}")
            entries = listed(f"GET {self._path}", answer)
            ours = (each for each in entries if number_at(each, "author", "id") == user)
            found += [issue for each in ours if (issue := _issue(each)) is not None]
            if len(entries) < PAGE:
                return found
        raise too_many_pages(f"GET {self._path}", MOST_ISSUES)

    async def create(self, title: str, body: str, label: str) -> ForgeIssue:
        answer = await self._send("POST", self._path, {"title": title, "description": body, "labels": label})
        made = _issue(answer.body)
        if made is None:
            raise unexpected_answer(f"POST {self._path}", "iid")
        labels = json_at(answer.body, "labels")
        if not isinstance(labels, list) or label not in labels:
            await self.edit(made.number, body, IssueState.CLOSED)
            raise unexpected_answer(f"POST {self._path}", "labels")
        return made

    async def edit(self, number: int, body: str, state: IssueState | None = None) -> None:
        content = {"description": body} | ({} if state is None else {"state_event": _EVENTS[state]})
        await self._send("PUT", f"{self._path}/{number}", content)

    async def _send(self, method: str, path: str, body: Any = None) -> Answer:
        with with_hint(_RIGHT):
            return await self._request(method, path, body)


def _issue(data: Any) -> ForgeIssue | None:
    number, state = number_at(data, "iid"), text_at(data, "state")
    if number is None or state is None:
        return None
    return ForgeIssue(
        number=number,
        body=text_at(data, "description") or "",
        state=IssueState.OPEN if state == "opened" else IssueState.CLOSED,
        closed=time_at(data, "closed_at"),
        url=text_at(data, "web_url") or "",
    )
