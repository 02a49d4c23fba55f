"""The result of the mutation tests: a floor for killed mutants, a reason for each survivor, and stable names."""

from __future__ import annotations

from pathlib import Path

from tools.mutants import EXPLAINED, FLOOR, Mutant, changed_lines, failures, read_explained, read_results, report

ONE = Mutant(function="package.module.function", change="- a < b\n+ a <= b")
TWO = Mutant(function="package.module.Owner.method", change="- a\n+ None")


def test_a_mutant_is_named_by_the_lines_that_differ() -> None:
    diff = "--- a.py\n+++ a.py\n@@ -1,3 +1,3 @@\n def function():\n-    return a < b\n+    return a <= b\n"

    assert changed_lines(diff) == "- return a < b\n+ return a <= b"


def test_each_survivor_needs_a_reason() -> None:
    assert list(failures(100, [ONE], {ONE: "equivalent"})) == []
    (fault,) = failures(100, [ONE, TWO], {ONE: "equivalent"})
    assert fault.startswith("1 survivors are not explained")
    assert "NOT EXPLAINED: package.module.Owner.method" in "\n".join(report(100, [ONE, TWO], {ONE}))


def test_an_explained_survivor_counts_as_survived() -> None:
    assert list(failures(10, [ONE], {ONE: "equivalent"})) == []
    assert list(failures(9, [ONE], {ONE: "equivalent"})) == [f"fewer than {FLOOR} % of the mutants are killed"]
    assert list(failures(0, [], {})) == ["there are no mutants"]


def test_an_explanation_without_survivor_is_reported() -> None:
    lines = list(report(10, [], {ONE: "equivalent"}))

    assert lines[0] == f"mutants 10, killed 10 (100.0 %, floor {FLOOR} %), survived 0"
    assert "no longer survives" in lines[1]


def test_a_mutant_that_was_not_tested_has_not_been_killed(tmp_path: Path) -> None:
    (tmp_path / "a.py.meta").write_text('{"exit_code_by_key": {"a.x_f__mutmut_1": null, "a.x_f__mutmut_2": 1}}')

    assert list(read_results(tmp_path)) == [("a.x_f__mutmut_1", 0), ("a.x_f__mutmut_2", 1)]


def test_every_explanation_has_its_words() -> None:
    explained = read_explained(EXPLAINED)

    assert all(len(reason.split()) > 2 for reason in explained.values())
    assert all(mutant.function.startswith("reconciler.core.planning.") for mutant in explained)
