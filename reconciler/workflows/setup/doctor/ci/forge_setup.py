"""What the forge says of the branch and of the environments: only in a CI job with a token, or it is listed as not checked.

In: the facts, and the name of the check that records a plan. Out: checks. A fact that the token may not read is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Code, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.ports import SetupError
from reconciler.ports.ci.forge import ForgeError, ForgeKind
from reconciler.workflows.setup.doctor.check import Check, passed, problem, problem_of, skipped

if TYPE_CHECKING:
    from reconciler.ports.ci.forge import CiContext, EnvironmentFacts, SetupFacts
    from reconciler.workflows.session import Session

_PROTECT: Final = msg(
    "Protect the branch: require a pull request, a review from code owners, and the check of the plan"
)
_ENVIRONMENT: Final = msg("Limit the environment to the protected branch, and keep the secrets that can write in it")


async def check_forge(session: Session, environments: Sequence[str]) -> list[Check]:
    """`environments` are the names that jobs of the CI files apply in."""
    try:
        context = session.ci_job().context()
    except SetupError:
        return [
            skipped(
                msg(
                    "Not checked outside a CI job: protection of the branch and of the environment, rights of the token"
                )
            )
        ]
    branch = context.default_branch
    if branch is None:
        return [skipped(msg("Not checked: protection of the branch, since the job does not name the default branch"))]
    try:
        async with session.ci_job().connect(context) as forge:
            facts = await forge.setup_facts(branch)
    except ForgeError as error:
        return [problem(error.text, error.hint)]
    return [*_branch(context, branch, facts), *_environments(environments, facts)]


def _branch(context: CiContext, branch: str, facts: SetupFacts) -> Iterator[Check]:
    yield from (
        _judged(
            facts.protected,
            fine=msg("{branch} is protected", branch=branch),
            wrong=msg("{branch} is not protected: a push reaches the shops without a review", branch=branch),
            unknown=msg("Not checked: whether {branch} is protected", branch=branch),
        ),
        _judged(
            None if facts.reviews is None else facts.reviews > 0,
            fine=msg("A merge into {branch} needs a review", branch=branch),
            wrong=msg("A merge into {branch} needs no review", branch=branch),
            unknown=msg("Not checked: whether a merge into {branch} needs a review", branch=branch),
        ),
        _judged(
            facts.code_owners,
            fine=msg("A merge into {branch} needs a review from code owners", branch=branch),
            wrong=msg("A merge into {branch} needs no review from code owners", branch=branch),
            unknown=msg("Not checked: whether a merge into {branch} needs a review from code owners", branch=branch),
        ),
        _judged(
            None if facts.checks is None else _plan_is_required(context.forge, facts.checks),
            fine=msg("A merge into {branch} needs a plan", branch=branch),
            wrong=msg("A merge into {branch} does not need the check of the plan", branch=branch),
            unknown=msg("Not checked: whether a merge into {branch} needs a plan", branch=branch),
        ),
    )


def _plan_is_required(forge: ForgeKind, checks: Sequence[str]) -> bool:
    """The record or the job `plan`, which a merge queue has to take. GitLab requires the pipeline as a whole."""
    if forge is ForgeKind.GITLAB:
        return bool(checks)
    return any("reconciler" in check or check.rpartition(" / ")[2] == "plan" for check in checks)


def _environments(names: Sequence[str], facts: SetupFacts) -> Iterator[Check]:
    for name in names:
        found = None if facts.environments is None else _protects(name, facts.environments)
        yield _judged(
            found,
            fine=msg("The environment {name} is limited to some branches", name=name),
            wrong=msg("The environment {name} is open to every branch: a pull request can get its secrets", name=name),
            unknown=msg("Not checked: whether the environment {name} is limited to some branches", name=name),
            code=codes.UNPROTECTED_APPLY,
            fix=_ENVIRONMENT,
        )


def _protects(name: str, environments: Sequence[EnvironmentFacts]) -> bool:
    return any(each.name == name and each.limited_branches for each in environments)


def _judged(  # the texts of one check, by keyword
    fact: bool | None,
    *,
    fine: Message,
    wrong: Message,
    unknown: Message,
    code: Code = codes.UNPROTECTED_BRANCH,
    fix: Message = _PROTECT,
) -> Check:
    if fact is None:
        return skipped(unknown)
    return passed(fine) if fact else problem_of(diagnostic(code, wrong, hint=fix))
