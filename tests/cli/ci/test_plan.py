"""`ci plan` as a job runs it: a process in a clone of depth 1, with the forge's variables, against a stand-in with its limits."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.ci.conftest import NUMBER, SHOPS, ForgeSite, forge_site
from tests.cli.ci.fleets import change_emails, fleet_files, manifest
from tests.support.forge.http import Fault
from tests.support.forge.remote import Remote, git

FINGERPRINT = re.compile(r"sha256:[0-9a-f]{64}")
MARKER = "<!-- reconciler:plan:production -->"


@pytest.mark.parametrize("merged", [False, True])
def test_the_plan_is_in_the_record_the_comment_the_summary_and_the_outputs(site: ForgeSite, merged: bool) -> None:
    job = site.job(merged=merged)
    done = job.run("ci", "plan")
    assert done.returncode == 0, done.stderr
    fingerprint = FINGERPRINT.search(done.stdout)
    assert fingerprint is not None
    record, pull = site.record, site.world.pulls[NUMBER]
    base = site.world.remote.tip("main")
    assert record.text == f"reconciler plan 1 {fingerprint[0]} shops=1 base={base} state=reviewable"
    assert (record.commit, record.name, record.state) == (pull.head, "reconciler / plan (production)", "success")
    (comment,) = site.comments
    assert comment.startswith(MARKER)
    assert "ready for review" in comment
    assert fingerprint[0] in comment
    assert pull.head[:12] in comment
    assert "kyoto-tea" in comment
    assert "uji-cups" not in comment
    name = "" if site.kind == "github" else "PLAN_"
    outputs = {key.removeprefix(name).lower(): value for key, value in job.outputs.items()}
    assert outputs == {"fingerprint": fingerprint[0], "changed": "1", "closures": "1"}
    assert (fingerprint[0] in job.summary) == (site.kind == "github")
    assert job.summary.find(MARKER) == -1
    assert len(site.server.requests) <= 8


def test_a_merge_and_a_head_have_one_fingerprint_if_the_base_did_not_move(github: ForgeSite) -> None:
    found = {
        FINGERPRINT.search(github.job(merged=merged).run("ci", "plan").stdout)[0]  # type: ignore[index]
        for merged in (True, False)
    }
    assert len(found) == 1


def test_what_others_merged_meanwhile_is_not_in_the_plan(site: ForgeSite) -> None:
    change_emails(site.world.remote, "main", ["uji-cups"])
    for merged in (True, False):
        done = site.job(merged=merged).run("ci", "plan", "-o", "json")
        assert [each["shop"] for each in json.loads(done.stdout)["shops"] if each["changes"]] == ["kyoto-tea"]


def test_a_shared_file_counts_for_all_its_shops(site: ForgeSite) -> None:
    remote = site.world.remote
    remote.commit("shared", {"shops/_defaults.yaml": "labels: {region: kansai}\n"})
    done = site.job(site.world.open_pull("shared").number).run("ci", "plan", "-o", "json")
    assert [each["shop"] for each in json.loads(done.stdout)["shops"]] == sorted(SHOPS)


def test_a_second_push_edits_the_comment_and_writes_a_new_record(site: ForgeSite) -> None:
    site.job().run("ci", "plan")
    change_emails(site.world.remote, "feature", SHOPS[:2], "again@changed.example")
    pull = site.world.pushed(NUMBER)
    done = site.job().run("ci", "plan")
    assert done.returncode == 0, done.stderr
    (comment,) = site.comments
    assert pull.head[:12] in comment
    assert "matsue-clay" in comment
    assert [each.commit for each in site.world.records][-1] == pull.head
    assert len(site.server.requests) <= 16


def test_while_it_runs_the_comment_says_planning(site: ForgeSite) -> None:
    """The job dies after it announced itself: what is left behind says so, and not that the old plan is current."""
    site.job().run("ci", "plan")
    job = site.job()
    (job.clone / "reconciler.yaml").write_text(
        "backend: {kind: http, url: 'http://127.0.0.1:9', client_id: x, client_secret: ref+env://SECRET}\n"
    )
    done = job.run("ci", "plan", more={"SECRET": "secret"})
    assert done.returncode == 4
    (comment,) = site.comments
    assert "No plan" in comment
    assert not FINGERPRINT.search(comment)


def test_invalid_manifests_are_exit_code_1(site: ForgeSite) -> None:
    site.world.remote.commit(
        "broken", {"shops/uji-cups.yaml": manifest("uji-cups").replace("enabled: true", "enabld: 1")}
    )
    done = site.job(site.world.open_pull("broken").number).run("ci", "plan")
    assert done.returncode == 1
    assert "state=invalid" in site.record.text
    assert site.record.state in {"failure", "failed"}
    assert "M101" in site.comments[0]
    if site.kind == "github":
        (note,) = site.record.content["annotations"]
        assert (note["path"], note["annotation_level"]) == ("shops/uji-cups.yaml", "failure")


def test_a_guard_is_exit_code_3_until_it_is_allowed(site: ForgeSite) -> None:
    site.world.remote.commit("held", {"shops/uji-cups.yaml": manifest("uji-cups", email="x@y.example", closing="deny")})
    number = site.world.open_pull("held").number
    done = site.job(number).run("ci", "plan")
    assert done.returncode == 3, done.stdout
    assert "state=held" in site.record.text
    assert site.record.state in {"action_required", "failed"}
    assert "held by a guard" in site.comments[0]
    assert FINGERPRINT.search(site.record.text)[0] in done.stdout  # type: ignore[index]


def test_a_pull_request_without_manifests_is_reviewable(site: ForgeSite) -> None:
    site.world.remote.commit("docs", {"README.md": "words"})
    done = site.job(site.world.open_pull("docs").number).run("ci", "plan")
    assert done.returncode == 0
    assert " shops=0 " in site.record.text


def test_no_token_of_a_shop_is_needed(site: ForgeSite) -> None:
    job = site.job()
    with_secret = job.run("ci", "plan", more={"FLEET_TOKEN": "amzn.mws.7e57ab1e-0000-4000-8000-00000badc0de"})
    without = site.job().run("ci", "plan")
    found = [FINGERPRINT.search(each.stdout)[0] for each in (with_secret, without)]  # type: ignore[index]
    assert found[0] == found[1]
    assert without.returncode == with_secret.returncode == 0


def test_no_token_is_in_any_output(site: ForgeSite) -> None:
    job = site.job()
    done = job.run("ci", "plan", "-v", more={"RECONCILER_DEBUG": "1"})
    texts = [done.stdout, done.stderr, job.summary, *site.comments, str(site.record.content), str(job.outputs)]
    tokens = [token.value for token in site.world.tokens.values()]
    assert not [token for token in tokens for text in texts if token in text]


@pytest.mark.parametrize(
    "fault",
    [
        Fault(method="POST", path=".", status=500, times=99),
        Fault(method="GET", path=".", status=502, times=99),
        Fault(method="POST", path=".", status=0, times=99),
        Fault(method="POST", path=".", status=403, times=99, body={"message": "Resource not accessible"}),
        Fault(method="POST", path=".", status=429, times=99, headers={"Retry-After": "86400"}),
        Fault(method="POST", path=".", status=200, times=99, body=[]),
        Fault(method="POST", path=".", status=422, times=99, body={"message": "::error::x"}),
    ],
    ids=lambda fault: f"{fault.method}-{fault.status}",
)
def test_a_failing_forge_never_loses_the_plan(site: ForgeSite, fault: Fault) -> None:
    site.server.faults = [fault]
    job = site.job()
    done = job.run("ci", "plan")
    assert done.returncode == 0
    fingerprint = FINGERPRINT.search(done.stdout)
    assert fingerprint is not None
    assert re.search(r"warning\[C20\d\]", done.stderr), done.stderr
    assert fingerprint[0] in job.outputs.values()
    assert len(site.server.requests) <= 8


def test_a_forge_that_is_gone_never_loses_the_plan(site: ForgeSite) -> None:
    gone = {"GITHUB_API_URL": "http://127.0.0.1:9", "CI_API_V4_URL": "http://127.0.0.1:9/api/v4"}
    done = site.job().run("ci", "plan", more=gone)
    assert done.returncode == 0
    assert FINGERPRINT.search(done.stdout)
    assert "C201" in done.stderr


def test_without_a_token_the_plan_is_made_and_nothing_is_sent(site: ForgeSite) -> None:
    none = {"GITHUB_TOKEN": "", "CI_JOB_TOKEN": "", "RECONCILER_FORGE_TOKEN": ""}
    done = site.job().run("ci", "plan", more=none)
    assert (done.returncode, site.server.requests) == (0, [])
    assert "C206" in done.stderr


def test_a_job_token_of_gitlab_falls_back_to_log_and_files_and_says_so(gitlab: ForgeSite) -> None:
    job = gitlab.runner.gitlab_merge_request(NUMBER, bot=False)
    done = job.run("ci", "plan")
    assert done.returncode == 0
    assert "project access token" in done.stderr
    assert job.outputs["PLAN_CHANGED"] == "1"
    assert gitlab.comments == []


def test_a_comment_edited_by_hand_is_put_right_and_a_forged_one_is_left_alone(site: ForgeSite) -> None:
    forged = site.world.comment(NUMBER, "mallory", f"{MARKER}\nPlan: ready for review, 0 changes")
    site.job().run("ci", "plan")
    ours = next(each for each in site.world.comments if each.login == site.login)
    ours.body = f"{MARKER}\n0 changes"
    site.job().run("ci", "plan")
    assert "1 shop" in site.comments[0] or "kyoto-tea" in site.comments[0]
    assert len(site.comments) == 1
    assert forged.edits == 0


def test_a_record_of_another_identity_is_not_touched(site: ForgeSite) -> None:
    pull = site.world.pulls[NUMBER]
    name = "reconciler / plan (production)"
    foreign = site.world.record(pull.head, name, "other-app[bot]" if site.kind == "github" else "mallory", "forged")
    site.job().run("ci", "plan")
    assert foreign.text == "forged"
    assert site.record.text.endswith("state=reviewable")


def test_another_commit_than_that_of_the_event(site: ForgeSite) -> None:
    job = site.job()
    git(job.clone, "fetch", "-q", "--depth=1", "origin", "refs/heads/main")
    git(job.clone, "checkout", "-q", "--detach", "FETCH_HEAD")
    refused(site, job.run("ci", "plan"), "C106")


def test_no_git(site: ForgeSite) -> None:
    job = site.job()
    (job.clone / ".git").rename(job.scratch / "git")
    refused(site, job.run("ci", "plan"), "C105")


def test_history_that_cannot_be_fetched(site: ForgeSite) -> None:
    job = site.job(merged=False)
    git(job.clone, "remote", "set-url", "origin", "file:///nowhere.git")
    done = job.run("ci", "plan")
    refused(site, done, "C107")
    assert "fetch-depth: 0" in done.stderr


def test_a_job_without_a_pull_request(site: ForgeSite) -> None:
    runner = site.runner
    job = runner.github_push() if site.kind == "github" else runner.gitlab_push()
    refused(site, job.run("ci", "plan"), "C108")


def test_no_ci(site: ForgeSite) -> None:
    refused(site, site.job().run("ci", "plan", more={"GITHUB_ACTIONS": "", "GITLAB_CI": ""}), "C101")


def test_a_file_of_the_job_that_cannot_be_written_is_an_error_with_the_plan(github: ForgeSite) -> None:
    done = github.job().run("ci", "plan", more={"GITHUB_OUTPUT": "/nowhere/output"})
    assert done.returncode == 1
    assert "C109" in done.stderr
    assert FINGERPRINT.search(done.stdout)


def test_in_japanese_the_comment_is_japanese_and_the_record_is_not(site: ForgeSite) -> None:
    site.job().run("--lang", "ja", "ci", "plan")
    assert "レビュー" in site.comments[0]
    assert site.record.text.isascii()


@pytest.fixture(scope="session", params=[3, 2000])
def fleet_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Remote]:
    count = request.param
    shops = [f"shop-{number:04}" for number in range(count)]
    remote = Remote(tmp_path_factory.mktemp(f"fleet-{count}"))
    remote.commit("main", fleet_files(shops))
    change_emails(remote, "feature", shops)
    return count, remote


@pytest.fixture(params=["github", "gitlab"])
def large_site(
    request: pytest.FixtureRequest, fleet_of: tuple[int, Remote], tmp_path: Path
) -> Iterator[tuple[int, ForgeSite]]:
    for site in forge_site(request.param, fleet_of[1].copy(tmp_path / "forge"), tmp_path):
        yield fleet_of[0], site


def test_a_plan_takes_at_most_eight_calls_whatever_the_fleet(large_site: tuple[int, ForgeSite]) -> None:
    count, site = large_site
    done = site.job().run("ci", "plan")
    assert done.returncode == 0, done.stderr
    assert f" shops={count} " in site.record.text
    assert len(site.server.requests) == 5, site.server.requests
    assert len(site.comments[0]) <= 65_536


def refused(site: ForgeSite, done, code: str) -> None:
    assert done.returncode == 1
    assert f"error[{code}]" in done.stderr, done.stderr
    assert site.server.requests == []
