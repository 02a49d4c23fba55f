"""Entity tags, conditional reads, and writes that need the present version."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio

from reconciler.conformance.answers import (
    BackendAnswer,
    expect_new_version,
    expect_problem,
    expect_status,
    expect_strong_version,
    expect_value,
)
from reconciler.conformance.checks.pages import page_with
from reconciler.conformance.client import API, path_of_shop
from reconciler.conformance.kit import Kit, Probe, list_path
from reconciler.conformance.registry import checks_clause
from reconciler.conformance.shop_state import ROUTES, SETTINGS, STOREFRONT
from reconciler.conformance.verdicts import named_value
from reconciler.core.diagnostics.messages import msg

OTHER_VERSION = '"of-another-version"'


async def _versioned(kit: Kit) -> AsyncIterator[tuple[str, BackendAnswer]]:
    """Every route that returns a resource, with its answer."""
    paths = [
        *(path_of_shop(kit.shop, route) for route in ROUTES),
        path_of_shop(kit.shop, "integration"),
        f"{API}/orders",
    ]
    paths += [f"{API}/integrations?limit=2"] if kit.operator else []
    paths += [f"{path_of_shop(kit.shop, 'changes')}?limit=2"] if "changes" in kit.capabilities else []
    for path in paths:
        yield path, expect_status(await kit.client.read(path, kit.shop), 200)


@checks_clause("K201")
async def _strong_tags(kit: Kit) -> None:
    async for _path, answer in _versioned(kit):
        expect_strong_version(answer)


@checks_clause("K202")
async def _not_modified(kit: Kit) -> None:
    async for path, answer in _versioned(kit):
        again = await kit.client.read(path, kit.shop, If_None_Match=answer.etag)
        expect_status(again, 304)
        if again.text:
            raise again.broken(msg("no body"), msg("a body of {count} characters", count=len(again.text)))
        expect_status(await kit.client.read(path, kit.shop, If_None_Match=OTHER_VERSION), 200)


@checks_clause("K203")
async def _required(kit: Kit) -> None:
    for probe in kit.probes():
        answer = await kit.client.send(probe.method, probe.path, probe.shop, probe.make(probe.after))
        expect_problem(answer, "PRECONDITION_REQUIRED")
        await expect_unchanged(kit, probe, answer)


@checks_clause("K204")
async def _outdated(kit: Kit) -> None:
    for probe in kit.probes():
        old = (await kit.resource(probe.shop, probe.route)).etag
        expect_status(await kit.write(probe, probe.after, if_match=old), 200)
        for tag in (old, OTHER_VERSION):
            answer = await kit.write(probe, probe.before, if_match=tag)
            expect_problem(answer, "PRECONDITION_FAILED")
            await expect_unchanged(kit, probe, answer, probe.after)
        await kit.write(probe, probe.before)


@checks_clause("K205")
async def _version_before_content(kit: Kit) -> None:
    url = f"https://check-{kit.run}.reconciler.example/ipn"
    seller = list_path(kit.unknown_seller)
    if (await kit.client.read(seller, kit.shop)).status == 200:
        answer = await kit.client.send("DELETE", f"{seller}&url={url}", kit.shop, headers={"If-Match": OTHER_VERSION})
        expect_problem(answer, "PRECONDITION_FAILED")
    answer = await kit.client.send(
        "PATCH",
        path_of_shop(kit.shop, SETTINGS),
        kit.shop,
        {"clientId": "not-a-client-id"},
        headers={"If-Match": OTHER_VERSION},
    )
    expect_problem(answer, "PRECONDITION_FAILED")


@checks_clause("K206")
async def _new_versions(kit: Kit) -> None:
    for probe in kit.probes():
        before = await kit.resource(probe.shop, probe.route)
        whole = await kit.integration(probe.shop)
        if probe.route == STOREFRONT:
            continue
        page = await page_with(kit, probe.shop) if kit.operator else None
        expect_status(await kit.write(probe, probe.after), 200)
        if page is not None:  # also drift checks and applies ask for a page only if it changed
            expect_status(await kit.client.read(page.request.partition(" ")[2], If_None_Match=page.etag), 200)
        expect_new_version(await kit.resource(probe.shop, probe.route), before.etag)
        expect_new_version(await kit.integration(probe.shop), whole.etag)
        await kit.write(probe, probe.before)


@checks_clause("K207")
async def _each_put_counts(kit: Kit) -> None:
    probe = kit.probe(STOREFRONT)
    seen = [(await kit.resource(probe.shop, STOREFRONT)).etag]
    for _ in range(2):
        expect_new_version(expect_status(await kit.write(probe, probe.before), 200), seen[-1])
        answer = await kit.resource(probe.shop, STOREFRONT)
        expect_new_version(answer, seen[-1])
        seen.append(answer.etag)
    expect_value(answer, "ETag", len(seen), len(set(seen)))


@checks_clause("K208")
async def _one_of_two(kit: Kit) -> None:
    for probe in kit.probes():
        tag = (await kit.resource(probe.shop, probe.route)).etag
        answers: list[BackendAnswer] = []

        async def write(probe: Probe = probe, tag: str = tag, answers: list[BackendAnswer] = answers) -> None:
            answers.append(await kit.write(probe, probe.after, if_match=tag))

        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(write)
        accepted = sum(answer.status == 200 for answer in answers)
        if accepted != 1:
            raise answers[0].broken(named_value("accepted", 1), named_value("accepted", accepted))
        for answer in answers:
            if answer.status != 200:
                expect_problem(answer, "PRECONDITION_FAILED")
        await kit.write(probe, probe.before)


async def expect_unchanged(kit: Kit, probe: Probe, answer: BackendAnswer, value: object = None) -> None:
    """A refused write has stored nothing: the probe's value is as before, or as given."""
    present = probe.value_in((await kit.resource(probe.shop, probe.route)).body)
    expect_value(answer, probe.name, probe.before if value is None else value, present)
