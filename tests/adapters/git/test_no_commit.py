"""A repository right after `git init`: nothing in it is broken."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reconciler.adapters.git.repository import GitRepository
from reconciler.ports import SetupError


def test_a_repository_without_a_commit_is_called_so(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(SetupError) as refused:
        GitRepository(tmp_path).head()
    assert "has no commit yet" in str(refused.value.text)
    assert str(refused.value.hint) == "Commit the manifests, then run the command again"


def test_a_folder_without_a_repository_is_not(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as refused:
        GitRepository(tmp_path).head()
    assert "Git cannot read the repository" in str(refused.value.text)
