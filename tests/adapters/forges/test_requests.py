"""How requests behave when a forge limits, fails, moves or says nothing; and where a token goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import ForgeError, RecordState, RecordWrite
from tests.adapters.forges.conftest import Site
from tests.support.forge.http import Fault
from tests.support.forge.world import REPOSITORY, Pull

NAME = "reconciler / plan"
DONE = RecordWrite(state=RecordState.REVIEWABLE, text="text")


async def record(site: Site, *, max_calls: int | None = None, **more: str) -> None:
    async with site.connect(max_calls=max_calls, **more) as forge:
        await forge.write_record("c" * 40, NAME, DONE)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [
        (429, {"Retry-After": "7"}, 7),
        (403, {"Retry-After": "11"}, 11),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "{soon}"}, 30),
        (429, {}, 60),
    ],
)
async def test_a_limit_is_waited_for(site: Site, status: int, headers: dict[str, str], waited: int) -> None:
    began = site.clock.now()
    soon = str(int(began.timestamp()) + 30)
    sent = {name: value.format(soon=soon) for name, value in headers.items()}
    site.server.faults = [Fault(method="POST", path="(check-runs|statuses)", status=status, headers=sent)]
    await record(site)
    assert (site.clock.now() - began).total_seconds() == pytest.approx(waited, abs=1)
    assert len(site.world.records) == 1


@pytest.mark.anyio
async def test_a_limit_that_ends_too_late_is_an_error(site: Site) -> None:
    site.server.faults = [
        Fault(method="POST", path="(check-runs|statuses)", status=429, headers={"Retry-After": "3600"})
    ]
    with pytest.raises(ForgeError) as caught:
        await record(site)
    assert (caught.value.code, len(site.server.requests)) == (codes.FORGE_LIMITED, 1)


@pytest.mark.anyio
@pytest.mark.parametrize("status", [500, 502, 0])
async def test_a_read_that_fails_is_repeated_a_few_times(site: Site, status: int) -> None:
    await record(site)
    fault = Fault(method="GET", path="(check-runs|statuses)", status=status, times=2)
    site.server.faults = [fault]
    async with site.connect() as forge:
        assert await forge.read_record("c" * 40, NAME)
        fault.times = 3
        with pytest.raises(ForgeError) as caught:
            await forge.read_record("c" * 40, NAME)
    assert caught.value.code is codes.FORGE_UNREACHABLE


@pytest.mark.anyio
async def test_calls_are_bounded_retries_included(site: Site) -> None:
    site.server.faults = [Fault(method="POST", path=".", status=429, headers={"Retry-After": "1"}, times=99)]
    with pytest.raises(ForgeError) as caught:
        await record(site, max_calls=2)
    assert (caught.value.code, len(site.server.requests)) == (codes.FORGE_BUDGET, 2)


@pytest.mark.anyio
async def test_without_patience_there_is_one_attempt(site: Site) -> None:
    site.server.faults = [Fault(method="POST", path=".", status=503, times=99)]
    async with site.connect() as forge:
        with pytest.raises(ForgeError):
            await forge.write_record("c" * 40, NAME, DONE, patient=False)
    assert len(site.server.requests) == 1


@pytest.mark.anyio
async def test_a_forge_that_is_not_there_is_unreachable(site: Site) -> None:
    with pytest.raises(ForgeError) as caught:
        await record(site, GITHUB_API_URL="http://127.0.0.1:9", CI_API_V4_URL="http://127.0.0.1:9/api/v4")
    assert caught.value.code is codes.FORGE_UNREACHABLE


@pytest.mark.anyio
async def test_an_answer_that_makes_no_sense_is_an_error(site: Site) -> None:
    site.server.faults = [Fault(method="GET", path=".", status=200, body="<html>")]
    site.server.faults += [Fault(method="POST", path="graphql", status=200, body={"errors": []})]
    async with site.connect() as forge:
        with pytest.raises(ForgeError) as caught:
            await forge.read_record("c" * 40, NAME)
    assert caught.value.code is codes.FORGE_UNEXPECTED


@pytest.mark.anyio
async def test_a_page_of_a_proxy_does_not_say_that_there_is_nothing(site: Site) -> None:
    commit, since = "c" * 40, datetime(2026, 3, 8, tzinfo=UTC)
    for act in (
        lambda forge: forge.pull_request_of(commit),
        lambda forge: forge.merged("main", since),
        lambda forge: forge.read_record(commit, NAME),
        lambda forge: forge.keep_comment(17, "<!-- x -->", "<!-- x -->"),
    ):
        async with site.connect() as forge:
            await forge.keep_comment(17, "<!-- first -->", "<!-- first -->")
            site.server.faults = [Fault(method="GET", path=".", status=200, body="<html>")]
            with pytest.raises(ForgeError) as caught:
                await act(forge)
        assert caught.value.code is codes.FORGE_UNEXPECTED


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("root", "code"),
    [
        ("http://forge.example", codes.FORGE_TOKEN),
        ("ftp://127.0.0.1", codes.FORGE_TOKEN),
        ("https://user:pw@forge.example", codes.FORGE_TOKEN),
        ("https://", codes.FORGE_TOKEN),
        ("https://forge.example:x", codes.FORGE_TOKEN),
    ],
)
async def test_a_token_goes_nowhere_unencrypted(site: Site, root: str, code: object) -> None:
    with pytest.raises(ForgeError) as caught:
        await record(site, GITHUB_API_URL=root, CI_API_V4_URL=root)
    assert caught.value.code is code
    assert site.server.requests == []


@pytest.mark.anyio
@pytest.mark.parametrize("location", ["http://127.0.0.1:9/elsewhere", "https://evil.example/", "http://[", ""])
async def test_a_redirect_to_another_host_is_not_followed(site: Site, location: str) -> None:
    headers = {"Location": location}
    site.server.faults = [Fault(method="POST", path="(check-runs|statuses)", status=307, headers=headers)]
    with pytest.raises(ForgeError) as caught:
        await record(site)
    assert caught.value.code is codes.FORGE_REFUSED
    assert len(site.server.requests) == 1


@pytest.mark.anyio
async def test_a_repository_that_was_renamed_is_followed_on_the_same_host(github: Site) -> None:
    moved = f"/repos/{REPOSITORY}/check-runs"
    github.server.faults = [Fault(method="POST", path="check-runs", status=307, headers={"Location": moved})]
    await record(github)
    assert len(github.world.records) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("value", ["", "with space inside", "short", "ghs_日本語のトークン"])
async def test_what_is_no_token_is_not_sent(site: Site, value: str) -> None:
    names = {"GITHUB_TOKEN": value, "CI_JOB_TOKEN": value, "RECONCILER_FORGE_TOKEN": ""}
    with pytest.raises(ForgeError) as caught:
        await record(site, **names)
    assert caught.value.code is codes.FORGE_TOKEN
    assert site.server.requests == []
    assert value == "" or value not in str(caught.value)


@pytest.mark.anyio
async def test_an_error_quotes_little_of_the_forge_and_no_token(site: Site) -> None:
    token = site.runner.token.value
    said = {"message": f"Bad\n::error::{token} Bearer {token}0123456789 " + "x" * 500}
    site.server.faults = [Fault(method="POST", path=".", status=422, body=said)]
    with pytest.raises(ForgeError) as caught:
        await record(site)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 300
    assert f"Bearer {token}" not in text


@pytest.mark.anyio
async def test_what_was_merged_since(site: Site) -> None:
    world = site.world
    world.at(datetime(2026, 3, 3, tzinfo=UTC))
    old = world.merge(17, "squash")
    world.at(datetime(2026, 3, 9, tzinfo=UTC))
    found: list[Pull] = []
    for how in ("merge", "rebase", "queue"):
        world.remote.commit(f"f-{how}", {f"shops/{how}.yaml": "1"})
        world.remote.commit(f"f-{how}", {f"shops/{how}.yaml": "2"})
        number = world.open_pull(f"f-{how}").number
        world.at(world.now.replace(hour=len(found)))
        found.append(world.merge(number, how))
    async with site.connect() as forge:
        merged = await forge.merged("main", datetime(2026, 3, 8, tzinfo=UTC))
        assert [each.number for each in merged] == [each.number for each in reversed(found)]
        assert [each.merge_commit for each in merged] == [each.merge_commit for each in reversed(found)]
        assert [each.head for each in merged] == [each.head for each in reversed(found)]
        assert await forge.merged("other", datetime(2026, 3, 8, tzinfo=UTC)) == []
        first_of_rebase = min(world._brought(found[1]) - {found[1].merge_commit})
        brought = await forge.pull_request_of(first_of_rebase)
        assert brought is not None
        assert brought.number == found[1].number
        assert await forge.pull_request_of(world.pulls[17].base) is None
        whole = await forge.pull_request(17)
    assert (whole.number, whole.head, whole.merge_commit, whole.base) == (17, old.head, old.merge_commit, old.base)


@pytest.mark.anyio
async def test_more_merges_than_a_page_holds(site: Site) -> None:
    world = site.world
    world.at(datetime(2026, 3, 3, tzinfo=UTC))
    one = world.merge(17, "squash")
    for number in range(100, 250):
        world.pulls[number] = replace(one, number=number)
    async with site.connect() as forge:
        assert len(await forge.merged("main", datetime(2026, 3, 2, tzinfo=UTC))) == 151
        assert await forge.merged("main", datetime(2026, 3, 4, tzinfo=UTC)) == []
