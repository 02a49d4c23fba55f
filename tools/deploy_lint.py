"""Checks the files in `deploy/` offline, each with the linter of its kind.

python -m tools.deploy_lint    `make check-deploy`; needs the extra `deploy`, and Debian's `systemd` for the units

hadolint reads the Dockerfile, check-jsonschema the compose file, kubernetes-validate the manifests, `systemd-analyze` the units
and how much of the system they can reach. The base image has a tag, and a whole digest where it is pinned. Each run first plants
defects in copies of the files and fails if a linter does not find them.

Without `systemd-analyze` the units are not checked, and the output says so; with `TESTS_WANT_SYSTEMD=1`, as in CI, that is a
failure.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tools.linting import ROOT, Linter, Planted, matching_files, run_linter, undetected

DOCKERFILE: Final = "deploy/Dockerfile"
COMPOSE: Final = "deploy/compose.yaml"
MANIFESTS: Final = ("deploy/kubernetes/*/*.yaml", "examples/kubernetes/*.yaml")
NO_MANIFESTS: Final = frozenset({"kustomization.yaml", "reconciler.yaml"})
UNITS: Final = ("deploy/systemd/*.service", "deploy/systemd/*.timer")
USERS: Final = "deploy/systemd/reconciler.sysusers.conf"
KUBERNETES: Final = ("1.31.0", "1.37.0")
"""The oldest version whose API the manifests use, and the newest that the linter knows."""
PROGRAM: Final = "/opt/reconciler/bin/reconciler"
EXPOSURE: Final = 15
"""Tenths: the highest exposure level that `systemd-analyze security` may report for a service."""
SYSTEMD: Final = "systemd-analyze"
WANTED: Final = "TESTS_WANT_SYSTEMD"
BASE: Final = re.compile(r"^FROM (\S+)", re.MULTILINE)
PINNED: Final = re.compile(r"[a-z0-9./-]+:[\w.-]+(@sha256:[0-9a-f]{64})?")
FILES: Final = (DOCKERFILE, COMPOSE, *MANIFESTS, *UNITS, USERS)

PLANTED: Final = (
    Planted("hadolint", DOCKERFILE, r"FROM python:3\.13-slim-bookworm(@sha256:\w+)?\n", "FROM python\n"),
    Planted(
        "base images", DOCKERFILE, r"FROM python:3\.13-slim-bookworm(@sha256:\w+)?\n", "FROM python:3.13@sha256:0\n"
    ),
    Planted("hadolint", DOCKERFILE, r"USER 10001:10001", "USER root"),
    Planted("hadolint", DOCKERFILE, r"rm -rf /var/lib/apt/lists/\*", "true"),
    Planted("compose", COMPOSE, r"read_only: true", "readonly: true"),
    Planted("compose", COMPOSE, r"service_healthy", "healthy"),
    Planted("kubernetes", "deploy/kubernetes/base/ipn.yaml", r"readinessProbe:", "readynessProbe:"),
    Planted("kubernetes", "deploy/kubernetes/base/network.yaml", r"policyTypes: \[Ingress\]", "policyTypes: Ingress"),
    Planted("kubernetes", "deploy/kubernetes/scheduled/drift.yaml", r"batch/v1\b", "batch/v1beta1"),
    Planted("systemd", "deploy/systemd/reconciler-ipn.service", r"Type=exec", "Type=executable"),
    Planted("systemd", "deploy/systemd/reconciler-drift.timer", r"OnCalendar=.*", "OnCalendar=every 15 minutes"),
    Planted("systemd", "deploy/systemd/reconciler-ipn.service", r"SystemCallFilter=.*\n", ""),
    Planted("systemd", "deploy/systemd/reconciler-ipn.service", r"CapabilityBoundingSet=\n", ""),
)


def main() -> int:
    linters = dict(LINTERS)
    if shutil.which(SYSTEMD) is None:
        print(f"{SYSTEMD} is missing: the units are not checked (apt-get install systemd)", file=sys.stderr)
        if os.environ.get(WANTED):
            return 1
        del linters["systemd"]
    defects = [each for each in PLANTED if each.linter in linters]
    problems = [
        *undetected(defects, linters, FILES),
        *(problem for linter in linters.values() for problem in linter(ROOT)),
    ]
    for text in problems:
        print(text, file=sys.stderr)
    if not problems:
        print(f"files of deploy/ checked by {', '.join(linters)}; {len(defects)} planted defects were found")
    return 1 if problems else 0


def hadolint(root: Path) -> Iterator[str]:
    yield from run_linter("hadolint", "--failure-threshold=style", str(root / DOCKERFILE))


def base_images(root: Path) -> Iterator[str]:
    """A base image is `NAME:TAG`, or `NAME:TAG@sha256:DIGEST`: the tag for people, the digest for a build that is repeated."""
    images = BASE.findall((root / DOCKERFILE).read_text(encoding="utf-8"))
    for image in images:
        if not PINNED.fullmatch(image):
            yield f"{DOCKERFILE}: the base image {image}: expected NAME:TAG, or NAME:TAG@sha256: and 64 hexadecimal digits"
    if len(set(images)) != 1:
        yield f"{DOCKERFILE}: expected the same base image in each FROM line, found {', '.join(images) or 'none'}"


def compose(root: Path) -> Iterator[str]:
    yield from run_linter("check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(root / COMPOSE))


def kubernetes(root: Path) -> Iterator[str]:
    files = [path for path in matching_files(root, MANIFESTS) if path.name not in NO_MANIFESTS]
    for version in KUBERNETES:
        arguments = ("--strict", "--quiet", "--kubernetes-version", version, *map(str, files))
        yield from run_linter(
            "kubernetes-validate", *arguments, warning="WARN"
        )  # an API that the version does not have


def systemd(root: Path) -> Iterator[str]:
    """Units are read in a folder of their own, where the program that they start exists."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = folder / "program"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        for unit in matching_files(root, UNITS):
            (folder / unit.name).write_text(unit.read_text(encoding="utf-8").replace(PROGRAM, str(program)))
        units = sorted(map(str, [*folder.glob("*.service"), *folder.glob("*.timer")]))
        # Of what it does not understand it says only "ignoring": a line about one of our units counts.
        yield from run_linter(SYSTEMD, "verify", "--man=no", *units, warning=re.escape(name))
        for unit_file in units:
            if unit_file.endswith(".service"):
                yield from run_linter(SYSTEMD, "security", "--offline=true", f"--threshold={EXPOSURE}", unit_file)
    yield from run_linter("systemd-sysusers", "--dry-run", str((root / USERS).absolute()))


LINTERS: Final[Mapping[str, Linter]] = {
    "hadolint": hadolint,
    "base images": base_images,
    "compose": compose,
    "kubernetes": kubernetes,
    "systemd": systemd,
}


if __name__ == "__main__":
    sys.exit(main())
