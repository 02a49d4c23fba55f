"""An import with errors: nothing is half-written, and skipped shops are reported."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from reconciler.adapters.files.atomic_batch import AtomicBatchWriter
from reconciler.adapters.manifests.writing.import_writer import ImportManifestEditor
from reconciler.core.diagnostics import codes
from reconciler.core.importing.factor_out import FactoredLayers
from reconciler.core.model.state import Observed
from reconciler.core.values import ShopKey
from reconciler.ports import SetupError, Unreachable
from reconciler.ports.files.file_changes import FileChange
from tests.support.example_worlds import live
from tests.support.fake_backend import ModelBackend, unreachable
from tests.support.import_harness import MANIFEST, do, files, fleet, slugs


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "shops").mkdir()
    return tmp_path / "shops"


class FailsMidway(ModelBackend):
    """Returns some shops, then nothing more: the rest is unknown, or, if `at_once`, there is nothing at all."""

    def __init__(self, shops: Iterable, good: int) -> None:
        super().__init__(shops)
        self.good = good

    async def observe(self, shops: Sequence[ShopKey]) -> AsyncIterator[Observed]:
        for number, shop in enumerate(shops):
            if number == self.good:
                raise unreachable()
            yield self.look(shop)


class Between(AtomicBatchWriter):
    """Something happens after the files were thought out, and before they are written."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.then = then

    def write(self, changes: Iterable[FileChange]) -> int:
        self.then()
        return super().write(changes)


def test_a_backend_that_fails_midway_leaves_no_file(folder: Path) -> None:
    with pytest.raises(Unreachable):
        do(folder, FailsMidway([live(f"shop-{n}") for n in range(4)], good=2))

    assert files(folder) == {}


def test_a_shop_that_could_not_be_read_is_reported_and_the_others_are_imported(folder: Path) -> None:
    backend = fleet(2)
    imported = do(folder, backend, globs=("shop-0", "gone", "Not a key"))

    assert list(files(folder)) == ["shop-0.yaml"]
    assert sorted(slugs(imported)) == ["no-such-shop", "shop-unknown"]


def test_a_shop_unknown_to_the_backend_is_reported_with_a_suggestion(folder: Path) -> None:
    imported = do(folder, fleet(2), globs=("shop-00", "gone"))

    assert {finding.shop: str(finding.hint) for finding in imported.all_diagnostics} == {
        "shop-00": "Did you mean shop-0?",
        "gone": "None",
    }


class OfferingNoList(ModelBackend):
    async def shops(self):
        yield ShopKey("shop-0")
        raise unreachable()


def test_a_list_that_breaks_off_costs_no_more_than_a_guess(folder: Path) -> None:
    imported = do(folder, OfferingNoList([live("shop-0"), live("shop-9")]), globs=("shop-99", "shop-00"))

    assert {finding.shop: str(finding.hint) for finding in imported.all_diagnostics} == {
        "shop-00": "Did you mean shop-0?",
        "shop-99": "Did you mean shop-0?",
    }


def test_a_pattern_that_means_no_shop_is_reported(folder: Path) -> None:
    imported = do(folder, fleet(2), globs=("shop-*", "uji-*", "shp-1"))

    assert slugs(imported) == ["no-such-shop", "no-such-shop"]
    ways_on = {str(finding.summary): str(finding.hint) for finding in imported.all_diagnostics}
    assert ways_on["No shop matches 'shp-1'"] == "Did you mean shop-1?"
    assert ways_on["No shop matches 'uji-*'"] == "Patterns match whole shop keys"
    assert imported.shops == ("shop-0", "shop-1")


def test_a_manifest_that_is_not_in_order_is_left_as_it_is(folder: Path) -> None:
    (folder / "shop-0.yaml").write_text("apiVersion: [\n")
    imported = do(folder, fleet(2))

    assert files(folder)["shop-0.yaml"] == "apiVersion: [\n"
    assert imported.shops == ("shop-1",)
    assert "not-imported" in slugs(imported)


def test_a_missing_group_is_reported_once_and_not_per_shop(folder: Path) -> None:
    imported = do(folder, fleet(3), group="standrad")

    (finding,) = imported.all_diagnostics
    assert (finding.code.slug, finding.shop, imported.shops) == ("unknown-group", None, ())


