"""`drift --metrics` and `findings metrics`: the file that node_exporter reads, over a real store."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Copy, Run
from tests.support.session_harness import merchant_edits, write_fleet

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two shops that were applied."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)

    def applied(made: Path) -> None:
        write_fleet(made)
        assert run("apply", "--auto-approve").exit_code == ExitCode.DONE

    return copy_of(applied)


def samples(text: str) -> dict[str, float]:
    """By name and all labels but the fleet."""
    return {
        " ".join(
            [sample.name, *(value for name, value in sorted(sample.labels.items()) if name != "fleet")]
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def read(file: Path) -> dict[str, float]:
    return samples(file.read_text())


def test_each_check_replaces_the_file(folder: Path, run: Run) -> None:
    file = folder / "drift.prom"
    assert run("drift", "--metrics", "drift.prom").exit_code == ExitCode.DONE
    assert read(file)["reconciler_looks_total complete"] == 1
    merchant_edits(folder, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
    assert run("drift", "--metrics", "drift.prom").exit_code == ExitCode.DIFFERENCES
    found = read(file)
    assert found["reconciler_findings drifted medium"] == 1
    assert found["reconciler_drifted_shops"] == 1
    assert found["reconciler_time_to_detect_seconds_count"] == 1
    assert run("apply", "--auto-approve").exit_code == ExitCode.DONE
    assert run("drift", "kyoto-tea", "--metrics", "drift.prom").exit_code == ExitCode.DONE
    found = read(file)
    assert found["reconciler_findings drifted medium"] == 0
    assert found["reconciler_time_to_resolve_seconds_count"] == 1
    assert (found["reconciler_looks_total complete"], found["reconciler_looks_total partial"]) == (2, 1)
    assert [each.name for each in folder.iterdir() if "prom" in each.name] == ["drift.prom"]
    assert "kyoto" not in file.read_text()


def test_it_is_written_where_nothing_is_new(folder: Path, run: Run) -> None:
    run("drift", "--new")
    assert run("drift", "--new", "--metrics", "drift.prom").output == ""
    assert read(folder / "drift.prom")["reconciler_looks_total complete"] == 2


def test_the_variable_names_the_file(folder: Path, run: Run) -> None:
    run("drift", RECONCILER_DRIFT_METRICS="drift.prom")
    assert read(folder / "drift.prom")["reconciler_shops compared"] == 2


def test_it_records_the_check_where_no_store_was(folder: Path, run: Run) -> None:
    (folder / ".reconciler" / "journal.db").unlink()
    run("drift", "--metrics", "drift.prom")
    assert read(folder / "drift.prom")["reconciler_looks_total complete"] == 1


def test_without_a_check_the_store_is_read(folder: Path, run: Run) -> None:
    run("drift")
    printed = run("findings", "metrics")
    assert (printed.exit_code, samples(printed.stdout)["reconciler_looks_total complete"]) == (ExitCode.DONE, 1)
    assert run("findings", "metrics", "--out", "again.prom").output == ""
    assert read(folder / "again.prom")["reconciler_looks_total complete"] == 1


def test_reading_makes_no_store(folder: Path, run: Run) -> None:
    (folder / ".reconciler" / "journal.db").unlink()
    assert set(samples(run("findings", "metrics").stdout).values()) == {0.0}
    assert not (folder / ".reconciler" / "journal.db").exists()


def test_a_file_that_cannot_be_written_is_an_error_after_the_result(folder: Path, run: Run) -> None:
    failed = run("drift", "--metrics", "missing/drift.prom")
    assert failed.exit_code == ExitCode.ERROR
    assert failed.stdout == "No drift in 2 shops.\n"
    assert "missing/drift.prom" in failed.stderr


def test_a_reader_finds_the_old_file_or_the_new_one(folder: Path, run: Run) -> None:
    """The file is replaced, not written into: who has it open still reads all of the old one."""
    file = folder / "drift.prom"
    run("drift", "--metrics", "drift.prom")
    with file.open() as reader:
        before = os.fstat(reader.fileno()).st_ino
        run("drift", "--metrics", "drift.prom")
        assert samples(reader.read())["reconciler_looks_total complete"] == 1
    assert file.stat().st_ino != before


def test_metrics_and_another_output_do_not_share_a_file(folder: Path, run: Run) -> None:
    refused = run("drift", "-o", "json=drift.prom", "--metrics", "drift.prom")
    assert refused.exit_code == ExitCode.ERROR
    assert "two outputs cannot go to one file" in refused.stderr
