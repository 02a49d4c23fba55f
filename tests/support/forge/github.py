"""GitHub's REST API as far as it is used, and `viewer` of its GraphQL."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.support.forge.github_issues import GITHUB_ISSUE_ROUTES
from tests.support.forge.http import ForgeRequest, ForgeServer, Reply, Route, route
from tests.support.forge.limits import GITHUB
from tests.support.forge.world import REPOSITORY, Comment, ForgeWorld, Pull, Record

_REPO = f"/repos/{REPOSITORY}"
_CONCLUSIONS = {"success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", "stale"}
_CHECK = "name head_sha external_id status conclusion output details_url started_at completed_at"


def github_server(world: ForgeWorld) -> ForgeServer:
    return ForgeServer(world, [*_ROUTES, *GITHUB_ISSUE_ROUTES])


def _denied() -> Reply:
    return Reply(status=403, body={"message": "Resource not accessible by integration"})


def _invalid(message: str) -> Reply:
    return Reply(status=422, body={"message": f"Validation Failed: {message}"})


def _viewer(_world: ForgeWorld, request: ForgeRequest) -> Reply:
    return Reply(status=200, body={"data": {"viewer": {"login": request.token.login}}})


def _comments(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    if not request.token.rights & {"pull_requests:read", "pull_requests:write"}:
        return _denied()
    found = [_comment(each) for each in world.comments if each.number == int(number)]
    return Reply(status=200, body=_page(found, request))


def _create_comment(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    if "pull_requests:write" not in request.token.rights:
        return _denied()
    if int(number) not in world.pulls:
        return Reply(status=404, body={"message": "Not Found"})
    body = request.body["body"]
    if len(body) > GITHUB.comment_characters:
        return _invalid(f"body is too long (maximum is {GITHUB.comment_characters} characters)")
    made = Comment(
        id=world.next_id(), number=int(number), login=request.token.login, user=request.token.user, body=body
    )
    world.comments.append(made)
    return Reply(status=201, body=_comment(made))


def _edit_comment(world: ForgeWorld, request: ForgeRequest, comment: str) -> Reply:
    if "pull_requests:write" not in request.token.rights:
        return _denied()
    found = next((each for each in world.comments if each.id == int(comment)), None)
    if found is None:
        return Reply(status=404, body={"message": "Not Found"})
    if len(request.body["body"]) > GITHUB.comment_characters:
        return _invalid(f"body is too long (maximum is {GITHUB.comment_characters} characters)")
    found.body = request.body["body"]
    found.edits += 1
    return Reply(status=200, body=_comment(found))


def _comment(each: Comment) -> dict[str, Any]:
    return {
        "id": each.id,
        "body": each.body,
        "user": {"login": each.login, "type": "Bot" if each.login.endswith("[bot]") else "User"},
        "html_url": f"https://github.example/{REPOSITORY}/pull/{each.number}#issuecomment-{each.id}",
    }


def _create_check(world: ForgeWorld, request: ForgeRequest) -> Reply:
    if not request.token.login.endswith("[bot]"):
        return Reply(status=403, body={"message": "You must authenticate via a GitHub App."})
    if "checks:write" not in request.token.rights:
        return _denied()
    fault = _check_fault(request.body, {"name", "head_sha"})
    if fault is not None:
        return fault
    made = Record(
        id=world.next_id(),
        commit=request.body["head_sha"],
        name=request.body["name"],
        login=request.token.login,
        user=request.token.user,
        state="",
        text="",
        created=world.now,
    )
    _update(made, request.body)
    world.records.append(made)
    return Reply(status=201, body=_check_run(made))


def _edit_check(world: ForgeWorld, request: ForgeRequest, run: str) -> Reply:
    found = next((each for each in world.records if each.id == int(run)), None)
    if found is None:
        return Reply(status=404, body={"message": "Not Found"})
    if found.login != request.token.login or "checks:write" not in request.token.rights:
        return Reply(status=403, body={"message": "Invalid app_id `15368` - check run can only be modified by the App"})
    fault = _check_fault(request.body, set())
    if fault is not None:
        return fault
    _update(found, request.body)
    return Reply(status=200, body=_check_run(found))


def _check_fault(body: dict[str, Any], required: set[str]) -> Reply | None:
    output = body.get("output", {})
    if not required <= set(body):
        return _invalid(f"{sorted(required - set(body))} missing")
    if len(output.get("annotations", ())) > GITHUB.annotations:
        return _invalid(f"No more than {GITHUB.annotations} annotations may be sent in a request")
    if len(output.get("summary", "")) > GITHUB.record_characters:
        return _invalid(f"output.summary exceeds {GITHUB.record_characters} characters")
    if body.get("status") == "completed" and body.get("conclusion") not in _CONCLUSIONS:
        return _invalid("conclusion is required for a completed run")
    return None


def _update(record: Record, body: dict[str, Any]) -> None:
    record.finished = body.get("status") == "completed"
    record.state = body["conclusion"] if record.finished else body.get("status", "queued")
    record.text = body.get("external_id", record.text)
    record.content |= body.get("output", {})


def _check_run(each: Record) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "head_sha": each.commit,
        "external_id": each.text,
        "status": "completed" if each.finished else each.state,
        "conclusion": each.state if each.finished else None,
        "html_url": f"https://github.example/{REPOSITORY}/runs/{each.id}",
        "app": {"slug": each.login.removesuffix("[bot]"), "id": each.user},
        "output": {"title": each.content.get("title"), "summary": each.content.get("summary")},
        "started_at": each.written(),
        "completed_at": each.written(1) if each.finished else None,
    }


def _checks(world: ForgeWorld, request: ForgeRequest, commit: str) -> Reply:
    if not request.token.rights & {"checks:read", "checks:write"}:
        return _denied()
    found = [each for each in world.records if each.commit == commit and each.name == request.query["check_name"]]
    runs = _page([_check_run(each) for each in reversed(found)], request)
    return Reply(status=200, body={"total_count": len(found), "check_runs": runs})


def _pulls(world: ForgeWorld, request: ForgeRequest) -> Reply:
    if not request.token.rights & {"pull_requests:read", "pull_requests:write"}:
        return _denied()
    base = request.query["base"]
    found = [each for each in world.pulls.values() if each.closed and each.base_branch == base]
    found.sort(key=lambda each: each.updated_at, reverse=True)
    return Reply(status=200, body=_page([pull_json(each) for each in found], request))


def _pull(world: ForgeWorld, _request: ForgeRequest, number: str) -> Reply:
    found = world.pulls.get(int(number))
    return (
        Reply(status=404, body={"message": "Not Found"}) if found is None else Reply(status=200, body=pull_json(found))
    )


def _pulls_of(world: ForgeWorld, request: ForgeRequest, commit: str) -> Reply:
    return Reply(status=200, body=_page([pull_json(each) for each in world.associated(commit)], request))


def pull_json(each: Pull) -> dict[str, Any]:
    """As the REST API and the event have it."""
    return {
        "number": each.number,
        "state": "closed" if each.closed else "open",
        "html_url": f"https://github.example/{REPOSITORY}/pull/{each.number}",
        "head": {"sha": each.head, "ref": each.branch, "repo": {"full_name": each.fork or REPOSITORY}},
        "base": {"sha": each.base, "ref": each.base_branch, "repo": {"full_name": REPOSITORY}},
        "merge_commit_sha": each.merge_commit,
        "merged_at": _time(each.merged_at),
        "updated_at": _time(each.updated_at),
    }


def _time(when: datetime | None) -> str | None:
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _setup(key: str) -> Any:
    def answer(world: ForgeWorld, _request: ForgeRequest, **_names: str) -> Reply:
        found = world.protection.get(key)
        return _denied() if found is None else Reply(status=200, body=found)

    return answer


def _page(found: list[Any], request: ForgeRequest) -> list[Any]:
    size = min(int(request.query.get("per_page", 30)), GITHUB.page)
    start = (int(request.query.get("page", 1)) - 1) * size
    return found[start : start + size]


_ROUTES: list[Route] = [
    route("POST", "/graphql", "", "query", _viewer),
    route("GET", f"{_REPO}/issues/{{number}}/comments", "per_page page", "", _comments),
    route("POST", f"{_REPO}/issues/{{number}}/comments", "", "body", _create_comment),
    route("PATCH", f"{_REPO}/issues/comments/{{comment}}", "", "body", _edit_comment),
    route("POST", f"{_REPO}/check-runs", "", _CHECK, _create_check),
    route("PATCH", f"{_REPO}/check-runs/{{run}}", "", _CHECK, _edit_check),
    route("GET", f"{_REPO}/commits/{{commit}}/check-runs", "check_name filter per_page page", "", _checks),
    route("GET", f"{_REPO}/pulls", "state base sort direction per_page page", "", _pulls),
    route("GET", f"{_REPO}/pulls/{{number}}", "", "", _pull),
    route("GET", f"{_REPO}/commits/{{commit}}/pulls", "per_page page", "", _pulls_of),
    route("GET", f"{_REPO}/rules/branches/{{branch}}", "per_page page", "", _setup("rules")),
    route("GET", f"{_REPO}/branches/{{branch}}", "", "", _setup("branch")),
    route("GET", f"{_REPO}/environments", "per_page page", "", _setup("environments")),
]