@pytest.mark.parametrize("shared", ["_defaults.yaml", "_groups/standard.yaml"])
def test_nothing_is_laid_on_shared_files_that_are_not_in_order(folder: Path, shared: str) -> None:
    (folder / shared).parent.mkdir(exist_ok=True)
    (folder / shared).write_text("apiVersion: [\n")
    imported = do(folder, fleet(2))

    assert list(files(folder)) == [shared]
    assert (imported.shops, imported.proof) == ((), None)
    assert slugs(imported).count("not-imported") == 2


def test_a_shop_that_a_file_of_another_name_declares_gets_no_second_one(folder: Path) -> None:
    (folder / "mine.yaml").write_text("apiVersion: reconciler/v1\nshop: shop-0\n")
    imported = do(folder, fleet(1))

    assert list(files(folder)) == ["mine.yaml"]
    assert {"two-files", "not-imported"} <= set(slugs(imported))


def test_a_shop_that_has_two_files_is_left_as_it_is(folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "kyoto-tea.yaml").write_text(MANIFEST)
    (folder / "more" / "kyoto-tea.yaml").write_text(MANIFEST)
    imported = do(folder, ModelBackend([live("kyoto-tea")]))

    assert set(files(folder).values()) == {MANIFEST}
    assert {"two-files", "not-imported"} <= set(slugs(imported))


def test_a_link_that_leads_out_of_the_tree_is_not_written_through(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text(MANIFEST)
    (folder / "kyoto-tea.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    (tmp_path / "groups").mkdir()
    imported = do(folder, ModelBackend([live("kyoto-tea")]))

    assert (tmp_path / "elsewhere.yaml").read_text() == MANIFEST
    assert {"outside-the-tree", "not-imported"} <= set(slugs(imported))


def test_groups_behind_a_link_out_of_the_tree_are_not_written_into(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "groups").mkdir()
    (folder / "_groups").symlink_to(tmp_path / "groups")
    imported = do(folder, fleet())

    assert list((tmp_path / "groups").iterdir()) == []
    assert imported.shops == ()


def test_a_manifest_that_is_deleted_while_importing_leaves_all_files_as_they_were(folder: Path) -> None:
    (folder / "shop-0.yaml").write_text(MANIFEST.replace("kyoto-tea", "shop-0"))
    with pytest.raises(SetupError) as printed:
        do(folder, fleet(), Between((folder / "shop-0.yaml").unlink))

    assert printed.value.code in (codes.MOVED_MEANWHILE, codes.NOT_WRITTEN)
    assert files(folder) == {}


class Interrupted(AtomicBatchWriter):
    """Ctrl-C when some files are staged."""

    def write(self, changes: Iterable[FileChange]) -> int:
        return super().write(self._some(changes))

    def _some(self, changes: Iterable[FileChange]) -> Iterator[FileChange]:
        for number, change in enumerate(changes):
            if number == 3:
                raise KeyboardInterrupt
            yield change


def test_an_interruption_in_the_middle_leaves_no_file_and_the_next_import_completes(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        do(folder, fleet(), Interrupted())
    assert [path for path in folder.rglob("*") if path.name != "_groups"] == []

    assert len(do(folder, fleet()).files) == 6


def test_a_disk_that_is_full_leaves_no_file(folder: Path) -> None:
    """No file may grow beyond this size: what writing to a full disk is like."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, before[1]))
    try:
        with pytest.raises(SetupError) as printed:
            do(folder, fleet())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert printed.value.code is codes.NOT_WRITTEN
    assert files(folder) == {}
    assert all(not path.suffix for path in folder.rglob("*"))


def test_a_manifest_that_appears_while_importing_is_not_overwritten(folder: Path) -> None:
    with pytest.raises(SetupError):
        do(folder, fleet(), Between(lambda: (folder / "shop-3.yaml").write_text(MANIFEST)))

    assert files(folder) == {"shop-3.yaml": MANIFEST}


@pytest.mark.parametrize("how", [Path.unlink, lambda path: path.write_text("apiVersion: [")])
def test_a_manifest_that_is_gone_or_broken_when_it_is_to_be_edited(folder: Path, how: Callable[[Path], object]) -> None:
    (folder / "kyoto-tea.yaml").write_text(MANIFEST)
    workshop = ImportManifestEditor(folder, shown_as="shops")
    standing = workshop.snapshot([ShopKey("kyoto-tea")])
    how(folder / "kyoto-tea.yaml")

    with pytest.raises(SetupError, match="The file changed in the meantime: someone"):
        list(workshop.file_changes({ShopKey("kyoto-tea"): {"amazon.enabled": True}}, FactoredLayers(shops=())))
    assert list(standing.files) == ["kyoto-tea"]
