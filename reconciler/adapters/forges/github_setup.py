"""How a GitHub repository is protected: rulesets, branch protection, environments → `SetupFacts`.

Three reads that the job's token may make. Classic branch protection shows its required checks to everybody, and its reviews only
to administrators: then `reviews` and `code_owners` are unknown.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from reconciler.adapters.forges.json_values import json_at, number_at, objects_of, text_at
from reconciler.adapters.forges.optional_reads import Read, readable
from reconciler.ports.ci.forge import EnvironmentFacts, SetupFacts

_PAGE: Final = 100


async def github_setup_facts(read: Read, root: str, branch: str) -> SetupFacts:
    """Raises ForgeError unless the reason is a missing right."""
    name = quote(branch, safe="")
    found = await readable(read, f"{root}/rules/branches/{name}?per_page={_PAGE}")
    rules = None if found is None else objects_of(found)
    described = await readable(read, f"{root}/branches/{name}")
    environments = await readable(read, f"{root}/environments?per_page={_PAGE}")
    classic = json_at(described, "protected")
    return SetupFacts(
        protected=True if rules else (classic if isinstance(classic, bool) else None),
        checks=_checks(rules, described),
        reviews=_reviews(rules, classic=classic is True),
        code_owners=_code_owners(rules, classic=classic is True),
        merge_queue=None if rules is None else any(rule.get("type") == "merge_queue" for rule in rules),
        environments=None if environments is None else _environments(environments),
    )


def _checks(rules: Any, described: Any) -> tuple[str, ...] | None:
    if rules is None and described is None:
        return None
    ruled = [
        text_at(check, "context")
        for rule in objects_of(rules)
        if rule.get("type") == "required_status_checks"
        for check in objects_of(json_at(rule, "parameters", "required_status_checks"))
    ]
    contexts = json_at(described, "protection", "required_status_checks", "contexts")
    classic = [each for each in contexts if isinstance(each, str)] if isinstance(contexts, list) else []
    return tuple(sorted({each for each in (*ruled, *classic) if each}))


def _reviews(rules: Any, *, classic: bool) -> int | None:
    counts = [number_at(rule, "parameters", "required_approving_review_count") or 0 for rule in _review_rules(rules)]
    return max(counts) if counts else (None if classic or rules is None else 0)


def _code_owners(rules: Any, *, classic: bool) -> bool | None:
    if any(json_at(rule, "parameters", "require_code_owner_review") is True for rule in _review_rules(rules)):
        return True
    return None if classic or rules is None else False


def _review_rules(rules: Any) -> list[Any]:
    return [rule for rule in objects_of(rules) if rule.get("type") == "pull_request"]


def _environments(body: Any) -> tuple[EnvironmentFacts, ...]:
    return tuple(
        EnvironmentFacts(
            name=text_at(each, "name") or "",
            reviewers=sum(len(objects_of(rule.get("reviewers"))) for rule in objects_of(each.get("protection_rules"))),
            limited_branches=isinstance(each.get("deployment_branch_policy"), dict),
        )
        for each in objects_of(json_at(body, "environments"))
    )
