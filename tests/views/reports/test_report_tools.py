"""Reports as other tools read them: sarif-tools, and Jenkins' schema of JUnit.

They are in an environment of their own (`make readers`). Without it the tests are skipped; with `TESTS_WANT_READERS` they fail.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from reconciler.core.results.command import CommandResult
from reconciler.views.common.context import RenderContext
from reconciler.views.i18n import language
from reconciler.views.render import render_result
from tests.views.reports.results import RESULTS, hostile_results

PROGRAMS = Path(__file__).parents[3] / ".venv-readers" / "bin"
SCHEMA = Path(__file__).parent / "schemas" / "junit-10.xsd"
HOSTILE = hostile_results("]]> [a](1) {0} <x> ##[error] \u202e,\n::a")
ALL = {**RESULTS, **{f"hostile-{n}": result for n, result in enumerate(HOSTILE)}}


def read(*words: object, folder: Path) -> subprocess.CompletedProcess[str]:
    program, *rest = words
    if not (PROGRAMS / str(program)).exists():
        (pytest.fail if os.environ.get("TESTS_WANT_READERS") else pytest.skip)("no readers of reports: make readers")
    command = [str(PROGRAMS / str(program)), *map(str, rest)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


def written(result: CommandResult, output: str, file: Path) -> Path:
    file.write_text(render_result(result, output, RenderContext(language=language("en"))), encoding="utf-8")
    return file


@pytest.mark.parametrize("name", ALL)
def test_sarif_tools_finds_the_same_results(name: str, tmp_path: Path) -> None:
    log = written(ALL[name], "sarif", tmp_path / "log.sarif")
    results = json.loads(log.read_text())["runs"][0]["results"]
    done = read("sarif", "csv", log, "-o", "rows.csv", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as rows:
        found = [(row["Severity"], row["Code"], row["Location"], row["Line"]) for row in csv.DictReader(rows)]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    expected = [
        (result["level"], result["ruleId"], place["artifactLocation"]["uri"], str(place["region"]["startLine"]))
        for result, place in zip(results, places, strict=True)
    ]
    assert Counter(found) == Counter(expected)


def test_jenkins_schema_accepts_every_report(tmp_path: Path) -> None:
    files = [written(result, "junit", tmp_path / f"{name}.xml") for name, result in ALL.items()]
    done = read("xmlschema-validate", "--schema", SCHEMA, *files, folder=tmp_path)
    assert (done.returncode, done.stdout.count("is valid")) == (0, len(ALL)), done.stdout


def test_jenkins_schema_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    """What the test before this relies on."""
    file = written(RESULTS["plan"], "junit", tmp_path / "plan.xml")
    file.write_text(file.read_text().replace("<testcase ", '<testcase file="x" ', 1))
    assert read("xmlschema-validate", "--schema", SCHEMA, file, folder=tmp_path).returncode != 0
