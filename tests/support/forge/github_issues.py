"""Issues of GitHub's REST API. A list of issues also holds pull requests."""

from __future__ import annotations

from typing import Any

from tests.support.forge.http import ForgeRequest, Reply, Route, route
from tests.support.forge.limits import GITHUB
from tests.support.forge.world import REPOSITORY, ForgeWorld, Issue

_ISSUES = f"/repos/{REPOSITORY}/issues"
_RIGHTS = {"issues:read", "issues:write"}


def _denied() -> Reply:
    return Reply(status=403, body={"message": "Resource not accessible by integration"})


def _fault(body: dict[str, Any]) -> Reply | None:
    for key, most in (("title", GITHUB.title_characters), ("body", GITHUB.comment_characters)):
        if len(body.get(key, "")) > most:
            text = f"Validation Failed: {key} is too long (maximum is {most} characters)"
            return Reply(status=422, body={"message": text})
    if body.get("state", "open") not in ("open", "closed"):
        return Reply(status=422, body={"message": "Validation Failed: state"})
    return None


def _listed(world: ForgeWorld, request: ForgeRequest) -> Reply:
    if not request.token.rights & _RIGHTS:
        return _denied()
    wanted = set(request.query.get("labels", "").split(",")) - {""}
    state = request.query.get("state", "open")
    found = [_json(each) for each in world.issues if wanted <= set(each.labels)]
    found = [each for each in found if state in ("all", each["state"])]
    if request.query.get("direction", "desc") == "desc":
        found.reverse()
    size = min(int(request.query.get("per_page", 30)), GITHUB.page)
    start = (int(request.query.get("page", 1)) - 1) * size
    return Reply(status=200, body=found[start : start + size])


def _create(world: ForgeWorld, request: ForgeRequest) -> Reply:
    """Anyone who may read can create one; the labels of one who may not write are dropped without a word."""
    if not request.token.rights & _RIGHTS:
        return _denied()
    fault = _fault(request.body)
    if fault is not None:
        return fault
    labels = request.body.get("labels", []) if "issues:write" in request.token.rights else []
    made = world.issue(request.token.login, request.body["title"], request.body.get("body", ""), *labels)
    return Reply(status=201, body=_json(made))


def _edit(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    found = next((each for each in world.issues if each.number == int(number)), None)
    if found is None:
        return Reply(status=404, body={"message": "Not Found"})
    if "issues:write" not in request.token.rights and found.login != request.token.login:
        return _denied()
    fault = _fault(request.body)
    if fault is not None:
        return fault
    found.sent += 1
    found.title, found.body = request.body.get("title", found.title), request.body.get("body", found.body)
    state = request.body.get("state")
    if state == "open":
        found.closed_at = None
    if state == "closed":
        found.closed_at = found.closed_at or world.now
    return Reply(status=200, body=_json(found))


def _json(each: Issue) -> dict[str, Any]:
    closed = each.closed_at
    pull = {"pull_request": {"url": f"https://github.example/{each.number}"}} if each.pull_request else {}
    return {
        "id": 10_000 + each.number,
        "number": each.number,
        "title": each.title,
        "body": each.body,
        "state": "open" if closed is None else "closed",
        "closed_at": None if closed is None else closed.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "user": {"login": each.login, "type": "Bot" if each.login.endswith("[bot]") else "User"},
        "labels": [{"name": label} for label in each.labels],
        "html_url": f"https://github.example/{REPOSITORY}/issues/{each.number}",
        **pull,
    }


GITHUB_ISSUE_ROUTES: list[Route] = [
    route("GET", _ISSUES, "labels state sort direction per_page page", "", _listed),
    route("POST", _ISSUES, "", "title body labels", _create),
    route("PATCH", f"{_ISSUES}/{{number}}", "", "title body state", _edit),
]
