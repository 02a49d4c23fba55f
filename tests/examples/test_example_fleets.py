"""Each example fleet: valid manifests and settings, and files as the tool writes them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from reconciler import __version__
from reconciler.adapters.settings.settings import Settings, read_settings
from tests.examples.example_fleets import EXAMPLES, FLEETS, ROOT, each_fleet, fleet, ran

SHOPS = ("kobe-coffee", "kyoto-tea", "sapporo-dairy")
CI_FILES = {
    "github-fleet": ("github", (".github/workflows/reconciler.yml", ".pre-commit-config.yaml", "CODEOWNERS")),
    "gitlab-fleet": ("gitlab", (".gitlab-ci.yml", ".gitlab/reconciler.yml", ".pre-commit-config.yaml", "CODEOWNERS")),
}


@each_fleet
def test_the_manifests_are_valid(name: str, tmp_path: Path) -> None:
    result = ran(fleet(name, tmp_path, "http://127.0.0.1:9"), "validate", "-o", "json")
    assert result.returncode == 0, result.stdout + result.stderr
    assert sorted(json.loads(result.stdout)["valid"]) == sorted(SHOPS)
    assert json.loads(result.stdout)["diagnostics"] == []


@each_fleet
def test_the_settings_are_valid_and_name_contacts(name: str) -> None:
    settings = read_settings(EXAMPLES / name / "reconciler.yaml")
    assert isinstance(settings, Settings), settings
    assert len(settings.runbooks.escalation) == 2


@pytest.mark.parametrize("name", CI_FILES)
def test_the_ci_files_are_those_that_the_tool_writes(name: str, tmp_path: Path) -> None:
    forge, files = CI_FILES[name]
    words = ("--backend", "https://admin.platform.example", "--owner", "@example/payments")
    result = ran(tmp_path, "init", *words, "--ci", forge, "--requirement", f"reconciler=={__version__}")
    assert result.returncode == 0, result.stdout + result.stderr
    for file in files:
        assert (EXAMPLES / name / file).read_text("utf-8") == (tmp_path / file).read_text("utf-8"), file


def overlay() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((EXAMPLES / "kubernetes/kustomization.yaml").read_text(encoding="utf-8"))
    return found


def based(folder: Path) -> Iterator[tuple[str, str]]:
    """Kind and name of each object below a kustomization."""
    for resource in yaml.safe_load((folder / "kustomization.yaml").read_text(encoding="utf-8"))["resources"]:
        path = (folder / resource).resolve()
        if path.is_dir():
            yield from based(path)
        else:
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                yield document["kind"], document["metadata"]["name"]


def test_the_overlay_changes_objects_of_the_base() -> None:
    objects = set(based(EXAMPLES / "kubernetes"))
    targets = {(patch["target"]["kind"], patch["target"]["name"]) for patch in overlay()["patches"]}
    assert targets <= objects
    assert {("Ingress", "reconciler-ipn"), ("Service", "reconciler-ipn"), ("Deployment", "reconciler-watch")} <= objects
    base = yaml.safe_load((ROOT / "deploy/kubernetes/base/kustomization.yaml").read_text(encoding="utf-8"))
    (generator,) = overlay()["configMapGenerator"]
    assert generator["name"] in {each["name"] for each in base["configMapGenerator"]}


def test_the_ingress_names_a_port_of_the_service() -> None:
    ingress = yaml.safe_load((EXAMPLES / "kubernetes/ingress.yaml").read_text(encoding="utf-8"))
    (rule,) = ingress["spec"]["rules"]
    wanted = rule["http"]["paths"][0]["backend"]["service"]
    documents = yaml.safe_load_all((ROOT / "deploy/kubernetes/base/ipn.yaml").read_text(encoding="utf-8"))
    services = {each["metadata"]["name"]: each for each in documents if each["kind"] == "Service"}
    assert wanted["port"]["name"] in {port["name"] for port in services[wanted["name"]]["spec"]["ports"]}


def test_each_drop_in_is_of_a_unit_that_is_shipped() -> None:
    folders = sorted((EXAMPLES / "single-host/systemd").iterdir())
    assert len(folders) == 3
    for folder in folders:
        assert (ROOT / "deploy/systemd" / folder.name.removesuffix(".d")).is_file(), folder.name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_accepts_the_units_with_their_drop_ins(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    units = tmp_path / "units"
    shutil.copytree(EXAMPLES / "single-host/systemd", units)
    for folder in sorted(units.iterdir()):
        unit = folder.name.removesuffix(".d")
        text = (ROOT / "deploy/systemd" / unit).read_text(encoding="utf-8")
        (units / unit).write_text(text.replace("/opt/reconciler/bin/reconciler", str(program)), encoding="utf-8")
    made = [str(path) for path in sorted(units.iterdir()) if path.is_file()]
    done = subprocess.run(  # systemd's own program
        ["systemd-analyze", "verify", "--man=no", *made],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert str(tmp_path) not in done.stderr, done.stderr


def test_no_file_is_a_copy_of_one_in_deploy() -> None:
    shipped = {path.read_bytes(): path for path in (ROOT / "deploy").rglob("*") if path.is_file()}
    copies = [path for name in FLEETS for path in (EXAMPLES / name).rglob("*") if path.is_file()]
    assert [str(path) for path in copies if path.read_bytes() in shipped] == []


@each_fleet
def test_the_readme_is_in_both_languages_and_its_links_resolve(name: str) -> None:
    pages = [EXAMPLES / name / file for file in ("README.md", "README.ja.md")]
    shapes = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (page.parent / target).exists(), (page, target)
        shapes.append([(line[0], line.count("|")) for line in text.splitlines() if line.startswith(("#", "|"))])
    assert shapes[0] == shapes[1]
