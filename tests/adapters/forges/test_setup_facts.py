"""What the forge says of the protection of a branch: each fact, and None where the token may not read it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import EnvironmentFacts, ForgeError, SetupFacts
from tests.adapters.forges.conftest import Site
from tests.support.forge.http import Fault

UNKNOWN = SetupFacts(protected=None, checks=None, reviews=None, code_owners=None, merge_queue=None, environments=None)


def review(count: int, *, owners: bool) -> dict[str, Any]:
    parameters = {"required_approving_review_count": count, "require_code_owner_review": owners}
    return {"type": "pull_request", "parameters": parameters}


def required(*names: str) -> dict[str, Any]:
    checks = [{"context": name, "integration_id": 15368} for name in names]
    return {"type": "required_status_checks", "parameters": {"required_status_checks": checks}}


async def facts(site: Site, **protection: Any) -> SetupFacts:
    site.world.protection = protection
    async with site.connect() as forge:
        return await forge.setup_facts("main")


@pytest.mark.anyio
async def test_a_token_that_may_read_nothing_knows_nothing(site: Site) -> None:
    found = await facts(site)
    missing = {"protected": False} if site.kind == "gitlab" else {}
    assert found == SetupFacts(**{**_fields(UNKNOWN), **missing})


@pytest.mark.anyio
async def test_rules_of_github_add_up(github: Site) -> None:
    rules = [review(1, owners=False), review(2, owners=True), required("b", "a"), {"type": "merge_queue"}]
    branch = {"protected": False, "protection": {"required_status_checks": {"contexts": ["c", "a"]}}}
    found = await facts(github, rules=rules, branch=branch)
    assert (found.protected, found.checks, found.reviews) == (True, ("a", "b", "c"), 2)
    assert (found.code_owners, found.merge_queue) == (True, True)


@pytest.mark.anyio
async def test_classic_protection_of_github_hides_its_reviews(github: Site) -> None:
    found = await facts(github, rules=[], branch={"protected": True})
    assert (found.protected, found.checks, found.merge_queue) == (True, (), False)
    assert (found.reviews, found.code_owners) == (None, None)


@pytest.mark.anyio
async def test_a_branch_of_github_that_nothing_protects(github: Site) -> None:
    found = await facts(github, rules=[], branch={"protected": False})
    assert (found.protected, found.reviews, found.code_owners) == (False, 0, False)


@pytest.mark.anyio
async def test_environments_of_github(github: Site) -> None:
    reviewers = {"type": "required_reviewers", "reviewers": [{"type": "User"}, {"type": "Team"}]}
    all_environments = [
        {
            "name": "production",
            "protection_rules": [reviewers],
            "deployment_branch_policy": {"protected_branches": True},
        },
        {"name": "test", "protection_rules": [], "deployment_branch_policy": None},
    ]
    found = await facts(github, environments={"total_count": 2, "environments": all_environments})
    assert found.environments == (
        EnvironmentFacts(name="production", reviewers=2, limited_branches=True),
        EnvironmentFacts(name="test", reviewers=0, limited_branches=False),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("on", [True, False])
async def test_settings_of_a_gitlab_project(gitlab: Site, on: bool) -> None:
    found = await facts(
        gitlab,
        project={"only_allow_merge_if_pipeline_succeeds": on, "merge_trains_enabled": on},
        protected_branch={"name": "main", "code_owner_approval_required": on},
        approval_rules=[{"approvals_required": 1}, {"approvals_required": 2}] if on else [],
        protected_environments=[],
    )
    assert (found.protected, found.checks, found.reviews) == (True, ("pipeline",) if on else (), 2 if on else 0)
    assert (found.code_owners, found.merge_queue, found.environments) == (on, on, ())


@pytest.mark.anyio
async def test_environments_of_gitlab(gitlab: Site) -> None:
    rules = [{"required_approvals": 1}, {"required_approvals": 2}]
    production = {"name": "production", "deploy_access_levels": [{"access_level": 40}], "approval_rules": rules}
    found = await facts(gitlab, protected_environments=[production, {"name": "test"}])
    assert found.environments == (
        EnvironmentFacts(name="production", reviewers=3, limited_branches=True),
        EnvironmentFacts(name="test", reviewers=0, limited_branches=False),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("body", [[], {}, "text", 7, [{"type": 1}], {"environments": [[]], "protected": "yes"}])
async def test_an_answer_of_another_form_is_no_protection(site: Site, body: Any) -> None:
    names = (
        "rules",
        "branch",
        "environments",
        "project",
        "protected_branch",
        "approval_rules",
        "protected_environments",
    )
    found = await facts(site, **dict.fromkeys(names, body))
    assert not found.checks
    assert not found.reviews
    assert not found.code_owners
    assert not found.merge_queue
    assert not [each for each in found.environments or () if each.name or each.reviewers or each.limited_branches]


@pytest.mark.anyio
async def test_a_forge_that_fails_is_an_error_and_not_a_missing_protection(site: Site) -> None:
    site.server.faults = [Fault(method="GET", path=".", status=500, times=99)]
    with pytest.raises(ForgeError) as caught:
        await facts(site)
    assert caught.value.code is codes.FORGE_UNREACHABLE


def _fields(found: SetupFacts) -> dict[str, Any]:
    return {name: getattr(found, name) for name in (field.name for field in fields(SetupFacts))}
