"""docs/embedded.md fails here when its seed or its Python is wrong. Its commands run in tests/docs/commands."""

import re
from pathlib import Path

import pytest

from reconciler.embedded import World
from reconciler.embedded.contract.problems import STATUS_OF_CODE
from reconciler.embedded.faults.faults import KINDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "embedded.md").read_text(encoding="utf-8")
CONTRACT = (ROOT / "docs" / "backend.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, flags=re.DOTALL)


@pytest.fixture
def documented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with the documented seed in it."""
    [seed] = blocks("json")
    (tmp_path / "seed.json").write_text(seed, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_python_runs(documented: Path) -> None:
    start, faults = blocks("python")
    names: dict = {}
    exec(start, names)
    settings = World.of(names["app"]).integration("kyoto-tea")["amazonSettings"]["value"]
    assert settings["notificationEmail"] == "pay@kyoto-tea.example"
    assert settings["apiStatus"] == "VALID"
    exec(faults, names)
    assert len(names["app"].state.faults.list()) == 3
    names["app"].state.services.database.close()


def test_every_kind_of_fault_is_explained() -> None:
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", TEXT, flags=re.MULTILINE)) == set(KINDS)


def test_every_code_is_one_of_the_contract_with_its_status() -> None:
    for status, code in re.findall(r"([45][0-9]{2}) `([A-Z_]+)`", CONTRACT):
        assert STATUS_OF_CODE[code] == int(status)
    assert {code for code in STATUS_OF_CODE if f"`{code}`" not in CONTRACT} == set()
