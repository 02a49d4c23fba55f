"""The provenance statement of a release: which files were built, from which commit, by what.

In: the built files, the Git work tree and the environment of the CI job. Out: an in-toto Statement (v1) with a SLSA provenance
predicate (v1), as JSON. It is not signed: docs/releasing.md says how a forge signs it. The same commit and builder give the same
bytes, except for the id of a CI run.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
STATEMENT: Final = "https://in-toto.io/Statement/v1"
PREDICATE: Final = "https://slsa.dev/provenance/v1"
BUILD_TYPE: Final = "urn:reconciler:build:make-dist:1"
LOCAL_BUILDER: Final = "urn:reconciler:builder:local"


def provenance(version: str, files: Iterable[Path], environment: Mapping[str, str] = os.environ) -> str:
    built = sorted(files)
    source = {"uri": f"git+{_repository(environment)}", "digest": {"gitCommit": _git("rev-parse", "HEAD")}}
    details: dict[str, Any] = {"builder": {"id": _builder(environment)}}
    if run := _run(environment):
        details["metadata"] = {"invocationId": run}
    statement = {
        "_type": STATEMENT,
        "subject": [{"name": path.name, "digest": {"sha256": sha256(path)}} for path in built],
        "predicateType": PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": BUILD_TYPE,
                "externalParameters": {
                    "command": "make dist",
                    "version": version,
                    "source": source,
                    "modified": bool(_git("status", "--porcelain", "--untracked-files=no")),
                },
                "internalParameters": {"SOURCE_DATE_EPOCH": _git("log", "-1", "--format=%ct")},
                "resolvedDependencies": [source, *_inputs(built)],
            },
            "runDetails": details,
        },
    }
    return json.dumps(statement, indent=1) + "\n"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _inputs(built: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """What decides on the bytes beside the commit: the pinned versions, and the program that wrote the wheel."""
    file = ROOT / "constraints.txt"
    yield {"name": file.name, "digest": {"sha256": sha256(file)}}
    for wheel in (path for path in built if path.suffix == ".whl"):
        with zipfile.ZipFile(wheel) as archive:
            name = next(each for each in archive.namelist() if each.endswith(".dist-info/WHEEL"))
            found = re.search(r"^Generator: (\S+) \((\S+)\)$", archive.read(name).decode(), re.MULTILINE)
        if found:
            yield {"uri": f"pkg:pypi/{found[1]}@{found[2]}"}


def _builder(environment: Mapping[str, str]) -> str:
    if environment.get("GITHUB_ACTIONS") == "true":
        return f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_WORKFLOW_REF']}"
    if environment.get("GITLAB_CI") == "true":
        return f"{environment['CI_PROJECT_URL']}/-/runners/{environment['CI_RUNNER_ID']}"
    return LOCAL_BUILDER


def _run(environment: Mapping[str, str]) -> str | None:
    if environment.get("GITHUB_ACTIONS") == "true":
        server, repository = environment["GITHUB_SERVER_URL"], environment["GITHUB_REPOSITORY"]
        return f"{server}/{repository}/actions/runs/{environment['GITHUB_RUN_ID']}"
    return environment.get("CI_JOB_URL") if environment.get("GITLAB_CI") == "true" else None


def _repository(environment: Mapping[str, str]) -> str:
    """Of the CI job; a local clone names no place, since it may be anywhere."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}"
    return environment.get("CI_PROJECT_URL", "urn:reconciler:source:local")


def _git(*words: str) -> str:
    command = ("git", "-C", str(ROOT), *words)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603  # fixed words
