"""One comment and one record, whatever happened in between. Both forges, over loopback."""

from __future__ import annotations

import pytest

from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import Annotation, ForgeError, RecordState, RecordWrite
from tests.adapters.forges.conftest import Site
from tests.support.forge.http import Fault
from tests.support.forge.limits import GITHUB

MARKER = "<!-- reconciler:plan -->"
NAME = "reconciler / plan"
TEXT = f"reconciler plan 1 sha256:{'a' * 64} shops=2 base={'b' * 40}"


async def kept(site: Site, body: str = "first", **more: str) -> None:
    async with site.connect(**more) as forge:
        await forge.keep_comment(17, MARKER, f"{MARKER}\n{body}")


def ours(site: Site) -> list[str]:
    return [each.body for each in site.world.comments if each.login == site.login]


@pytest.mark.anyio
async def test_a_second_run_edits_the_comment_of_the_first(site: Site) -> None:
    await kept(site, "first")
    await kept(site, "second")
    assert ours(site) == [f"{MARKER}\nsecond"]


@pytest.mark.anyio
async def test_a_comment_of_another_author_with_our_marker_is_left_alone(site: Site) -> None:
    forged = site.world.comment(17, "mallory", f"{MARKER}\napproved!")
    await kept(site)
    assert forged.body == f"{MARKER}\napproved!"
    assert ours(site) == [f"{MARKER}\nfirst"]


@pytest.mark.anyio
async def test_a_comment_that_a_person_edited_is_put_right(site: Site) -> None:
    await kept(site)
    site.world.comments[-1].body = f"{MARKER}\nnothing to see"
    await kept(site, "second")
    assert ours(site) == [f"{MARKER}\nsecond"]


@pytest.mark.anyio
async def test_a_value_that_looks_like_a_marker_marks_nothing(site: Site) -> None:
    async with site.connect() as forge:
        await forge.keep_comment(17, "<!-- another -->", f"<!-- another -->\n`{MARKER}`\n{MARKER}")
    await kept(site)
    assert ours(site) == [f"<!-- another -->\n`{MARKER}`\n{MARKER}", f"{MARKER}\nfirst"]


@pytest.mark.anyio
async def test_a_deleted_comment_is_created_again(site: Site) -> None:
    async with site.connect() as forge:
        await forge.keep_comment(17, MARKER, f"{MARKER}\nplanning")
        site.world.delete_comment(site.world.comments[-1])
        await forge.keep_comment(17, MARKER, f"{MARKER}\nplanned")
    assert ours(site) == [f"{MARKER}\nplanned"]


@pytest.mark.anyio
async def test_the_comment_is_found_on_a_later_page(site: Site) -> None:
    for number in range(130):
        site.world.comment(17, "aoi", f"comment {number}")
    await kept(site)
    await kept(site, "second")
    assert ours(site) == [f"{MARKER}\nsecond"]


@pytest.mark.anyio
async def test_among_too_many_comments_none_is_added(site: Site) -> None:
    for number in range(300):
        site.world.comment(17, "aoi", f"comment {number}")
    with pytest.raises(ForgeError) as caught:
        await kept(site)
    assert caught.value.code is codes.FORGE_REFUSED
    assert ours(site) == []


@pytest.mark.anyio
async def test_a_comment_whose_answer_was_lost_is_not_written_twice(site: Site) -> None:
    site.server.faults = [Fault(method="POST", path="(comments|notes)$", status=0, after=True)]
    await kept(site)
    assert ours(site) == [f"{MARKER}\nfirst"]


@pytest.mark.anyio
async def test_a_body_that_is_too_long_is_cut_at_a_line(github: Site) -> None:
    await kept(github, f"{MARKER}\n" + "line\n" * 20_000)
    assert len(ours(github)[0]) <= GITHUB.comment_characters
    assert ours(github)[0].endswith("line\n…\n")


