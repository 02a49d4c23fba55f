"""GitLab's REST API (v4) as far as it is used. The project is addressed by its path, as the tool does."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from tests.support.forge.gitlab_issues import GITLAB_ISSUE_ROUTES
from tests.support.forge.http import ForgeRequest, ForgeServer, Reply, Route, route
from tests.support.forge.limits import GITLAB
from tests.support.forge.world import REPOSITORY, Comment, ForgeWorld, Pull, Record

PROJECT_ID = 4711
FORK_ID = 4712
_PROJECT = f"/api/v4/projects/{quote(REPOSITORY, safe='')}"
_STATES = {"pending", "running", "success", "failed", "canceled", "skipped"}
_UNFINISHED = {"pending", "running"}


def gitlab_server(world: ForgeWorld) -> ForgeServer:
    return ForgeServer(world, [*_ROUTES, *GITLAB_ISSUE_ROUTES])


def _unauthorised() -> Reply:
    return Reply(status=401, body={"message": "401 Unauthorized"})


def _may(request: ForgeRequest) -> bool:
    """A job token may read and write none of what is used here."""
    return not request.token.job and "api" in request.token.rights


def _user(_world: ForgeWorld, request: ForgeRequest) -> Reply:
    if request.token.job:
        return _unauthorised()
    return Reply(status=200, body={"id": request.token.user, "username": request.token.login})


def _notes(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    if not _may(request):
        return _unauthorised()
    found = [_note(each) for each in world.comments if each.number == int(number)]
    return Reply(status=200, body=_page(found, request))


def _create_note(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    if not _may(request):
        return _unauthorised()
    if int(number) not in world.pulls:
        return Reply(status=404, body={"message": "404 Not found"})
    if len(request.body["body"]) > GITLAB.comment_characters:
        return Reply(status=400, body={"message": {"note": ["is too long (maximum is 1000000 characters)"]}})
    made = Comment(
        id=world.next_id(),
        number=int(number),
        login=request.token.login,
        user=request.token.user,
        body=request.body["body"],
    )
    world.comments.append(made)
    return Reply(status=201, body=_note(made))


def _edit_note(world: ForgeWorld, request: ForgeRequest, number: str, note: str) -> Reply:
    if not _may(request):
        return _unauthorised()
    mine = [each for each in world.comments if each.id == int(note) and each.number == int(number)]
    if not mine:
        return Reply(status=404, body={"message": "404 Note Not Found"})
    if mine[0].user != request.token.user:
        return Reply(status=403, body={"message": "403 Forbidden"})
    mine[0].body = request.body["body"]
    mine[0].edits += 1
    return Reply(status=200, body=_note(mine[0]))


def _note(each: Comment) -> dict[str, Any]:
    return {"id": each.id, "body": each.body, "system": False, "author": {"id": each.user, "username": each.login}}


def _set_status(world: ForgeWorld, request: ForgeRequest, commit: str) -> Reply:
    """One unfinished status of a user, name and commit goes on; a finished one stays, and a new one begins."""
    if not _may(request):
        return _unauthorised()
    state = request.body["state"]
    if state not in _STATES or len(request.body["description"]) > GITLAB.description_characters:
        return Reply(status=400, body={"message": {"description": ["is too long (maximum is 255 characters)"]}})
    known = [
        each
        for each in world.records
        if (each.commit, each.name, each.user) == (commit, request.body["name"], request.token.user)
        and not each.finished
    ]
    if known and known[0].state == state:
        return Reply(status=400, body={"message": f"Cannot transition status via :run from :{state}"})
    found = known[0] if known else _new_status(world, request, commit)
    found.state, found.text = state, request.body["description"]
    found.finished = state not in _UNFINISHED
    return Reply(status=201, body=_status(found))


def _new_status(world: ForgeWorld, request: ForgeRequest, commit: str) -> Record:
    made = Record(
        id=world.next_id(),
        commit=commit,
        name=request.body["name"],
        login=request.token.login,
        user=request.token.user,
        state="",
        text="",
        created=world.now,
    )
    world.records.append(made)
    return made


def _status(each: Record) -> dict[str, Any]:
    return {
        "id": each.id,
        "sha": each.commit,
        "name": each.name,
        "status": each.state,
        "description": each.text,
        "target_url": f"https://gitlab.example/{REPOSITORY}/-/jobs/{each.id}",
        "author": {"id": each.user, "username": each.login},
        "created_at": each.written(),
        "finished_at": each.written(1) if each.finished else None,
    }


def _statuses(world: ForgeWorld, request: ForgeRequest, commit: str) -> Reply:
    if not _may(request):
        return _unauthorised()
    found = [
        each for each in world.records if each.commit == commit and each.name == request.query.get("name", each.name)
    ]
    return Reply(status=200, body=_page([_status(each) for each in found], request))


def _merge_requests(world: ForgeWorld, request: ForgeRequest) -> Reply:
    if not _may(request):
        return _unauthorised()
    since = datetime.fromisoformat(request.query["updated_after"])
    found = [
        each
        for each in world.pulls.values()
        if each.merged_at and each.base_branch == request.query["target_branch"] and each.updated_at >= since
    ]
    found.sort(key=lambda each: each.updated_at, reverse=True)
    return Reply(status=200, body=_page([merge_request_json(each) for each in found], request))


def _merge_request(world: ForgeWorld, request: ForgeRequest, number: str) -> Reply:
    if not _may(request):
        return _unauthorised()
    found = world.pulls.get(int(number))
    return (
        Reply(status=404, body={"message": "404 Not found"})
        if found is None
        else Reply(
            status=200,
            body={**merge_request_json(found), "diff_refs": {"base_sha": found.base, "head_sha": found.head}},
        )
    )


def _merge_requests_of(world: ForgeWorld, request: ForgeRequest, commit: str) -> Reply:
    if not _may(request):
        return _unauthorised()
    return Reply(status=200, body=[merge_request_json(each) for each in world.associated(commit)])


def merge_request_json(each: Pull) -> dict[str, Any]:
    """A fast-forward merge has no commit of its own."""
    made = None if each.merge_commit == each.head else each.merge_commit
    return {
        "iid": each.number,
        "state": "merged" if each.merged_at else "opened",
        "sha": each.head,
        "target_branch": each.base_branch,
        "source_branch": each.branch,
        "source_project_id": FORK_ID if each.fork else PROJECT_ID,
        "target_project_id": PROJECT_ID,
        "merge_commit_sha": made,
        "squash_commit_sha": None,
        "merged_at": _time(each.merged_at),
        "updated_at": _time(each.updated_at),
        "web_url": f"https://gitlab.example/{REPOSITORY}/-/merge_requests/{each.number}",
    }


def _time(when: datetime | None) -> str | None:
    return None if when is None else when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _setup(key: str) -> Any:
    def answer(world: ForgeWorld, _request: ForgeRequest, **_names: str) -> Reply:
        found = world.protection.get(key)
        return Reply(status=404, body={"message": "404 Not Found"}) if found is None else Reply(status=200, body=found)

    return answer


def _page(found: list[Any], request: ForgeRequest) -> list[Any]:
    size = min(int(request.query.get("per_page", 20)), GITLAB.page)
    start = (int(request.query.get("page", 1)) - 1) * size
    return found[start : start + size]


_MR = f"{_PROJECT}/merge_requests"
_ROUTES: list[Route] = [
    route("GET", "/api/v4/user", "", "", _user),
    route("GET", f"{_MR}/{{number}}/notes", "order_by sort per_page page", "", _notes),
    route("POST", f"{_MR}/{{number}}/notes", "", "body", _create_note),
    route("PUT", f"{_MR}/{{number}}/notes/{{note}}", "", "body", _edit_note),
    route("POST", f"{_PROJECT}/statuses/{{commit}}", "", "state name description target_url pipeline_id", _set_status),
    route("GET", f"{_PROJECT}/repository/commits/{{commit}}/statuses", "name all per_page page", "", _statuses),
    route("GET", _MR, "state target_branch updated_after order_by sort per_page page", "", _merge_requests),
    route("GET", f"{_MR}/{{number}}", "", "", _merge_request),
    route("GET", f"{_PROJECT}/repository/commits/{{commit}}/merge_requests", "", "", _merge_requests_of),
    route("GET", _PROJECT, "", "", _setup("project")),
    route("GET", f"{_PROJECT}/protected_branches/{{branch}}", "", "", _setup("protected_branch")),
    route("GET", f"{_PROJECT}/approval_rules", "per_page page", "", _setup("approval_rules")),
    route("GET", f"{_PROJECT}/protected_environments", "per_page page", "", _setup("protected_environments")),
]
