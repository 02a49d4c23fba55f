"""Verify the files of a release. Needs only Python: an outsider runs it from the source distribution.

python verify_release.py FOLDER                     the files of FOLDER are those that SHA256SUMS, statement and SBOM name
python verify_release.py FOLDER --installed PYTHON  and the packages that PYTHON has installed are those of the SBOM

It ends with 1 and names each difference.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SUMS = "SHA256SUMS"


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Verify the files of a release of reconciler.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--installed", metavar="PYTHON", help="also compare the packages of this interpreter")
    options = parser.parse_args(words)
    try:
        found = [*different_files(options.folder), *different_statement(options.folder)]
        if options.installed is not None:
            found += different_packages(bill(options.folder), installed(options.installed))
    except (OSError, ValueError, KeyError, subprocess.CalledProcessError) as error:
        found = [f"the release cannot be read: {error}"]
    for text in found:
        print(f"error: {text}", file=sys.stderr)
    if not found:
        print(f"{options.folder}: all files are as the release states")
    return 1 if found else 0


def different_files(folder: Path) -> Iterator[str]:
    """Files that are changed, missing, or in no list."""
    stated = sums(folder)
    for name, digest in stated.items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif sha256(path) != digest:
            yield f"{name} is not the released file: its SHA-256 is {sha256(path)}, expected {digest}"
    for path in sorted(folder.iterdir()):
        if path.name not in stated and path.name != SUMS:
            yield f"{path.name} is not a file of the release"


def different_statement(folder: Path) -> Iterator[str]:
    """What the provenance statement says of each file, and that it was built from a commit as it is."""
    statement = json.loads(one(folder, "*.intoto.json").read_text(encoding="utf-8"))
    if statement["_type"] != "https://in-toto.io/Statement/v1":
        yield f"the statement has the type {statement['_type']}, which is not known"
    subjects = {each["name"]: each["digest"]["sha256"] for each in statement["subject"]}
    for name, digest in sums(folder).items():
        if name.endswith(".intoto.json"):
            continue
        if subjects.pop(name, None) != digest:
            yield f"the statement is not about {name} with the SHA-256 {digest}"
    yield from (f"the statement is about {name}, which is not in {SUMS}" for name in sorted(subjects))
    if statement["predicate"]["buildDefinition"]["externalParameters"]["modified"]:
        yield "the work tree had changes that are in no commit when the packages were built"


def different_packages(stated: dict[str, str], found: dict[str, str]) -> list[str]:
    """Packages of the environment that the SBOM does not have, or has in another version."""
    return [
        f"{name} {version} is installed, and the SBOM has {stated.get(name, 'no such package')}"
        for name, version in sorted(found.items())
        if stated.get(name) != version
    ]


def bill(folder: Path) -> dict[str, str]:
    """The packages of the SBOM with their versions, and the tool itself."""
    document = json.loads(one(folder, "*.cdx.json").read_text(encoding="utf-8"))
    parts: list[dict[str, Any]] = [document["metadata"]["component"], *document["components"]]
    return {part["name"]: part["version"] for part in parts}


def installed(python: str) -> dict[str, str]:
    """Without pip, which installs the others."""
    command = [python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "json"]
    listed = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)  # noqa: S603
    names = {each["name"].lower().replace("_", "-").replace(".", "-"): each["version"] for each in listed}
    return {name: version for name, version in names.items() if name not in {"pip", "setuptools", "wheel"}}


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def one(folder: Path, pattern: str) -> Path:
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise ValueError(f"expected one {pattern} in {folder}, found {len(found)}")
    return found[0]


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
