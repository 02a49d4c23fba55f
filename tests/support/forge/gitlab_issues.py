"""Issues of GitLab's REST API. Lines of a description that begin with a slash are commands, and are carried out."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from tests.support.forge.http import ForgeRequest, Reply, Route, route
from tests.support.forge.limits import GITLAB
from tests.support.forge.world import REPOSITORY, ForgeWorld, Issue

_ISSUES = f"/api/v4/projects/{quote(REPOSITORY, safe='')}/issues"
_COMMAND = re.compile(r"^/(close|assign|label|confidential)\b", re.MULTILINE)


def _denied(request: ForgeRequest) -> Reply | None:
    """A job token may do none of this."""
    if request.token.job or "api" not in request.token.rights:
        return Reply(status=401, body={"message": "401 Unauthorized"})
    return None


def _fault(body: dict[str, Any]) -> Reply | None:
    for key, most in (("title", GITLAB.title_characters), ("description", GITLAB.comment_characters)):
        if len(body.get(key, "")) > most:
            return Reply(status=400, body={"message": {key: [f"is too long (maximum is {most} characters)"]}})
    if body.get("state_event", "close") not in ("close", "reopen"):
        return Reply(status=400, body={"error": "state_event does not have a valid value"})
    return None


def _listed(world: ForgeWorld, request: ForgeRequest) -> Reply:
    wanted = set(request.query.get("labels", "").split(",")) - {""}
    author = request.query.get("author_id")
    found = [
        _json(each)
        for each in world.issues
        if wanted <= set(each.labels) and author in (None, str(each.user)) and request.query["state"] == "all"
    ]
    size = min(int(request.query.get("per_page", 20)), GITLAB.page)
    start = (int(request.query.get("page", 1)) - 1) * size
    return _denied(request) or Reply(status=200, body=found[start : start + size])


def _create(world: ForgeWorld, request: ForgeRequest) -> Reply:
    refused = _denied(request) or _fault(request.body)
    if refused is not None:
        return refused
    labels = [each for each in request.body.get("labels", "").split(",") if each]
    made = world.issue(request.token.login, request.body["title"], request.body.get("description", ""), *labels)
    _obey(world, made)
    return Reply(status=201, body=_json(made))


def _edit(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    refused = _denied(request) or _fault(request.body)
    if refused is not None:
        return refused
    found = next((each for each in world.issues if each.number == int(number)), None)
    if found is None:
        return Reply(status=404, body={"message": "404 Issue Not Found"})
    found.sent += 1
    found.body = request.body.get("description", found.body)
    event = request.body.get("state_event")
    if event == "reopen":
        found.closed_at = None
    if event == "close":
        found.closed_at = found.closed_at or world.now
    _obey(world, found)
    return Reply(status=200, body=_json(found))


def _obey(world: ForgeWorld, issue: Issue) -> None:
    if _COMMAND.search(issue.body):
        issue.closed_at = issue.closed_at or world.now
        issue.body = _COMMAND.sub("", issue.body)


def _json(each: Issue) -> dict[str, Any]:
    closed = each.closed_at
    return {
        "id": 10_000 + each.number,
        "iid": each.number,
        "title": each.title,
        "description": each.body,
        "state": "opened" if closed is None else "closed",
        "closed_at": None if closed is None else closed.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "author": {"id": each.user, "username": each.login},
        "labels": list(each.labels),
        "web_url": f"https://gitlab.example/{REPOSITORY}/-/issues/{each.number}",
    }


GITLAB_ISSUE_ROUTES: list[Route] = [
    route("GET", _ISSUES, "labels author_id state order_by sort per_page page", "", _listed),
    route("POST", _ISSUES, "", "title description labels", _create),
    route("PUT", f"{_ISSUES}/{{number}}", "", "title description state_event", _edit),
]
