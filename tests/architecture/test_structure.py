"""The structure of the tree: names with one meaning, small folders, modules and functions.

Which package may import which is checked by import-linter (`pyproject.toml`), cycles included.
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "reconciler"
FILES_IN_A_FOLDER = 20
LINES_OF_A_MODULE = 300
LINES_OF_A_FUNCTION = {"median": 6, "p90": 16, "longest": 60}
ENTRY_POINTS = frozenset({"main", "upgrade", "downgrade"})
"""Names that a framework calls: a program's entry and Alembic's two."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def definitions(path: Path) -> Iterator[ast.ClassDef | Function]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def package_of(path: Path) -> str:
    return path.parent.relative_to(ROOT).as_posix()


def test_no_class_name_stands_for_two_things() -> None:
    packages = defaultdict(set)
    for path in sources(PACKAGE):
        for node in definitions(path):
            if isinstance(node, ast.ClassDef):
                packages[node.name].add(package_of(path))
    assert {name: sorted(places) for name, places in packages.items() if len(places) > 1} == {}


def is_command(node: Function) -> bool:
    """A function that click calls by the name of its command."""
    return any(
        "command" in ast.unparse(decorator) or "group" in ast.unparse(decorator) for decorator in node.decorator_list
    )


def test_no_public_function_name_stands_for_two_things() -> None:
    packages = defaultdict(set)
    for path in sources(PACKAGE):
        for node in definitions(path):
            if isinstance(node, ast.ClassDef) or node.name.startswith("_") or node.name in ENTRY_POINTS:
                continue
            if not is_command(node):
                packages[node.name].add(package_of(path))
    assert {name: sorted(places) for name, places in packages.items() if len(places) > 1} == {}


@pytest.mark.parametrize("top", ["reconciler", "tests"])
def test_a_folder_can_be_surveyed(top: str) -> None:
    files = Counter(package_of(path) for path in sources(ROOT / top))
    assert {folder: count for folder, count in files.items() if count > FILES_IN_A_FOLDER} == {}


def test_a_module_stays_short() -> None:
    lines = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in sources(PACKAGE)}
    assert {path: count for path, count in lines.items() if count >= LINES_OF_A_MODULE} == {}


def function_lengths() -> dict[str, int]:
    """Lines from `def` to the end, without the docstring."""
    lengths = {}
    for path in sources(PACKAGE):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                name = f"{path.relative_to(ROOT).as_posix()}:{node.lineno} {node.name}"
                lengths[name] = length_of(node)
    return lengths


def length_of(node: Function) -> int:
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    documented = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0)


def test_functions_stay_small() -> None:
    lengths = function_lengths()
    too_long = {name: lines for name, lines in lengths.items() if lines > LINES_OF_A_FUNCTION["longest"]}
    assert too_long == {}
    assert median(lengths.values()) <= LINES_OF_A_FUNCTION["median"]
    assert quantiles(lengths.values(), n=10)[-1] <= LINES_OF_A_FUNCTION["p90"]
