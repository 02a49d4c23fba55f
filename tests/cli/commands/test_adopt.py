"""`adopt`: what the backend changed goes into the manifest of one shop, and nothing else does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.core.diagnostics.exit_codes import ExitCode
from tests.cli.conftest import Copy, Run
from tests.support.session_harness import merchant_edits, rewrite, write_fleet

TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aea1b2c3d4"
MAIL = "amazon.notification.email"


@pytest.fixture
def folder(copy_of: Copy, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """Two shops that were applied, and a merchant who then changed the mail address of one."""
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)

    def edited(made: Path) -> None:
        write_fleet(made)
        rewrite(made, "kyoto-tea", "  notification:", "  # where orders are announced\n  notification:")
        assert run("apply", "--auto-approve").exit_code == ExitCode.DONE
        merchant_edits(made, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")

    return copy_of(edited)


def manifest(folder: Path, shop: str = "kyoto-tea") -> str:
    return (folder / "shops" / f"{shop}.yaml").read_text()


@pytest.mark.parametrize("fields", [(), (MAIL,)])
def test_the_live_value_goes_into_the_manifest(folder: Path, run: Run, fields: tuple[str, ...]) -> None:
    before = manifest(folder)
    done = run("adopt", "kyoto-tea", *fields)
    assert done.exit_code == ExitCode.DONE
    assert "git diff" in done.stderr
    assert manifest(folder) == before.replace("amazon-pay@kyoto-tea.example", "merchant@kyoto-tea.example")
    assert run("drift").exit_code == ExitCode.DONE


def test_the_document_says_what_was_adopted(folder: Path, run: Run) -> None:
    (row,) = json.loads(run("adopt", "kyoto-tea", "-o", "json").stdout)["rows"]
    assert row == {
        "field": MAIL,
        "before": '"amazon-pay@kyoto-tea.example"',
        "after": '"merchant@kyoto-tea.example"',
        "file": "shops/kyoto-tea.yaml",
    }


def test_check_writes_nothing(folder: Path, run: Run) -> None:
    before = manifest(folder)
    shown = run("adopt", "kyoto-tea", "--check")
    assert "merchant@kyoto-tea.example" in shown.stdout
    assert manifest(folder) == before


def test_only_the_named_field_is_adopted(folder: Path, run: Run) -> None:
    assert run("adopt", "kyoto-tea", "amazon.enabled").stdout.startswith("Nothing to adopt")
    assert "amazon-pay@kyoto-tea.example" in manifest(folder)


def test_a_change_of_git_that_is_not_applied_is_not_taken_back(folder: Path, run: Run) -> None:
    rewrite(folder, "uji-cups", "amazon-pay@uji-cups.example", "desk@uji-cups.example")
    before = manifest(folder, "uji-cups")
    assert run("adopt", "uji-cups").stdout.startswith("Nothing to adopt")
    assert manifest(folder, "uji-cups") == before


def test_a_conflict_is_adopted_where_it_is_named(folder: Path, run: Run) -> None:
    rewrite(folder, "kyoto-tea", "amazon-pay@kyoto-tea.example", "desk@kyoto-tea.example")
    left = run("adopt", "kyoto-tea")
    assert f"Changed in Git as well, and not adopted: `{MAIL}`" in left.stderr
    assert "desk@kyoto-tea.example" in manifest(folder)
    assert run("adopt", "kyoto-tea", MAIL).exit_code == ExitCode.DONE
    assert "merchant@kyoto-tea.example" in manifest(folder)


@pytest.mark.parametrize("field", ["amazon.api.mws_auth_token", "amazon.nothing", "amazon.messages", "buttons_visible"])
def test_what_cannot_be_adopted(folder: Path, run: Run, field: str) -> None:
    before = manifest(folder)
    refused = run("adopt", "kyoto-tea", field)
    assert refused.exit_code == ExitCode.REFUSED
    assert "F107" in refused.stderr
    assert manifest(folder) == before


def test_a_shop_without_a_manifest(folder: Path, run: Run) -> None:
    (folder / "shops" / "kyoto-tea.yaml").unlink()
    missing = run("adopt", "kyoto-tea")
    assert missing.exit_code == ExitCode.ERROR
    assert "reconciler import kyoto-tea" in missing.stderr


def test_an_invalid_manifest_is_not_changed(folder: Path, run: Run) -> None:
    rewrite(folder, "kyoto-tea", "enabled:", "enabld:")
    before = manifest(folder)
    assert run("adopt", "kyoto-tea").exit_code == ExitCode.ERROR
    assert manifest(folder) == before
