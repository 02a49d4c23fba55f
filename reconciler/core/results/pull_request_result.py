"""What `ci plan` shows in a pull request: the plan, and what the pull request is. The comment and the summary of the job are
rendered from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Code, Diagnostic
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.command import CommandResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen


class ReviewState(Enum):
    """PLANNING: the job runs. REVIEWABLE: the plan is complete. INVALID: it cannot be applied. HELD: a guard waits for a person.
    FAILED: no plan could be made. VALIDATED: of a fork, whose manifests were only checked.
    """

    PLANNING = "planning"
    REVIEWABLE = "reviewable"
    INVALID = "invalid"
    HELD = "held"
    FAILED = "failed"
    VALIDATED = "validated"


@frozen
class ArtifactFinding:
    """A diagnostic of the first stage, without its text: that is not believed. `origin` is a file of the repository."""

    code: Code
    origin: Origin | None


@frozen
class PullRequestResult(CommandResult):
    """`head` is the commit that is reviewed, `base` what it was compared with, `run_url` the page of the job. `marker` has to be
    in a comment, so that it is found again. `plan` is None unless a plan was made. `valid` and `findings` are those of a fork.
    """

    kind: ClassVar[str] = "pull-request"
    state: ReviewState
    number: int
    head: str
    base: str = ""
    run_url: str = ""
    marker: str = ""
    plan: PlanResult | None = None
    valid: int = 0
    broken: tuple[str, ...] = ()
    findings: tuple[ArtifactFinding, ...] = ()

    @property
    def all_diagnostics(self) -> tuple[Diagnostic, ...]:
        return (*self.diagnostics, *(() if self.plan is None else self.plan.all_diagnostics))

    @property
    def counts(self) -> Mapping[str, int]:
        return {} if self.plan is None else self.plan.counts

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {} if self.plan is None else self.plan.outcomes

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.DONE if self.plan is None else self.plan.exit_code