@pytest.mark.anyio
async def test_a_record_is_read_as_it_was_written(site: Site) -> None:
    for state in (RecordState.REVIEWABLE, RecordState.INVALID, RecordState.HELD, RecordState.DEFERRED):
        async with site.connect() as forge:
            await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.PLANNING))
            await forge.write_record("c" * 40, NAME, RecordWrite(state=state, text=TEXT, title="t", summary="s"))
        async with site.connect() as forge:
            found = await forge.read_record("c" * 40, NAME)
        assert found is not None
        assert (found.text, found.state) == (TEXT, state)


@pytest.mark.anyio
async def test_a_record_of_another_identity_counts_for_nothing(site: Site) -> None:
    line = f"{TEXT} state=reviewable"
    site.world.record("c" * 40, NAME, "other-app[bot]" if site.kind == "github" else "mallory", line)
    async with site.connect() as forge:
        assert await forge.read_record("c" * 40, NAME) is None


@pytest.mark.anyio
async def test_a_record_of_another_name_or_commit_is_not_read(site: Site) -> None:
    async with site.connect() as forge:
        await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.REVIEWABLE, text=TEXT))
        assert await forge.read_record("c" * 40, "reconciler / apply") is None
        assert await forge.read_record("d" * 40, NAME) is None


@pytest.mark.anyio
async def test_a_cancelled_run_does_not_hide_the_record_before_it(site: Site) -> None:
    async with site.connect() as forge:
        await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.REVIEWABLE, text=TEXT))
    async with site.connect() as forge:
        await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.PLANNING))
    async with site.connect() as forge:
        found = await forge.read_record("c" * 40, NAME)
        assert found is not None
        assert found.state is RecordState.REVIEWABLE
    site.world.cancel(site.world.records[-1])
    async with site.connect() as forge:
        found = await forge.read_record("c" * 40, NAME)
    assert found is not None
    assert (found.text, found.state) == ("", None)


@pytest.mark.anyio
async def test_a_state_that_does_not_fit_the_text_is_none(site: Site) -> None:
    """A person with enough rights can set a status; the line beside it does not follow."""
    async with site.connect() as forge:
        await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.INVALID, text=TEXT))
        site.world.records[-1].state = "success"
        found = await forge.read_record("c" * 40, NAME)
    assert found is not None
    assert found.state is None


@pytest.mark.anyio
async def test_a_plan_that_begins_again_after_a_cancelled_job_is_no_error(gitlab: Site) -> None:
    for _ in range(2):
        async with gitlab.connect() as forge:
            await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.PLANNING))
    assert [each.state for each in gitlab.world.records] == ["running"]


@pytest.mark.anyio
async def test_a_check_run_gets_at_most_fifty_annotations(github: Site) -> None:
    notes = [Annotation(path="shops/a.yaml", line=n, level="warning", title="t", message="m") for n in range(1, 80)]
    record = RecordWrite(state=RecordState.INVALID, text=TEXT, summary="x\n" * 60_000, annotations=notes)
    async with github.connect() as forge:
        await forge.write_record("c" * 40, NAME, record)
    content = github.world.records[-1].content
    assert len(content["annotations"]) == GITHUB.annotations
    assert content["annotations"][0] == {
        "path": "shops/a.yaml",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "warning",
        "title": "t",
        "message": "m",
    }
    assert len(content["summary"]) <= GITHUB.record_characters


@pytest.mark.anyio
async def test_a_person_has_no_check_runs(github: Site) -> None:
    person = github.world.token("aoi", "pull_requests:write", "checks:write")
    async with github.connect(GITHUB_TOKEN=person.value) as forge:
        assert await forge.read_record("c" * 40, NAME) is None
        with pytest.raises(ForgeError) as caught:
            await forge.write_record("c" * 40, NAME, RecordWrite(state=RecordState.PLANNING))
    assert caught.value.code is codes.FORGE_DENIED


@pytest.mark.anyio
async def test_a_job_token_is_told_which_token_is_needed(gitlab: Site) -> None:
    job = gitlab.runner.gitlab_merge_request(17, bot=False)
    async with gitlab.connect(job) as forge:
        with pytest.raises(ForgeError) as caught:
            await forge.keep_comment(17, MARKER, MARKER)
    assert caught.value.code is codes.FORGE_DENIED
    assert "project access token" in str(caught.value.hint)
