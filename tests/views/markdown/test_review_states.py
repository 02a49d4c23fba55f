"""What the comment in a pull request says in each state of its review; of a fork only codes, files and counts."""

from __future__ import annotations

import pytest

from reconciler.core.diagnostics import codes
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.pull_request_result import ArtifactFinding, PullRequestResult, ReviewState
from reconciler.core.values import Origin
from reconciler.views.common.context import RenderContext
from reconciler.views.render import render_result
from tests.views import samples

HEAD = "0123456789abcdef0123456789abcdef01234567"


def paragraphs(state: ReviewState, english: RenderContext, **more: object) -> list[str]:
    result = PullRequestResult(state=state, number=7, head=HEAD, **more)  # type: ignore[arg-type]
    return render_result(result, "markdown", english).rstrip("\n").split("\n\n")


@pytest.mark.parametrize(
    ("state", "title", "note"),
    [
        (ReviewState.PLANNING, "Planning: the plan for this commit is not complete yet", None),
        (ReviewState.INVALID, "Plan: invalid, it cannot be applied", None),
        (ReviewState.HELD, "Plan: held by a guard", "What a guard holds is not applied after the merge."),
        (
            ReviewState.FAILED,
            "No plan: the job failed before it was complete",
            "The log of the job has the reason. Fix it, then run the job again.",
        ),
    ],
)
def test_without_a_plan_it_says_where_the_review_is(
    state: ReviewState, title: str, note: str | None, english: RenderContext
) -> None:
    assert paragraphs(state, english) == [f"**{title}**", "Commit 0123456789ab", *([] if note is None else [note])]


@pytest.mark.parametrize(
    ("plan", "title", "applied"),
    [(samples.plan, "Plan: ready for review", True), (samples.quiet_plan, "Plan: no changes", False)],
)
def test_only_a_plan_with_changes_is_applied_after_the_merge(plan, title, applied, english: RenderContext) -> None:
    shown = paragraphs(ReviewState.REVIEWABLE, english, plan=PlanResult(plan=plan()), base="f" * 40)
    assert shown[:2] == [f"**{title}**", "Commit 0123456789ab, compared with ffffffffffff"]
    assert ("After the merge exactly this plan is applied." in shown) is applied


def test_of_a_fork_codes_and_files_are_shown_and_no_file_is_markup(english: RenderContext) -> None:
    found = (
        ArtifactFinding(code=codes.UNKNOWN_KEY, origin=Origin("shops/[a](b).yaml", 3, 1)),
        ArtifactFinding(code=codes.NOT_YAML, origin=None),
    )
    shown = paragraphs(ReviewState.VALIDATED, english, valid=4, broken=("shops/[a](b).yaml",), findings=found)
    assert shown[0] == "**Manifests of a fork: validated, not planned**"
    assert shown[2] == "Valid manifests: 4. Broken: 1"
    first, second = shown[3:]
    assert first.startswith(f"- {codes.UNKNOWN_KEY.number} ")
    assert first.endswith(" `shops/[a](b).yaml:3:1`")
    assert second.startswith(f"- {codes.NOT_YAML.number} ")
    assert "`" not in second


@pytest.mark.parametrize(("count", "rest"), [(50, None), (53, "3 more in the log of the job")])
def test_of_many_findings_of_a_fork_the_first_fifty_are_shown(
    count: int, rest: str | None, english: RenderContext
) -> None:
    found = tuple(
        ArtifactFinding(code=codes.UNKNOWN_KEY, origin=Origin("shops/uji.yaml", n + 1, 1)) for n in range(count)
    )
    shown = paragraphs(ReviewState.VALIDATED, english, findings=found)
    lines = [line for part in shown for line in part.splitlines() if line.startswith("- ")]
    assert [line.rsplit(" ", 1)[1] for line in lines] == [f"`shops/uji.yaml:{n + 1}:1`" for n in range(50)]
    assert (shown[-1] == rest) is (rest is not None)


def test_findings_are_of_a_fork_only(english: RenderContext) -> None:
    found = (ArtifactFinding(code=codes.UNKNOWN_KEY, origin=None),)
    assert not [part for part in paragraphs(ReviewState.FAILED, english, findings=found) if part.startswith("- ")]
