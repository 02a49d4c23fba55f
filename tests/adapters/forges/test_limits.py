"""The stand-in refuses what the forges refuse: only then a test against it says something. Asked directly."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from tests.adapters.forges.conftest import Site
from tests.support.forge.gitlab import _PROJECT
from tests.support.forge.http import Fault
from tests.support.forge.limits import GITHUB, GITLAB
from tests.support.forge.world import REPOSITORY, Token

_REPO = f"/repos/{REPOSITORY}"


def asked(site: Site, method: str, path: str, body: Any = None, token: Token | None = None) -> tuple[int, Any, Any]:
    ours = token or (site.runner.token if site.kind == "github" else site.runner.bot)
    header = ("Authorization", f"Bearer {ours.value}") if site.kind == "github" else ("PRIVATE-TOKEN", ours.value)
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{site.server.url}{path}", content, dict([header]), method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.load(error), error.headers


def test_a_comment_beyond_the_limit_is_422(github: Site) -> None:
    path = f"{_REPO}/issues/17/comments"
    assert asked(github, "POST", path, {"body": "x" * GITHUB.comment_characters})[0] == 201
    status, said, _ = asked(github, "POST", path, {"body": "x" * (GITHUB.comment_characters + 1)})
    assert (status, said["message"]) == (422, "Validation Failed: body is too long (maximum is 65536 characters)")
    made = github.world.comments[0].id
    assert asked(github, "PATCH", f"{_REPO}/issues/comments/{made}", {"body": "x" * 65_537})[0] == 422


def test_a_note_beyond_the_limit_is_400(gitlab: Site) -> None:
    path = f"{_PROJECT}/merge_requests/17/notes"
    assert asked(gitlab, "POST", path, {"body": "x" * GITLAB.comment_characters})[0] == 201
    assert asked(gitlab, "POST", path, {"body": "x" * (GITLAB.comment_characters + 1)})[0] == 400


def test_a_check_run_takes_fifty_annotations_and_a_summary_of_65535_characters(github: Site) -> None:
    run = {"name": "n", "head_sha": "a" * 40, "status": "in_progress"}
    note = {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}

    def status(**output: Any) -> int:
        return asked(github, "POST", f"{_REPO}/check-runs", {**run, "output": output})[0]

    assert status(annotations=[note] * GITHUB.annotations) == 201
    assert status(annotations=[note] * (GITHUB.annotations + 1)) == 422
    assert status(summary="x" * GITHUB.record_characters) == 201
    assert status(summary="x" * (GITHUB.record_characters + 1)) == 422


def test_a_status_takes_255_characters(gitlab: Site) -> None:
    path = f"{_PROJECT}/statuses/{'a' * 40}"
    assert asked(gitlab, "POST", path, {"state": "success", "name": "n", "description": "x" * 255})[0] == 201
    assert asked(gitlab, "POST", path, {"state": "success", "name": "n", "description": "x" * 256})[0] == 400


def test_an_unfinished_status_does_not_begin_twice(gitlab: Site) -> None:
    path, status = f"{_PROJECT}/statuses/{'a' * 40}", {"state": "running", "name": "n", "description": ""}
    assert asked(gitlab, "POST", path, status)[0] == 201
    assert asked(gitlab, "POST", path, status)[0] == 400
    assert asked(gitlab, "POST", path, {**status, "state": "success"})[0] == 201
    assert asked(gitlab, "POST", path, status)[0] == 201
    assert len(gitlab.world.records) == 2


def test_a_page_has_a_hundred_entries_whatever_is_asked_for(site: Site) -> None:
    for number in range(150):
        site.world.comment(17, "aoi", f"comment {number}")
    path = f"{_REPO}/issues/17/comments" if site.kind == "github" else f"{_PROJECT}/merge_requests/17/notes"
    assert len(asked(site, "GET", f"{path}?per_page=500")[1]) == 100
    assert [each["body"] for each in asked(site, "GET", f"{path}?per_page=100&page=2")[1]][:1] == ["comment 100"]


def test_a_secondary_limit_says_when_to_come_again(github: Site) -> None:
    said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
    github.server.faults = [
        Fault(method="POST", path="comments$", status=403, headers={"Retry-After": "60"}, body=said)
    ]
    status, _, headers = asked(github, "POST", f"{_REPO}/issues/17/comments", {"body": "x"})
    assert (status, headers["Retry-After"]) == (403, "60")
    assert asked(github, "POST", f"{_REPO}/issues/17/comments", {"body": "x"})[0] == 201


def test_a_job_token_may_not_write_notes(gitlab: Site) -> None:
    for method, path, body in (
        ("POST", f"{_PROJECT}/merge_requests/17/notes", {"body": "x"}),
        ("GET", f"{_PROJECT}/merge_requests/17/notes", None),
        ("POST", f"{_PROJECT}/statuses/{'a' * 40}", {"state": "success", "name": "n", "description": ""}),
        ("GET", "/api/v4/user", None),
    ):
        assert asked(gitlab, method, path, body, gitlab.runner.job_token)[0] == 401


def test_a_check_run_belongs_to_the_app_that_made_it(github: Site) -> None:
    made = asked(github, "POST", f"{_REPO}/check-runs", {"name": "n", "head_sha": "a" * 40})[1]["id"]
    other = github.world.token("other-app[bot]", "checks:write")
    assert asked(github, "PATCH", f"{_REPO}/check-runs/{made}", {"status": "in_progress"}, other)[0] == 403
    person = github.world.token("aoi", "checks:write")
    assert asked(github, "POST", f"{_REPO}/check-runs", {"name": "n", "head_sha": "a" * 40}, person)[0] == 403


def test_a_note_belongs_to_its_author(gitlab: Site) -> None:
    foreign = gitlab.world.comment(17, "aoi", "hello")
    assert asked(gitlab, "PUT", f"{_PROJECT}/merge_requests/17/notes/{foreign.id}", {"body": "x"})[0] == 403


def test_a_token_of_a_fork_may_only_read(github: Site) -> None:
    token = github.runner.fork_token
    assert asked(github, "POST", f"{_REPO}/issues/17/comments", {"body": "x"}, token)[0] == 403
    assert asked(github, "POST", f"{_REPO}/check-runs", {"name": "n", "head_sha": "a" * 40}, token)[0] == 403
    assert asked(github, "GET", f"{_REPO}/issues/17/comments", None, token)[0] == 200


def test_a_deleted_comment_is_404(github: Site) -> None:
    made = asked(github, "POST", f"{_REPO}/issues/17/comments", {"body": "x"})[1]["id"]
    github.world.delete_comment(github.world.comments[0])
    assert asked(github, "PATCH", f"{_REPO}/issues/comments/{made}", {"body": "y"})[0] == 404


def test_squash_rebase_and_queue_merges_name_their_commit(site: Site) -> None:
    for how, commits in (("squash", 1), ("rebase", 2), ("queue", 3)):
        world = site.world
        branch = f"feature-{how}"
        world.remote.commit(branch, {f"shops/{how}.yaml": "1"})
        world.remote.commit(branch, {f"shops/{how}.yaml": "2"})
        pull = world.open_pull(branch)
        before = world.remote.tip("main")
        merged = world.merge(pull.number, how)
        assert merged.merge_commit == world.remote.tip("main")
        made = world._brought(merged)
        assert len(made) == commits
        assert before not in made


def test_what_the_stand_in_does_not_know_is_refused_and_noted(site: Site) -> None:
    assert asked(site, "DELETE", f"{_REPO}/issues/comments/1")[0] == 404
    assert asked(site, "GET", f"{_REPO}/issues/17/comments?sort=desc")[0] == 404
    assert asked(site, "POST", f"{_PROJECT}/merge_requests/17/notes", {"body": "x", "internal": True})[0] == 404
    assert len(site.server.refused) == 3
    site.server.refused.clear()


def test_an_unknown_token_is_401(site: Site) -> None:
    stranger = Token(value="ghs_unknown", login="x", user=1, rights=frozenset())
    assert asked(site, "GET", "/graphql", None, stranger)[0] == 401
