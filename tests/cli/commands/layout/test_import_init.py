"""`reconciler import --init`: from live shops to the folder of a fleet, with one command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run
from tests.contract.conftest import served

SECRET = "not-a-secret-of-anybody"  # of a backend that lives as long as the test
EXPORT = "店舗キー,ラベル.owner\nkyoto-tea,example/tea\nuji-cups,\n"


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, impatient: None) -> Iterator[str]:
    """The address of a backend with two shops; the current folder is empty."""
    shops = [{"shopKey": key, "entitlements": {"commerceCreator": "RUNNING"}} for key in ("kyoto-tea", "uji-cups")]
    application = create_app(EmbeddedConfig(database=tmp_path / "world.db", seed={"shops": shops}))
    World.of(application).ensure_client("reconciler", SECRET)
    (tmp_path / "fleet").mkdir()
    monkeypatch.chdir(tmp_path / "fleet")
    with served(application) as url:
        yield url


@pytest.fixture
def imported(run: Run, backend: str):
    def run_import(*words: str):
        return run("import", "--init", "--backend", backend, *words, RECONCILER_BACKEND_SECRET=SECRET)

    return run_import


def written() -> set[str]:
    return {path.as_posix() for path in Path().rglob("*") if path.is_file() and not path.is_relative_to(".reconciler")}


def test_live_shops_become_a_repository_that_works(run: Run, imported) -> None:
    result = imported("--ci", "github", "--owner", "@example/payments")

    assert result.exit_code == 0, result.output
    assert {
        "reconciler.yaml", ".gitignore", "CODEOWNERS", ".github/workflows/reconciler.yml", ".pre-commit-config.yaml",
        "schemas/shop.schema.json", "shops/_defaults.yaml", "shops/kyoto-tea.yaml", "shops/uji-cups.yaml",
    } <= written()  # fmt: skip
    assert "+ reconciler.yaml\n" in result.stdout
    assert "check the setup with `reconciler doctor`, then commit the files" in result.stdout
    assert "the CI files; `reconciler doctor ci` checks the result" in result.stderr
    assert Path("shops/kyoto-tea.yaml").read_text().startswith("# yaml-language-server: $schema=../schemas/shop")
    assert run("plan", RECONCILER_BACKEND_SECRET=SECRET).exit_code == 0
    assert run("validate").exit_code == 0


def test_a_check_writes_nothing_and_names_every_file(imported) -> None:
    result = imported("--check", "--ci", "gitlab")

    assert (result.exit_code, written()) == (2, set())
    assert "+ .gitlab-ci.yml\n" in result.stdout
    assert "$schema=../schemas/shop.schema.json" in result.stdout


def test_existing_files_are_kept(imported) -> None:
    Path("CODEOWNERS").write_text("* @ours\n")
    Path(".gitignore").write_text("*.log\n")
    result = imported("--owner", "@example/payments")

    assert result.exit_code == 0, result.output
    assert Path("CODEOWNERS").read_text() == "* @ours\n"
    assert Path(".gitignore").read_text() == "*.log\n.reconciler/\n"
    assert "  CODEOWNERS                    kept\n" in result.stdout
    before = {name: Path(name).read_bytes() for name in written()}
    assert imported("--owner", "@example/payments").exit_code == 0
    assert {name: Path(name).read_bytes() for name in written()} == before


def test_owners_come_from_the_label_of_a_shop(imported) -> None:
    Path("old.csv").write_text(EXPORT)
    result = imported("--from", "old.csv")

    assert result.exit_code == 0, result.output
    assert Path("CODEOWNERS").read_text() == "/shops/kyoto-tea.yaml @example/tea\n"


@pytest.mark.usefixtures("impatient")
def test_without_shops_nothing_is_written(imported, run: Run) -> None:
    assert imported("nobody").exit_code == 1
    assert written() == set()
    assert run("import", "--init", "--backend", "http://127.0.0.1:1", RECONCILER_BACKEND_SECRET=SECRET).exit_code == 4
    assert written() == set()


def test_the_document_lists_files_and_next_steps(imported) -> None:
    document = json.loads(imported("-o", "json", "--ci", "github").stdout)

    jsonschema.Draft202012Validator(schemas()["import"]()).validate(document)
    assert {"file": ".gitignore", "action": "created"} in document["project"]
    assert document["next_steps"][0].startswith("To continue: ")
    again = json.loads(imported("-o", "json").stdout)
    assert {each["action"] for each in again["project"]} == {"unchanged"}


def test_settings_for_another_backend_are_not_overruled(imported, run: Run) -> None:
    assert imported().exit_code == 0
    other = run("import", "--init", "--backend", "https://admin.example", RECONCILER_BACKEND_SECRET=SECRET)

    assert other.exit_code == 1
    assert "not `https://admin.example`" in other.stderr
    assert "Omit `--backend`, or change the settings" in other.stderr


@pytest.mark.parametrize("words", [("--ci", "github"), ("--backend", "https://admin.example"), ("--owner", "@a/b")])
def test_options_of_the_folder_need_init(words: tuple[str, ...], fleet: Path, run: Run) -> None:
    result = run("import", *words)

    assert result.exit_code == 1
    assert f"{words[0]} requires --init" in result.stderr
