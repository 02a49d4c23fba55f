"""`ci plan` in a clone of depth 1, with the forge's variables, against a stand-in with its limits."""

from __future__ import annotations

import json

import pytest

from tests.cli.ci.conftest import FINGERPRINT, MARKER, NUMBER, SHOPS, ForgeSite
from tests.cli.ci.fleets import change_emails, manifest
from tests.cli.ci.in_process import here

pytestmark = pytest.mark.system


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
    changed = comment.partition("Shops outside this pull request")
    assert "uji-cups" not in changed[0]
    assert "2 of 2 (matsue-clay, uji-cups)" in changed[2]
    name = "" if site.kind == "github" else "PLAN_"
    outputs = {key.removeprefix(name).lower(): value for key, value in job.outputs.items()}
    assert outputs == {"fingerprint": fingerprint[0], "changed": "1", "closures": "1"}
    assert (fingerprint[0] in job.summary) == (site.kind == "github")
    assert job.summary.find(MARKER) == -1
    assert len(site.server.requests) <= 8


def test_a_merge_and_a_head_have_one_fingerprint_if_the_base_did_not_move(github: ForgeSite) -> None:
    found = {
        FINGERPRINT.search(here(github.job(merged=merged), "ci", "plan").stdout)[0]  # type: ignore[index]
        for merged in (True, False)
    }
    assert len(found) == 1


def test_what_others_merged_meanwhile_is_not_in_the_plan(site: ForgeSite) -> None:
    change_emails(site.world.remote, "main", ["uji-cups"])
    for merged in (True, False):
        done = here(site.job(merged=merged), "ci", "plan", "-o", "json")
        assert [each["shop"] for each in json.loads(done.stdout)["shops"] if each["changes"]] == ["kyoto-tea"]


def test_a_shared_file_counts_for_all_its_shops(site: ForgeSite) -> None:
    remote = site.world.remote
    remote.commit("shared", {"shops/_defaults.yaml": "labels: {region: kansai}\n"})
    done = here(site.job(site.world.open_pull("shared").number), "ci", "plan", "-o", "json")
    assert [each["shop"] for each in json.loads(done.stdout)["shops"]] == sorted(SHOPS)


def test_a_second_push_edits_the_comment_and_writes_a_new_record(site: ForgeSite) -> None:
    here(site.job(), "ci", "plan")
    change_emails(site.world.remote, "feature", SHOPS[:2], "again@changed.example")
    pull = site.world.pushed(NUMBER)
    done = here(site.job(), "ci", "plan")
    assert done.returncode == 0, done.stderr
    (comment,) = site.comments
    assert pull.head[:12] in comment
    assert "matsue-clay" in comment
    assert [each.commit for each in site.world.records][-1] == pull.head
    assert len(site.server.requests) <= 16


def test_invalid_manifests_are_exit_code_1(site: ForgeSite) -> None:
    site.world.remote.commit(
        "broken", {"shops/uji-cups.yaml": manifest("uji-cups").replace("enabled: true", "enabld: 1")}
    )
    done = here(site.job(site.world.open_pull("broken").number), "ci", "plan")
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
    done = here(site.job(number), "ci", "plan")
    assert done.returncode == 3, done.stdout
    assert "state=held" in site.record.text
    assert site.record.state in {"action_required", "failed"}
    assert "held by a guard" in site.comments[0]
    assert FINGERPRINT.search(site.record.text)[0] in done.stdout  # type: ignore[index]


def test_a_pull_request_without_manifests_is_reviewable(site: ForgeSite) -> None:
    site.world.remote.commit("docs", {"README.md": "words"})
    done = here(site.job(site.world.open_pull("docs").number), "ci", "plan")
    assert done.returncode == 0
    assert " shops=0 " in site.record.text


def test_no_token_of_a_shop_is_needed(site: ForgeSite) -> None:
    job = site.job()
    with_secret = here(job, "ci", "plan", more={"FLEET_TOKEN": "amzn.mws.7e57ab1e-0000-4000-8000-00000badc0de"})
    without = here(site.job(), "ci", "plan")
    found = [FINGERPRINT.search(each.stdout)[0] for each in (with_secret, without)]  # type: ignore[index]
    assert found[0] == found[1]
    assert without.returncode == with_secret.returncode == 0


def test_no_token_is_in_any_output(site: ForgeSite) -> None:
    job = site.job()
    done = here(job, "ci", "plan", "-v", more={"RECONCILER_DEBUG": "1"})
    texts = [done.stdout, done.stderr, job.summary, *site.comments, str(site.record.content), str(job.outputs)]
    tokens = [token.value for token in site.world.tokens.values()]
    assert not [token for token in tokens for text in texts if token in text]


def test_a_comment_edited_by_hand_is_put_right_and_a_forged_one_is_left_alone(site: ForgeSite) -> None:
    forged = site.world.comment(NUMBER, "mallory", f"{MARKER}\nPlan: ready for review, 0 changes")
    here(site.job(), "ci", "plan")
    ours = next(each for each in site.world.comments if each.login == site.login)
    ours.body = f"{MARKER}\n0 changes"
    here(site.job(), "ci", "plan")
    assert "1 shop" in site.comments[0] or "kyoto-tea" in site.comments[0]
    assert len(site.comments) == 1
    assert forged.edits == 0


def test_a_record_of_another_identity_is_not_touched(site: ForgeSite) -> None:
    pull = site.world.pulls[NUMBER]
    name = "reconciler / plan (production)"
    foreign = site.world.record(pull.head, name, "other-app[bot]" if site.kind == "github" else "mallory", "forged")
    here(site.job(), "ci", "plan")
    assert foreign.text == "forged"
    assert site.record.text.endswith("state=reviewable")


def test_in_japanese_the_comment_is_japanese_and_the_record_is_not(site: ForgeSite) -> None:
    here(site.job(), "--lang", "ja", "ci", "plan")
    assert "レビュー" in site.comments[0]
    assert site.record.text.isascii()
