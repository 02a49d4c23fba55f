"""A pull request from a fork: its code is a stranger's, so that its job gets no secret and sends nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from reconciler.workflows.ci.artifact import read_artifact
from tests.cli.ci.conftest import NUMBER, ForgeSite
from tests.cli.ci.fleets import manifest
from tests.cli.ci.in_process import here
from tests.support.forge.runner import FORK, Job

HOSTILE = "::error::owned ##[error]owned @everyone <!-- reconciler:plan:production -->"


def job_of_fork(site: ForgeSite, text: str = "") -> Job:
    content = text or manifest("uji-cups", email="pay@theirs.example")
    site.world.remote.commit("theirs", {"shops/uji-cups.yaml": content})
    pull = site.world.open_pull("theirs", fork=FORK)
    return site.job(pull.number)


def test_it_is_validated_and_nothing_is_sent(site: ForgeSite) -> None:
    done = here(job_of_fork(site), "ci", "plan", "-o", "json")
    document = json.loads(done.stdout)
    assert (done.returncode, site.server.requests) == (0, [])
    assert "fingerprint" not in document
    assert [each["code"] for each in document["diagnostics"]] == ["C110"]


def test_an_invalid_manifest_is_found(site: ForgeSite) -> None:
    done = here(job_of_fork(site, "apiVersion: reconciler/v1\nshop: uji-cups\nenabld: 1\n"), "ci", "plan")
    assert (done.returncode, site.server.requests) == (1, [])
    assert "M101" in done.stdout + done.stderr


def test_neither_a_secret_nor_the_backend_is_used(site: ForgeSite) -> None:
    job = job_of_fork(site)
    (job.clone / "reconciler.yaml").write_text(
        "backend: {kind: http, url: 'http://127.0.0.1:9', client_id: x, client_secret: ref+file:///nowhere}\n"
    )
    done = here(job, "ci", "plan")
    assert (done.returncode, site.server.requests) == (0, [])
    assert not (job.clone / ".reconciler").exists()


def test_a_job_with_rights_that_runs_code_of_a_fork_sends_nothing_either(github: ForgeSite) -> None:
    """`pull_request_target` has a token that may write."""
    github.world.remote.commit("theirs", {"shops/uji-cups.yaml": manifest("uji-cups", email="pay@theirs.example")})
    pull = github.world.open_pull("theirs", fork=FORK)
    job = github.runner.github_pull_request(pull.number, event="pull_request_target", merged=False)
    done = here(job, "ci", "plan")
    assert (done.returncode, github.server.requests) == (0, [])


def test_the_second_stage_comments_from_the_result_of_the_first(github: ForgeSite) -> None:
    first = job_of_fork(github, f"apiVersion: reconciler/v1\nshop: uji-cups\n'{HOSTILE}': 1\n")
    result = first.scratch / "validated.json"
    assert here(first, "ci", "plan", "--artifact", str(result)).returncode == 1
    assert "owned" not in result.read_text()
    number = max(github.world.pulls)
    done = here(github.runner.github_workflow_run(number), "ci", "comment", "--artifact", str(result))
    assert done.returncode == 0, done.stderr
    (comment,) = github.comments
    assert "M101" in comment
    assert "owned" not in comment
    assert "@everyone" not in comment


def artifact(**changes: Any) -> bytes:
    whole = {
        "version": "reconciler/validated/v1",
        "number": 18,
        "head": "a" * 40,
        "base": "b" * 40,
        "valid": 2,
        "broken": ["uji-cups"],
        "diagnostics": [{"code": "M101", "file": "shops/uji-cups.yaml", "line": 3, "column": 1}],
    }
    return json.dumps(whole | changes).encode()


def finding(**changes: Any) -> bytes:
    return artifact(diagnostics=[{"code": "M101", "file": "shops/a.yaml", "line": 3, "column": 1} | changes])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 50_000,
        b" " * 2_000_000,
        artifact(version="reconciler/validated/v2"),
        artifact(extra=1),
        artifact(number="18"),
        artifact(number=True),
        artifact(number=-1),
        artifact(valid=10**12),
        artifact(head="$(id)"),
        artifact(broken=[HOSTILE]),
        artifact(broken="uji-cups"),
        artifact(broken=["uji-cups"] * 1001),
        artifact(diagnostics=[{}]),
        artifact(diagnostics=[1]),
        artifact(diagnostics=[{"code": "M101", "file": None, "line": 0, "column": 0}] * 1001),
        finding(code="X999"),
        finding(code=["M101"]),
        finding(file=HOSTILE),
        finding(file="shops/`x`.yaml"),
        finding(file="shops/a.yaml\n::error::x"),
        finding(line="3"),
        finding(line=-1),
        finding(text=HOSTILE),
    ],
    ids=range(26),
)
def test_an_artifact_of_another_form_is_refused_as_a_whole(content: bytes) -> None:
    with pytest.raises(SetupError) as caught:
        read_artifact(content, "validated.json")
    assert caught.value.code is codes.BAD_ARTIFACT
    assert "owned" not in str(caught.value.text)


def test_an_artifact_is_read_as_it_was_written() -> None:
    found = read_artifact(artifact(), "validated.json")
    assert (found.number, found.valid, found.broken) == (18, 2, ("uji-cups",))
    assert [(each.code, str(each.origin)) for each in found.findings] == [
        (codes.UNKNOWN_KEY, "shops/uji-cups.yaml:3:1")
    ]


def test_an_artifact_of_another_pull_request_or_commit_is_refused(github: ForgeSite) -> None:
    """The fork names somebody else's pull request, or another commit of its own."""
    first = job_of_fork(github)
    result = first.scratch / "validated.json"
    here(first, "ci", "plan", "--artifact", str(result))
    theirs = max(github.world.pulls)
    whole = json.loads(result.read_text())
    for changes in ({"number": NUMBER}, {"head": github.world.pulls[NUMBER].head}, {"number": 4711}):
        result.write_text(json.dumps(whole | changes))
        done = here(github.runner.github_workflow_run(theirs), "ci", "comment", "--artifact", str(result))
        assert done.returncode == 1
    assert github.world.comments == []


def test_a_link_in_place_of_an_artifact_is_not_followed(github: ForgeSite) -> None:
    first = job_of_fork(github)
    (first.scratch / "validated.json").symlink_to("/proc/self/environ")
    second = github.runner.github_workflow_run(max(github.world.pulls))
    done = here(second, "ci", "comment", "--artifact", str(first.scratch / "validated.json"))
    assert done.returncode == 1
    assert "C111" in done.stderr


def test_a_comment_is_not_written_outside_a_second_stage(site: ForgeSite) -> None:
    job = site.job()
    (job.scratch / "validated.json").write_bytes(artifact())
    done = here(job, "ci", "comment", "--artifact", str(job.scratch / "validated.json"))
    assert (done.returncode, site.server.requests) == (1, [])
    assert "C108" in done.stderr
