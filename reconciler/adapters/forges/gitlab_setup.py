"""How a GitLab project is protected: protected branch, approvals, protected environments → `SetupFacts`.

Approval rules, code owners and protected environments are features of paid tiers; where GitLab has none, reading them is refused
and they are unknown.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from reconciler.adapters.forges.json_values import json_at, number_at, objects_of, text_at
from reconciler.adapters.forges.optional_reads import Read, readable
from reconciler.core.diagnostics import codes
from reconciler.ports.ci.forge import EnvironmentFacts, ForgeError, SetupFacts

_PAGE: Final = 100
_NOT_FOUND: Final = 404


async def gitlab_setup_facts(read: Read, root: str, branch: str) -> SetupFacts:
    """Raises ForgeError unless the reason is a missing right, or a feature that the project does not have."""
    project = await readable(read, root)
    protected, missing = await _protected_branch(read, root, branch)
    rules = await readable(read, f"{root}/approval_rules?per_page={_PAGE}")
    environments = await readable(read, f"{root}/protected_environments?per_page={_PAGE}")
    pipeline = json_at(project, "only_allow_merge_if_pipeline_succeeds")
    owners = json_at(protected, "code_owner_approval_required")
    trains = json_at(project, "merge_trains_enabled")
    return SetupFacts(
        protected=True if protected else (False if missing else None),
        checks=(("pipeline",) if pipeline else ()) if isinstance(pipeline, bool) else None,
        reviews=None
        if rules is None
        else max((number_at(r, "approvals_required") or 0 for r in objects_of(rules)), default=0),
        code_owners=owners if isinstance(owners, bool) else None,
        merge_queue=trains if isinstance(trains, bool) else None,
        environments=None if environments is None else _environments(environments),
    )


async def _protected_branch(read: Read, root: str, branch: str) -> tuple[Any, bool]:
    """The protection, and whether there is certainly none."""
    try:
        return (await read(f"{root}/protected_branches/{quote(branch, safe='')}")).body, False
    except ForgeError as error:
        if error.code is codes.FORGE_DENIED:
            return None, error.status == _NOT_FOUND
        raise


def _environments(body: Any) -> tuple[EnvironmentFacts, ...]:
    return tuple(
        EnvironmentFacts(
            name=text_at(each, "name") or "",
            reviewers=sum(
                number_at(rule, "required_approvals") or 0 for rule in objects_of(each.get("approval_rules"))
            ),
            limited_branches=bool(objects_of(each.get("deploy_access_levels"))),
        )
        for each in objects_of(body)
    )
