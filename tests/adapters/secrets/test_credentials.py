"""`ref+credential://NAME`: a credential that systemd gave the process."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.adapters.secrets import SecretResolver
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    return credentials


def missing(locator: str) -> str:
    with pytest.raises(SecretMissing) as raised:
        SecretResolver(Path("/nowhere")).resolve(SecretRef(f"ref+credential://{locator}"))
    return f"{raised.value.text} | {raised.value.hint}"


def test_a_credential_is_read_wherever_the_settings_are(folder: Path) -> None:
    (folder / "backend-secret").write_text("s3cret\n")

    assert SecretResolver(Path("/nowhere")).resolve(SecretRef("ref+credential://backend-secret")).reveal() == "s3cret"


def test_the_scheme_is_known_without_reading_the_secret() -> None:
    SecretResolver(Path("/nowhere")).check_scheme(SecretRef("ref+credential://backend-secret"))


def test_a_credential_that_the_unit_does_not_load(folder: Path) -> None:
    assert missing("backend-secret").startswith(
        "The unit has no credential backend-secret | Add `LoadCredential=NAME:PATH`"
    )


def test_a_process_that_systemd_did_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)

    assert "CREDENTIALS_DIRECTORY is not set" in missing("backend-secret")


@pytest.mark.parametrize("locator", ["../backend-secret", "/etc/passwd", "."])
def test_no_name_leads_out_of_the_folder(folder: Path, locator: str) -> None:
    (folder.parent / "backend-secret").write_text("s3cret")

    assert "is not the name of a credential" in missing(locator)


def test_an_empty_credential_counts_as_missing(folder: Path) -> None:
    (folder / "backend-secret").touch()

    assert f"The file {folder}/backend-secret is empty" in missing("backend-secret")
