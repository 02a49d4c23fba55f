"""Files that move to the folders of their keys: what is left behind, and what stops a move."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.adapters.files.atomic_batch import AtomicBatchWriter
from reconciler.adapters.manifests.discovery.shards import FOLDER_LIMIT
from reconciler.adapters.manifests.writing.sharder import ShardingFolder
from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError
from tests.support.example_fleet import MANIFEST


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shops").mkdir()
    return tmp_path / "shops"


def written(root: Path, path: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(MANIFEST.format(shop=file.stem, wave="late", closing="allow"))
    return file


def sharding(root: Path) -> ShardingFolder:
    schema = root.parent / "schemas" / "shop.schema.json"
    return ShardingFolder(root, shown_as="shops/", schema=schema, writer=AtomicBatchWriter())


def refusal(folder: ShardingFolder, meanwhile: Callable[[], object] = lambda: None) -> SetupError:
    """What a move says; `meanwhile` happens between the plan and the move."""
    plan = folder.plan()
    meanwhile()
    with pytest.raises(SetupError) as caught:
        folder.move(plan.moves)
    assert caught.value.code is codes.NOT_WRITTEN
    assert "continues where it stopped" in str(caught.value.hint)
    return caught.value


def test_a_folder_that_people_made_is_divided_once_it_is_full(root: Path) -> None:
    (root / "tokyo").mkdir()
    for number in range(FOLDER_LIMIT + 1):
        (root / "tokyo" / f"tea-{number:04}.yaml").touch()
    written(root, "osaka/uji-cups.yaml")
    folder = sharding(root)
    plan = folder.plan()
    assert (len(plan.moves), plan.unchanged) == (FOLDER_LIMIT + 1, 1)
    folder.move(plan.moves)
    assert (root / "tokyo" / "te" / "a-" / "00" / "tea-0007.yaml").exists()
    assert (root / "osaka" / "uji-cups.yaml").exists()
    assert sum(1 for _ in root.rglob("tea-*.yaml")) == FOLDER_LIMIT + 1
    assert list((root / "tokyo").glob("*.yaml")) == []
    assert folder.plan().moves == ()


def test_a_file_that_is_gone_since_the_plan_is_named(root: Path) -> None:
    file = written(root, "kyoto-tea.yaml")
    error = refusal(sharding(root), file.unlink)
    assert error.origin is not None
    assert error.origin.file == "shops/kyoto-tea.yaml"


def test_a_file_that_came_to_the_place_since_the_plan_is_not_replaced(root: Path) -> None:
    file = written(root, "kyoto-tea.yaml")

    def come() -> None:
        (root / "ky").mkdir()
        (root / "ky" / "kyoto-tea.yaml").write_text("theirs")

    error = refusal(sharding(root), come)
    assert str(error.text) == "shops/ky/kyoto-tea.yaml exists already"
    assert (root / "ky" / "kyoto-tea.yaml").read_text() == "theirs"
    assert file.exists()


def test_a_folder_that_cannot_be_made_is_explained(root: Path) -> None:
    file = written(root, "kyoto-tea.yaml")
    (root / "ky").write_text("a file where the folder should be")
    error = refusal(sharding(root))
    assert str(error.text).startswith("The file cannot be written: ")
    assert file.exists()
