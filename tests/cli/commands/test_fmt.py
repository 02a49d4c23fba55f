"""`fmt`: what it writes, what it refuses, and what a pipeline gets."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from reconciler.wiring import manifest_files
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Run
from tests.support.example_fleet import TOKEN

UNTIDY = "# one\nshop: kyoto-tea # two\nlabels: {wave: 'canary'} # three\napiVersion: reconciler/v1\n"
TIDY = "# one\napiVersion: reconciler/v1\nshop: kyoto-tea # two\nlabels: # three\n  wave: canary\n"


def kyoto(fleet: Path) -> Path:
    return fleet / "shops" / "kyoto-tea.yaml"


def tidy(fleet: Path, run: Run) -> None:
    assert run("fmt").exit_code == 0


def test_files_are_written_in_the_style_and_then_there_is_nothing_to_do(fleet: Path, run: Run) -> None:
    kyoto(fleet).write_text(UNTIDY)
    result = run("fmt", "kyoto-tea")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == "Formatted shops/kyoto-tea.yaml\n1 file formatted.\n"
    assert kyoto(fleet).read_text() == TIDY
    assert run("fmt", "--check", "kyoto-tea").exit_code == 0


def test_check_writes_nothing_and_shows_the_difference(fleet: Path, run: Run) -> None:
    tidy(fleet, run)
    kyoto(fleet).write_text(UNTIDY)
    result = run("fmt", "--check")
    assert result.exit_code == 3
    assert kyoto(fleet).read_text() == UNTIDY
    assert result.stdout.startswith("--- ")
    assert "\n-labels: {wave: 'canary'} # three\n" in result.stdout
    assert result.stdout.endswith("1 file would be formatted; 1 file already formatted.\n")


def test_shared_files_are_formatted_too(fleet: Path, run: Run) -> None:
    tidy(fleet, run)
    (fleet / "shops" / "_groups").mkdir()
    defaults, group = fleet / "shops" / "_defaults.yaml", fleet / "shops" / "_groups" / "standard.yaml"
    for file in (defaults, group):
        file.write_text("maintenance: {close_shop: 'allow'}\napiVersion: reconciler/v1\n")
    assert run("fmt").exit_code == 0
    for file in (defaults, group):
        assert file.read_text() == "apiVersion: reconciler/v1\nmaintenance:\n  close_shop: allow\n"


def test_files_are_named_by_path_folder_key_or_pattern(fleet: Path, run: Run) -> None:
    for words in (
        ["shops/kyoto-tea.yaml"],
        [str(kyoto(fleet))],
        ["kyoto-*"],
        ["shops/kyoto*"],
        ["./shops", "kyoto-tea"],
    ):
        tidy(fleet, run)
        kyoto(fleet).write_text(UNTIDY)
        assert run("fmt", *words).exit_code == 0
        assert kyoto(fleet).read_text() == TIDY, words


def test_a_word_that_means_no_file_is_an_error(fleet: Path, run: Run) -> None:
    result = run("fmt", "--check", "kyoto-te")
    assert result.exit_code == 1
    assert "[S301]: No manifest matches 'kyoto-te'" in result.stderr
    assert "Did you mean `kyoto-tea`?" in result.stderr


def test_a_file_that_cannot_be_read_is_left_alone_and_holds_nothing_up(fleet: Path, run: Run) -> None:
    broken = "shop: uji-cups\napiVersion: reconciler/v1\namazon: {enabled: no}\n"
    (fleet / "shops" / "uji-cups.yaml").write_text(broken)
    kyoto(fleet).write_text(UNTIDY)
    result = run("fmt")
    assert result.exit_code == 1
    assert "error[M016]" in result.stderr
    assert "--> shops/uji-cups.yaml:3:19\n" in result.stderr
    assert result.stdout.endswith("1 file formatted; 1 error.\n")
    assert (fleet / "shops" / "uji-cups.yaml").read_text() == broken
    assert kyoto(fleet).read_text() == TIDY


def test_a_file_in_another_encoding_is_left_alone(fleet: Path, run: Run) -> None:
    kyoto(fleet).write_bytes(UNTIDY.replace("one", "店舗").encode("cp932"))
    assert "[M003]" in run("fmt", "kyoto-tea").stderr
    assert kyoto(fleet).read_bytes() == UNTIDY.replace("one", "店舗").encode("cp932")


def test_a_credential_in_a_comment_is_not_shown(fleet: Path, run: Run) -> None:
    kyoto(fleet).write_text(UNTIDY.replace("three", TOKEN))
    for output in ("text", "json", "markdown"):
        result = run("fmt", "--check", "-o", output)
        assert result.exit_code == 3
        assert TOKEN not in result.output


def test_the_document_has_its_schema(fleet: Path, run: Run) -> None:
    kyoto(fleet).write_text(UNTIDY)
    document = json.loads(run("fmt", "--check", "-o", "json").stdout)
    jsonschema.validate(document, schemas()["formatting"]())
    assert [file["file"] for file in document["files"]] == ["shops/kyoto-tea.yaml", "shops/uji-cups.yaml"]


def test_a_file_that_changes_during_the_command_stops_the_write(fleet: Path, run: Run, monkeypatch) -> None:
    """Between the look and the writing, an editor saves."""
    kyoto(fleet).write_text(UNTIDY)
    writer = manifest_files.file_writer()

    class Late:
        def write(self, changes) -> int:
            kyoto(fleet).write_text(TIDY.replace("canary", "other"))
            return writer.write(changes)

    monkeypatch.setattr(manifest_files, "file_writer", Late)
    result = run("fmt")
    assert result.exit_code == 1
    assert "[M202]" in result.stderr
    assert "other" in kyoto(fleet).read_text()
