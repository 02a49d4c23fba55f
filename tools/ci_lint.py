"""Checks the CI files offline: zizmor for what is unsafe, check-jsonschema for what a forge would refuse.

python -m tools.ci_lint    part of `make check`; needs the extra `lint`

The files are this repository's own workflows, the composite action and reusable workflows, and the templates of `init --ci`. A
GitLab component is two documents, which are checked apart: its inputs, and the pipeline with the defaults of the inputs put in.
Each run first plants defects in copies of the files and fails if a linter does not find them.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from tools.linting import ROOT, Linter, Planted, matching_files, run_linter, undetected

TEMPLATES: Final = Path("reconciler/adapters/ci_files/templates")
COMPONENT: Final = Path("templates/reconciler/template.yml")
WORKFLOWS: Final = (".github/workflows/*.yml", f"{TEMPLATES}/github/*.yml", "examples/*/.github/workflows/*.yml")
ACTIONS: Final = ("action.yml",)
PIPELINES: Final = (f"{TEMPLATES}/gitlab/gitlab-ci.yml", "examples/*/.gitlab-ci.yml")
HOOKS: Final = (".pre-commit-hooks.yaml", ".pre-commit-config.yaml")
FILES: Final = (*WORKFLOWS, *ACTIONS, *PIPELINES, *HOOKS, str(COMPONENT))
_INPUT: Final = re.compile(r"\$\[\[ *inputs\.([\w-]+) *\]\]")


PLANTED: Final = (
    Planted("zizmor", ".github/workflows/reconciler-plan.yml", r"(actions/checkout)@\w+", r"\1@v6"),
    Planted("zizmor", "action.yml", r'reconciler ci "\$COMMAND"', "reconciler ci ${{ inputs.command }}"),
    Planted("zizmor", f"{TEMPLATES}/github/reconciler.yml", r" +persist-credentials: false\n", ""),
    Planted("zizmor", f"{TEMPLATES}/github/reconciler.yml", r"  pull_request:\n", "  pull_request_target:\n"),
    Planted("schema", f"{TEMPLATES}/github/reconciler.yml", r"queue: max", "queue: all"),
    Planted("schema", "action.yml", r"using: composite", "using: compound"),
    Planted("schema", str(COMPONENT), r"resource_group: ", "resource_groups: "),
    Planted("schema", str(COMPONENT), r"type: array", "type: list"),
    Planted("inputs", str(COMPONENT), r"inputs\.image", "inputs.picture"),
)


def main() -> int:
    problems = [*undetected(PLANTED, LINTERS, FILES), *lint(ROOT)]
    for text in problems:
        print(text, file=sys.stderr)
    if not problems:
        print(f"CI files checked; {len(PLANTED)} planted defects were found")
    return 1 if problems else 0


def lint(root: Path) -> Iterator[str]:
    """What each linter says about the files below `root`."""
    yield from zizmor(root)
    yield from schemas(root)
    yield from inputs(root)


def zizmor(root: Path) -> Iterator[str]:
    files = [*matching_files(root, WORKFLOWS), *matching_files(root, ACTIONS), *matching_files(root, HOOKS)]
    yield from run_linter("zizmor", "--offline", "--quiet", "--no-progress", "--strict-collection", *map(str, files))


def schemas(root: Path) -> Iterator[str]:
    yield from _schema("github-workflows", matching_files(root, WORKFLOWS))
    yield from _schema("github-actions", matching_files(root, ACTIONS))
    yield from _schema("gitlab-ci", matching_files(root, PIPELINES))
    with tempfile.TemporaryDirectory() as folder:
        parts = dict(zip(("inputs.yml", "pipeline.yml"), component_documents(root), strict=True))
        for name, document in parts.items():
            (Path(folder) / name).write_text(yaml.safe_dump(document))
        yield from _schema("gitlab-ci", [Path(folder) / name for name in parts])


def _schema(name: str, files: list[Path]) -> Iterator[str]:
    options = ("--data-transform", "gitlab-ci") if name == "gitlab-ci" else ()
    yield from run_linter("check-jsonschema", "--builtin-schema", f"vendor.{name}", *options, *map(str, files))


def component_documents(root: Path) -> tuple[Any, Any]:
    """The inputs of the GitLab component, and its pipeline as a project sees it that sets no input but the required ones."""
    head, pipeline = (root / COMPONENT).read_text(encoding="utf-8").split("\n---\n")
    spec = yaml.safe_load(head)
    return spec, _filled(yaml.safe_load(pipeline), spec["spec"]["inputs"])


def _filled(node: object, declared: Mapping[str, Any]) -> Any:
    match node:
        case dict():
            return {key: _filled(value, declared) for key, value in node.items()}
        case list():
            return [_filled(value, declared) for value in node]
        case str():
            whole = _INPUT.fullmatch(node)
            return _default(whole[1], declared) if whole else _INPUT.sub(lambda m: str(_default(m[1], declared)), node)
    return node


def _default(name: str, declared: Mapping[str, Any]) -> Any:
    return declared.get(name, {}).get("default", "text")


def inputs(root: Path) -> Iterator[str]:
    """Inputs that are used but not declared, or declared but not used."""
    head, pipeline = (root / COMPONENT).read_text(encoding="utf-8").split("\n---\n")
    declared, used = set(yaml.safe_load(head)["spec"]["inputs"]), set(_INPUT.findall(pipeline))
    yield from (f"{COMPONENT}: input {name} is {word}" for names, word in (
        (used - declared, "not declared"), (declared - used, "not used"),
    ) for name in sorted(names))  # fmt: skip


LINTERS: Final[Mapping[str, Linter]] = {"zizmor": zizmor, "schema": schemas, "inputs": inputs}


if __name__ == "__main__":
    sys.exit(main())
