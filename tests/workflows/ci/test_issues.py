"""`ci issues` from drift checks of a fleet, at both forges: what becomes of the issues as findings come and go."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.ports import SetupError
from reconciler.workflows.ci.issues import MAX_CALLS, IssuesRequest, keep_issues
from reconciler.workflows.ci.names import ISSUE_LABEL
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from tests.support.forge.http import Fault
from tests.support.forge.merged_fleet import merged_fleet

pytestmark = pytest.mark.system

OWNERS = "/shops/ @kyoto/payments\n/shops/nara-ink.yaml @nara/ink @nara/two\n/shops/uji-cups.yaml\n"
KEEP = IssuesRequest()
ISSUES = "/issues(/[0-9]+)?$"


@pytest.fixture(params=["github", "gitlab"])
def fleet(request, tmp_path, monkeypatch):
    monkeypatch.setenv("RECONCILER_PLAN_KEY", "a key of the tests, long enough")
    with merged_fleet(tmp_path / "fleet", request.param) as made:
        made.world.remote.commit("main", {"CODEOWNERS": OWNERS})
        yield made


def look(fleet):
    """A drift check of the whole fleet."""
    fleet.later(minutes=10)
    fleet.run(detect_drift, DriftRequest(new=True))


def kept(fleet, request=KEEP, *, job=None):
    """The rows of `ci issues`, which went well."""
    result = run(fleet, request, job=job)
    assert result.diagnostics == ()
    return [tuple(getattr(cell, "key", cell) for cell in row) for row in result.rows]


def run(fleet, request=KEEP, *, job=None):
    fleet.later(minutes=1)
    result = fleet.run(keep_issues, request, job=job or issue_job(fleet))
    assert result.exit_code is ExitCode.DONE
    return result


def issue_job(fleet):
    if fleet.kind == "github":
        return fleet.runner.github_push(event="schedule", token=fleet.runner.issues_token)
    return fleet.runner.gitlab_push(event="schedule")


def drifted(fleet, *shops):
    for shop in shops:
        fleet.edit(shop, notificationEmail=f"new@{shop}.example")
    look(fleet)


def settled(fleet, *shops):
    for shop in shops:
        fleet.edit(shop, notificationEmail=f"a@{shop}.example")
    look(fleet)


def only_issue(fleet):
    [issue] = fleet.world.issues
    return issue


def sent(fleet) -> list[str]:
    """The requests that wrote something."""
    return [method for method, path, _ in fleet.server.requests if "issues" in path and method != "GET"]


def test_each_owner_gets_one_issue(fleet):
    drifted(fleet, "kyoto-tea", "nara-ink", "uji-cups")
    assert [row[:3] for row in kept(fleet)] == [
        ("create", "@kyoto/payments", 1),
        ("create", "@nara/ink @nara/two", 1),
        ("create", None, 1),
    ]
    titles = [(each.title, each.labels) for each in fleet.world.issues]
    assert titles == [
        ("Drift: kyoto/payments (production)", [ISSUE_LABEL]),
        ("Drift: nara/ink, nara/two (production)", [ISSUE_LABEL]),
        ("Drift: no owner (production)", [ISSUE_LABEL]),
    ]
    bodies = [each.body for each in fleet.world.issues]
    assert ["`kyoto-tea`" in body for body in bodies] == [True, False, False]
    assert all("merchant" in body and "reconciler apply" in body for body in bodies)


def test_nothing_is_sent_while_nothing_changes(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    look(fleet)
    asked = len(fleet.server.requests)
    assert [row[0] for row in kept(fleet)] == ["keep"]
    assert only_issue(fleet).sent == 1
    assert len(fleet.server.requests) - asked == 2  # who we are, and one page of issues


def test_an_issue_is_edited_in_place(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    fleet.edit("kyoto-tea", notificationEmail="third@kyoto-tea.example")
    look(fleet)
    assert [row[0] for row in kept(fleet)] == ["update"]
    assert "third@kyoto-tea.example" in only_issue(fleet).body
    assert fleet.world.comments == []


def test_an_issue_is_closed_when_all_is_settled_and_opened_again(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    settled(fleet, "kyoto-tea")
    assert [row[0] for row in kept(fleet)] == ["close"]
    assert only_issue(fleet).closed_at is not None
    assert "All findings are settled" in only_issue(fleet).body
    asked = len(sent(fleet))
    assert kept(fleet) == []
    assert len(sent(fleet)) == asked
    drifted(fleet, "kyoto-tea")
    assert [row[0] for row in kept(fleet)] == ["reopen"]
    assert only_issue(fleet).closed_at is None
    assert "new@kyoto-tea.example" in only_issue(fleet).body


def test_an_issue_that_a_person_closed_is_opened_only_for_something_new(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    only_issue(fleet).closed_at = fleet.clock.now()
    look(fleet)
    assert [row[0] for row in kept(fleet)] == ["keep"]
    fleet.edit("kyoto-tea", notificationEmail="third@kyoto-tea.example")
    look(fleet)
    assert [row[0] for row in kept(fleet)] == ["reopen"]


def test_what_was_found_while_the_issue_was_being_closed_opens_it_again(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    settled(fleet, "kyoto-tea")
    kept(fleet)
    drifted(fleet, "kyoto-tea")
    fleet.later(minutes=5)
    only_issue(fleet).closed_at = fleet.clock.now()  # after the check that found it
    assert [row[0] for row in kept(fleet)] == ["reopen"]


def test_an_issue_of_another_author_with_our_marker_is_left_alone(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    marked = only_issue(fleet).body
    fleet.world.issues.clear()
    forged = fleet.world.issue("mallory", "Drift: kyoto/payments (production)", marked, ISSUE_LABEL)
    assert [row[0] for row in kept(fleet)] == ["create"]
    assert (forged.sent, forged.body) == (1, marked)


def test_an_issue_is_known_by_its_marker_and_not_by_its_title(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    only_issue(fleet).title = "Please fix before Friday"
    fleet.edit("kyoto-tea", notificationEmail="third@kyoto-tea.example")
    look(fleet)
    assert [row[0] for row in kept(fleet)] == ["update"]
    assert only_issue(fleet).title == "Please fix before Friday"


def test_an_edited_text_is_put_right(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    only_issue(fleet).body = f"{only_issue(fleet).body}\r\n\r\nI look into it."
    assert [row[0] for row in kept(fleet)] == ["update"]
    assert "I look into it" not in only_issue(fleet).body


def test_of_two_issues_of_one_owner_one_is_closed(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    first = only_issue(fleet)
    second = fleet.world.issue(first.login, first.title, first.body, ISSUE_LABEL)
    assert [row[0] for row in kept(fleet)] == ["keep", "close"]
    assert first.closed_at is None
    assert f"issue {first.number}" in second.body
    assert [row[0] for row in kept(fleet)] == ["keep"]


def test_issues_of_another_fleet_in_the_repository_are_left_alone(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    other = only_issue(fleet)
    other.body = other.body.replace("reconciler:findings:production:", "reconciler:findings:staging:")
    assert [row[0] for row in kept(fleet)] == ["create"]
    assert other.closed_at is None


def test_a_dry_run_sends_nothing(fleet):
    drifted(fleet, "kyoto-tea")
    result = run(fleet, IssuesRequest(dry_run=True))
    assert [row[-1].key for row in result.rows] == ["not-sent"]
    assert [str(each) for each in result.notices] == ["Dry run: nothing was sent."]
    assert (sent(fleet), fleet.world.issues) == ([], [])


def test_the_name_of_an_owner_calls_nobody_from_the_title(fleet):
    fleet.world.remote.commit("main", {"CODEOWNERS": "/shops/ @kyoto/tea ~bug !12 a@b.example\n"})
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    assert only_issue(fleet).title == "Drift: kyoto/tea, a@b.example (production)"


def test_in_japanese(fleet):
    drifted(fleet, "uji-cups")
    kept(fleet, IssuesRequest(language="ja"))
    assert "担当" in only_issue(fleet).body


def test_a_forge_that_refuses_costs_the_issues_and_is_a_warning(fleet):
    drifted(fleet, "kyoto-tea", "nara-ink")
    fleet.server.faults = [Fault(method="POST", path=ISSUES, status=403, times=99)]
    result = run(fleet)
    assert [(each.code.number, each.severity) for each in result.diagnostics] == [("C202", Severity.WARNING)]
    assert ("issues: write" if fleet.kind == "github" else "`api`") in str(result.diagnostics[0].hint)
    assert [row[-1].key for row in result.rows] == ["failed", "not-sent"]  # the second would have met the same
    assert sent(fleet) == ["POST"]
    fleet.server.faults = []
    assert [row[-1] for row in kept(fleet)] == ["sent", "sent"]


def test_a_text_that_the_forge_does_not_take_costs_one_issue(fleet):
    drifted(fleet, "kyoto-tea", "nara-ink")
    fleet.server.faults = [Fault(method="POST", path=ISSUES, status=422)]
    result = run(fleet)
    assert [each.code.number for each in result.diagnostics] == ["C204"]
    assert [row[-1].key for row in result.rows] == ["failed", "sent"]


def test_a_list_that_is_none_creates_no_second_issue(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    answers: tuple[object, ...] = ("<html>", {"issues": []}, None)
    for body in answers:
        fleet.server.faults = [Fault(method="GET", path=ISSUES, status=200, body=body)]
        assert [each.code.number for each in run(fleet).diagnostics] == ["C205"]
    assert len(fleet.world.issues) == 1


def test_an_answer_that_was_lost_creates_no_second_issue(fleet):
    drifted(fleet, "kyoto-tea")
    fleet.server.faults = [Fault(method="POST", path=ISSUES, status=0, after=True)]
    assert [row[-1].key for row in run(fleet).rows] == ["failed"]
    assert [row[0] for row in kept(fleet)] == ["keep"]
    assert len(fleet.world.issues) == 1


def test_a_token_without_the_right_is_a_warning_that_names_it(fleet):
    drifted(fleet, "kyoto-tea")
    job = fleet.push_job() if fleet.kind == "github" else fleet.runner.gitlab_push(bot=False)
    [warning] = run(fleet, job=job).diagnostics
    assert ("issues: write" if fleet.kind == "github" else "`api`") in str(warning.hint)


@pytest.mark.parametrize("fleet", ["github"], indirect=True)
def test_a_label_that_the_forge_drops_leaves_no_open_issue_behind(fleet):
    drifted(fleet, "kyoto-tea")
    token = fleet.world.token("github-actions[bot]", "contents:read", "issues:read")
    result = run(fleet, job=fleet.runner.github_push(token=token))
    assert [each.code.number for each in result.diagnostics] == ["C205"]
    assert only_issue(fleet).closed_at is not None


def test_requests_of_one_run_are_bounded(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    login = only_issue(fleet).login
    closed = [fleet.world.issue(login, "old", _marked(fleet, nth), ISSUE_LABEL) for nth in range(80)]
    asked = len(fleet.server.requests)
    result = run(fleet)
    assert [each.code.number for each in result.diagnostics] == ["C207"]
    assert len(fleet.server.requests) - asked == MAX_CALLS
    kept(fleet)
    assert all(each.closed_at is not None for each in closed)


def _marked(fleet, nth):
    """The text of an issue of an owner who has no findings any more."""
    first = fleet.world.issues[0].body.partition("\n")[0]
    return first.replace(first[-10:-4], f"{nth:06}")


def test_without_a_recorded_check_nothing_is_closed(fleet):
    drifted(fleet, "kyoto-tea")
    kept(fleet)
    fleet.forget()
    with pytest.raises(SetupError) as caught:
        run(fleet)
    assert caught.value.code.number == "F101"
    assert only_issue(fleet).closed_at is None


def test_a_store_inside_the_work_tree_is_refused(fleet, monkeypatch):
    job = issue_job(fleet)
    settings = (job.clone / "reconciler.yaml").read_text()
    (job.clone / "reconciler.yaml").write_text(settings.replace(f"{fleet.folder}/journal.db", ".reconciler/journal.db"))
    drifted(fleet, "kyoto-tea")
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI"):
        monkeypatch.setenv(name, job.environment.get(name, ""))
    with pytest.raises(SetupError) as caught:
        fleet.run(keep_issues, KEEP, job=job)
    assert (caught.value.code.number, "work tree" in str(caught.value)) == ("F101", True)


def test_a_job_of_a_fork_is_refused(fleet):
    pull = fleet.opened("feature", {"README.md": "x"})
    fleet.world.pulls[pull.number] = replace(pull, fork="matsue-clay/shops")
    drifted(fleet, "kyoto-tea")
    with pytest.raises(SetupError):
        fleet.run(keep_issues, KEEP, job=fleet.pull_job(pull.number))
    assert sent(fleet) == []
