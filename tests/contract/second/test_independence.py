"""The second backend is evidence only as long as it shares no code, storage or framework with the first."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "second_backend"
LIBRARIES = {"aiohttp", "jsonschema"}
OWN = "tests.second_backend"


def imported(file: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file.name}: imports are absolute"
            names.add(node.module or "")
    return names


def test_it_imports_the_standard_library_a_server_and_a_validator() -> None:
    files = sorted(FOLDER.glob("*.py"))
    assert len(files) > 10
    foreign = {
        name
        for file in files
        for name in imported(file)
        if name.partition(".")[0] not in sys.stdlib_module_names | LIBRARIES and name.rpartition(".")[0] != OWN
    }
    assert foreign - {OWN} == set()


def test_nothing_of_the_package_or_of_its_server_is_loaded() -> None:
    code = f"import sys, {OWN}.serving; print(sorted(name.partition('.')[0] for name in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=FOLDER.parents[1], capture_output=True, text=True, check=True, timeout=60
    )
    assert "aiohttp" in done.stdout
    assert {"'reconciler'", "'fastapi'", "'starlette'", "'sqlalchemy'", "'httpx'", "'pydantic'"} & set(
        done.stdout.strip("[]\n").split(", ")
    ) == set()
