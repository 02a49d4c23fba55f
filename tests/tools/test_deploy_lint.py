"""The base image of the Dockerfile: pinned by its tag, and by its digest where one is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.deploy_lint import DOCKERFILE, base_images
from tools.linting import ROOT

TAG = "python:3.13-slim-bookworm"
DIGEST = "sha256:" + "0123456789abcdef" * 4


def problems(folder: Path, first: str, second: str) -> list[str]:
    """What is said about the Dockerfile with these base images."""
    build, final = f"FROM {TAG} AS build\n", f"FROM {TAG}\n"
    text = (ROOT / DOCKERFILE).read_text(encoding="utf-8")
    assert build in text
    assert final in text
    changed = folder / DOCKERFILE
    changed.parent.mkdir()
    changed.write_text(text.replace(build, f"FROM {first} AS build\n").replace(final, f"FROM {second}\n"), "utf-8")
    return list(base_images(folder))


@pytest.mark.parametrize("image", [TAG, f"{TAG}@{DIGEST}", f"registry.example/{TAG}@{DIGEST}"])
def test_a_tag_with_or_without_its_digest_is_accepted(image: str, tmp_path: Path) -> None:
    assert problems(tmp_path, image, image) == []


@pytest.mark.parametrize(
    "image", ["python", f"python@{DIGEST}", f"{TAG}@sha256:0123", f"{TAG}@{DIGEST}0", f"{TAG}@{DIGEST.upper()}"]
)
def test_another_form_is_refused_with_the_expected_one(image: str, tmp_path: Path) -> None:
    found = problems(tmp_path, image, image)
    assert len(found) == 2
    assert all(image in text and "expected NAME:TAG" in text for text in found)


def test_a_digest_in_one_of_the_lines_only_is_refused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f"{TAG}@{DIGEST}", TAG)
    assert "the same base image" in found
