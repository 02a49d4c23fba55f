"""`fmt --shard`: where files go, what is corrected in them, what is refused, and that every command reads any layout."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import jsonschema
import pytest

from reconciler.adapters.manifests.writing import sharder
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run, write_shop

MODELINE = "# yaml-language-server: $schema=../schemas/shop.schema.json\n"


def tree(fleet: Path) -> list[str]:
    return sorted(path.relative_to(fleet / "shops").as_posix() for path in (fleet / "shops").rglob("*.yaml"))


def with_modeline(fleet: Path, shop: str) -> Path:
    file = fleet / "shops" / f"{shop}.yaml"
    file.write_text(MODELINE + file.read_text())
    return file


def test_files_move_to_the_folders_of_their_keys_and_then_there_is_nothing_to_do(fleet: Path, run: Run) -> None:
    content = (fleet / "shops" / "kyoto-tea.yaml").read_bytes()
    result = run("fmt", "--shard")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "shops/kyoto-tea.yaml → shops/ky/kyoto-tea.yaml\nshops/uji-cups.yaml → shops/uj/uji-cups.yaml\n2 files moved.\n"
    )
    assert tree(fleet) == ["ky/kyoto-tea.yaml", "uj/uji-cups.yaml"]
    assert (fleet / "shops" / "ky" / "kyoto-tea.yaml").read_bytes() == content
    assert run("fmt", "--shard", "--check").stdout == "2 files already in their folders.\n"


def test_check_moves_nothing_and_ends_with_refused(fleet: Path, run: Run) -> None:
    result = run("fmt", "--shard", "--check")
    assert result.exit_code == 3
    assert result.stdout.endswith("2 files would be moved.\n")
    assert tree(fleet) == ["kyoto-tea.yaml", "uji-cups.yaml"]


def test_the_path_to_the_schema_is_corrected(fleet: Path, run: Run) -> None:
    file = with_modeline(fleet, "kyoto-tea")
    rest = file.read_text().removeprefix(MODELINE)
    run("fmt", "--shard")
    moved = (fleet / "shops" / "ky" / "kyoto-tea.yaml").read_text()
    assert moved == MODELINE.replace("../schemas", "../../schemas") + rest


def test_an_interrupted_command_is_completed_by_the_next(
    fleet: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for shop in ("kyoto-tea", "uji-cups"):
        with_modeline(fleet, shop)
    moved = Counter[str]()

    def stop_at_the_second(path: Path, target: Path, move: object) -> None:
        moved["files"] += 1
        if moved["files"] > 1:
            raise KeyboardInterrupt
        target.parent.mkdir()
        path.rename(target)

    with monkeypatch.context() as patch:
        patch.setattr(sharder, "_rename", stop_at_the_second)
        run("fmt", "--shard")
    assert tree(fleet) == ["ky/kyoto-tea.yaml", "uji-cups.yaml"]
    assert run("validate").exit_code == 0
    assert run("fmt", "--shard").stdout.endswith("1 file moved; 1 file already in its folder.\n")
    for file in tree(fleet):
        assert (fleet / "shops" / file).read_text().startswith(MODELINE.replace("../schemas", "../../schemas"))


def test_a_shop_in_two_places_is_named_at_both_and_not_moved(fleet: Path, run: Run) -> None:
    run("fmt", "--shard")
    write_shop(fleet, "kyoto-tea")
    result = run("fmt", "--shard")
    assert result.exit_code == 1
    assert "shops/kyoto-tea.yaml" in result.stderr
    assert "shops/ky/kyoto-tea.yaml" in result.stderr
    assert tree(fleet) == ["ky/kyoto-tea.yaml", "kyoto-tea.yaml", "uj/uji-cups.yaml"]
    assert "is also declared in shops/ky/kyoto-tea.yaml" in run("validate").stdout


def test_every_layout_is_read_alike(fleet: Path, run: Run) -> None:
    flat = run("plan", "-o", "json").stdout
    run("fmt", "--shard")
    divided = run("plan", "-o", "json").stdout
    assert json.loads(divided)["fingerprint"] == json.loads(flat)["fingerprint"]
    os.replace(fleet / "shops" / "ky" / "kyoto-tea.yaml", fleet / "shops" / "kyoto-tea.yaml")  # noqa: PTH105  # moved back
    assert json.loads(run("plan", "-o", "json").stdout)["fingerprint"] == json.loads(flat)["fingerprint"]


def test_a_new_shop_is_written_where_the_layout_has_it(fleet: Path, run: Run) -> None:
    (fleet / "schemas").mkdir()
    (fleet / "schemas" / "shop.schema.json").write_text("{}")
    assert run("new", "nara-ink").exit_code == 0
    assert run("fmt", "--shard").exit_code == 0
    assert run("new", "nara-tea").exit_code == 0
    assert tree(fleet) == ["ky/kyoto-tea.yaml", "na/nara-ink.yaml", "na/nara-tea.yaml", "uj/uji-cups.yaml"]
    lines = {(fleet / "shops" / "na" / f"nara-{kind}.yaml").read_text().partition("\n")[0] for kind in ("ink", "tea")}
    assert lines == {"# yaml-language-server: $schema=../../schemas/shop.schema.json"}


def test_an_onboarded_table_is_written_where_the_layout_has_it(fleet: Path, run: Run) -> None:
    run("fmt", "--shard")
    (fleet / "shops.csv").write_text("shop\nnara-ink\nnara-tea\n")
    result = run("onboard", "shops.csv", "--no-check-backend")
    assert "nara-ink" in result.stdout + result.stderr
    assert [file for file in tree(fleet) if "nara" in file] == ["na/nara-ink.yaml", "na/nara-tea.yaml"]


def test_an_import_is_written_where_the_layout_has_it(fleet: Path, run: Run) -> None:
    seed = json.loads((fleet / "seed.json").read_text())
    seed["shops"].append({"shopKey": "nara-ink", "entitlements": {"commerceCreator": "RUNNING"}})
    (fleet / "seed.json").write_text(json.dumps(seed))
    run("fmt", "--shard")
    run("import", "nara-ink")
    assert "na/nara-ink.yaml" in tree(fleet)


def test_the_json_document(fleet: Path, run: Run) -> None:
    document = json.loads(run("fmt", "--shard", "--check", "-o", "json").stdout)
    jsonschema.validate(document, schemas()["sharding"]())
    assert document["moves"][0] == {"source": "shops/kyoto-tea.yaml", "target": "shops/ky/kyoto-tea.yaml"}
    assert "→ shops/ky/kyoto-tea.yaml" in run("fmt", "--shard", "--check", "-o", "markdown").stdout


def test_many_moves_show_the_first_ones(fleet: Path, run: Run) -> None:
    for number in range(25):
        write_shop(fleet, f"nara-{number:02}")
    lines = run("fmt", "--shard").stdout.splitlines()
    assert lines[-2:] == ["and 7 more files", "27 files moved."]


def test_words_are_refused(fleet: Path, run: Run) -> None:
    result = run("fmt", "--shard", "kyoto-tea")
    assert result.exit_code == 2 or "omit SHOP" in result.stderr
    assert tree(fleet) == ["kyoto-tea.yaml", "uji-cups.yaml"]
