"""Issues over loopback: which are ours, and what the stand-in refuses as the forges do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from reconciler.adapters.forges.github_issues import MOST_ISSUES
from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import ForgeError
from reconciler.ports.ci.issues import ForgeIssue, IssueState
from tests.adapters.forges.conftest import Site
from tests.adapters.forges.test_limits import asked
from tests.support.forge.gitlab import _PROJECT
from tests.support.forge.limits import GITHUB, GITLAB
from tests.support.forge.runner import Job
from tests.support.forge.world import REPOSITORY, Token

LABEL = "reconciler-drift"


def job(site: Site) -> Job:
    runner = site.runner
    return runner.github_push(token=runner.issues_token) if site.kind == "github" else runner.gitlab_push()


async def own(site: Site) -> list[ForgeIssue]:
    async with site.connect(job(site)) as forge:
        return list(await forge.issues.own(LABEL))


@pytest.mark.anyio
async def test_only_issues_of_our_identity_with_the_label_are_ours(site: Site) -> None:
    world = site.world
    mine = world.issue(site.login, "Drift", "text", LABEL, "another label")
    world.issue("mallory", "Drift", "text", LABEL)
    world.issue(site.login, "Drift", "text")
    if site.kind == "github":
        world.issue(site.login, "Drift", "text", LABEL).pull_request = True
    assert [each.number for each in await own(site)] == [mine.number]


@pytest.mark.anyio
async def test_an_issue_is_created_closed_and_opened_again(site: Site) -> None:
    async with site.connect(job(site)) as forge:
        made = await forge.issues.create("Drift: tea", "first", LABEL)
        await forge.issues.edit(made.number, "second", IssueState.CLOSED)
    [closed] = await own(site)
    assert (closed.number, closed.body, closed.state) == (made.number, "second", IssueState.CLOSED)
    assert isinstance(closed.closed, datetime)
    assert closed.closed.tzinfo is UTC
    async with site.connect(job(site)) as forge:
        await forge.issues.edit(made.number, "third", IssueState.OPEN)
        await forge.issues.edit(made.number, "fourth")
    [opened] = await own(site)
    assert (opened.body, opened.state, opened.closed) == ("fourth", IssueState.OPEN, None)
    assert str(made.number) in opened.url


@pytest.mark.anyio
async def test_issues_are_found_on_a_later_page(site: Site) -> None:
    for number in range(130):
        site.world.issue(site.login, f"{number}", "text", LABEL)
    assert len(await own(site)) == 130


@pytest.mark.anyio
async def test_among_too_many_issues_none_is_touched(site: Site) -> None:
    for number in range(MOST_ISSUES):
        site.world.issue("aoi" if site.kind == "github" else site.login, f"{number}", "text", LABEL)
    with pytest.raises(ForgeError) as caught:
        await own(site)
    assert caught.value.code is codes.FORGE_REFUSED


@pytest.mark.anyio
async def test_an_error_names_the_right_that_is_missing(site: Site) -> None:
    weak = site.runner.github_push() if site.kind == "github" else site.runner.gitlab_push(bot=False)
    async with site.connect(weak) as forge:
        with pytest.raises(ForgeError) as caught:
            await forge.issues.own(LABEL)
    assert caught.value.code is codes.FORGE_DENIED
    assert ("`issues: write`" if site.kind == "github" else "`api`") in str(caught.value.hint)


def written(site: Site, title: str, body: str, token: Token | None = None) -> int:
    """The status of an issue that is created without the adapter."""
    path = f"/repos/{REPOSITORY}/issues" if site.kind == "github" else f"{_PROJECT}/issues"
    key = "body" if site.kind == "github" else "description"
    ours = site.runner.issues_token if site.kind == "github" else site.runner.bot
    return asked(site, "POST", path, {"title": title, key: body}, token or ours)[0]


def test_titles_and_texts_have_limits(site: Site) -> None:
    limits, refused = (GITHUB, 422) if site.kind == "github" else (GITLAB, 400)
    assert written(site, "x" * limits.title_characters, "x" * limits.comment_characters) == 201
    assert written(site, "x" * (limits.title_characters + 1), "x") == refused
    assert written(site, "x", "x" * (limits.comment_characters + 1)) == refused


def test_a_line_with_a_slash_is_a_command_at_gitlab(gitlab: Site) -> None:
    assert written(gitlab, "x", "text\n/close\n") == 201
    assert gitlab.world.issues[0].closed_at is not None


def test_a_token_without_the_right_writes_no_issue(site: Site) -> None:
    weak = site.runner.token if site.kind == "github" else site.runner.job_token
    assert written(site, "x", "x", weak) in (401, 403)
