"""An option that has no effect is refused on the command line, and ignored in a variable of the environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

REFUSED = (
    (("import", "--partial"), "--partial needs --from"),
    (("import", "--flat", "--share", "70"), "--share has no effect with --flat"),
    (("import", "--requirement", "reconciler"), "--requirement requires --init"),
    (("import", "--init", "--requirement", "reconciler"), "--requirement needs --ci"),
    (("init", "--requirement", "reconciler"), "--requirement needs --ci"),
    (("offboard", "kyoto-tea", "--step", "stop-use"), "--step needs --write"),
    (("validate", "--check"), "--check needs --fix"),
    (("apply", "--soak", "10m", "--auto-approve"), "--soak needs --waves"),
    (("history", "--steps"), "--steps needs a shop"),
    (("onboard", "--status", "--group", "standard"), "--group cannot be combined with --status"),
)


@pytest.mark.parametrize(("words", "text"), REFUSED)
def test_refused_on_the_command_line(words: tuple[str, ...], text: str, fleet: Path, run: Run) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert f"Error: {text}" in result.stderr


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (("import",), {"RECONCILER_IMPORT_PARTIAL": "1"}),
        (("import", "--flat"), {"RECONCILER_IMPORT_SHARE": "70"}),
        (("init",), {"RECONCILER_INIT_REQUIREMENT": "reconciler"}),
        (("validate",), {"RECONCILER_VALIDATE_CHECK": "1"}),
        (("apply", "kyoto-tea", "--auto-approve"), {"RECONCILER_APPLY_SOAK": "10m"}),
        (("history",), {"RECONCILER_HISTORY_STEPS": "1"}),
    ],
)
def test_ignored_in_the_environment(words: tuple[str, ...], variables: dict[str, str], fleet: Path, run: Run) -> None:
    assert run(*words, **variables).exit_code == 0


def test_a_saved_plan_is_applied_without_options_about_manifests(fleet: Path, run: Run) -> None:
    assert run("plan", "kyoto-tea", "--out", "plan.json").exit_code == 0
    refused = run("apply", "plan.json", "--require-secrets", "--auto-approve")
    assert refused.exit_code == 1
    assert "Error: --require-secrets has no effect with a saved plan" in refused.stderr
    assert "reconciler plan --out FILE" in refused.stderr
    workers = run("apply", "plan.json", "--executor", "procrastinate", "--auto-approve")
    assert "a saved plan is applied by this process" in workers.stderr
    variables = {"RECONCILER_APPLY_REQUIRE_SECRETS": "1", "RECONCILER_APPLY_EXECUTOR": "procrastinate"}
    assert run("apply", "plan.json", "--auto-approve", **variables).exit_code == 0
