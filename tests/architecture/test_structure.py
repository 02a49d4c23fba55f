"""The shape of the tree: names that mean one thing, folders and modules that can be surveyed, functions that stay small."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
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


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def module_graph() -> dict[str, set[str]]:
    """Which module imports which, by their dotted names."""
    modules = {path.relative_to(ROOT).with_suffix("").as_posix().replace("/", "."): path for path in sources(PACKAGE)}
    modules = {name.removesuffix(".__init__"): path for name, path in modules.items()}
    edges: dict[str, set[str]] = defaultdict(set)
    for module, path in modules.items():
        for target in imports(path):
            if target in modules and target not in {module, "reconciler"}:  # the root holds the version, no more
                edges[module].add(target)
    return edges


def inside(package: str, edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same among the direct children of a package: its modules, and its folders as wholes."""
    depth = package.count(".") + 2
    children: dict[str, set[str]] = defaultdict(set)
    for source, targets in edges.items():
        for target in targets:
            if source.startswith(f"{package}.") and target.startswith(f"{package}."):
                one, other = (".".join(name.split(".")[:depth]) for name in (source, target))
                if one != other:
                    children[one].add(other)
    return children


def cycle_in(edges: dict[str, set[str]]) -> list[str]:
    """Some cycle, from a node back to itself; nothing where there is none."""
    done: set[str] = set()

    def visit(node: str, path: tuple[str, ...]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        for target in sorted(edges.get(node, ())):
            found = visit(target, (*path, node))
            if found:
                return found
        done.add(node)
        return []

    return next((found for start in sorted(edges) if (found := visit(start, ()))), [])


def test_the_search_for_cycles_finds_one() -> None:
    edges = {"a": {"b"}, "b": {"c"}, "c": {"b"}}
    assert list(pairwise(cycle_in(edges))) == [("b", "c"), ("c", "b")]


def test_modules_import_one_way() -> None:
    assert cycle_in(module_graph()) == []


PACKAGES = sorted({path.parent.relative_to(ROOT).as_posix().replace("/", ".") for path in sources(PACKAGE)})


@pytest.mark.parametrize("package", PACKAGES)
def test_the_parts_of_a_package_import_one_way(package: str) -> None:
    if package == "reconciler.cli":
        pytest.xfail("use cases still lie in the command line")
    assert cycle_in(inside(package, module_graph())) == []
