"""Prepare a release: the changelog, the version, and the public interface that later versions are held to.

python -m tools.release 0.2.0             `make release VERSION=0.2.0`; changes files, commits and publishes nothing
python -m tools.release --changelog       `make changelog`; prints what the next release adds

It refuses a version that is not higher, a work tree with changes, fragments outside an area, and upgrade notes without a section
for the version. docs/releasing.md has all steps.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from reconciler import __version__
from tools.dist import commit_time
from tools.public_interface import public_interface

ROOT: Final = Path(__file__).parent.parent
CHANGES: Final = ROOT / "changes"
CHANGELOG: Final = ROOT / "CHANGELOG.md"
INTERFACES: Final = ROOT / "tests/corpus/interfaces"
UPGRADING: Final = ("docs/upgrading.md", "docs/ja/upgrading.md")
TUTORIAL: Final = ("docs/tutorial/1-install.md", "docs/ja/tutorial/1-install.md")
IMAGE_FILES: Final = ("deploy/Dockerfile", "deploy/compose.yaml", "deploy/kubernetes/*/*.yaml")
FRAGMENT: Final = re.compile(r"\d{3}-[a-z0-9-]+\.(added|changed|fixed)\.md")
CI_EXAMPLES: Final = ("examples/*/.github/workflows/*.yml", "examples/*/.gitlab-ci.yml", "examples/*/.gitlab/*.yml")
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def main(words: list[str]) -> int:
    match words:
        case ["--changelog"]:
            return _towncrier("--draft", "--version", "next")
        case [version] if _VERSION.fullmatch(version):
            return _release(version)
        case _:
            sys.stderr.write(__doc__ or "")
            return 1


def _release(version: str) -> int:
    found = [*wrong_version(version), *unclean(), *misplaced_fragments(CHANGES), *missing_notes(version)]
    for text in found:
        print(f"error: {text}", file=sys.stderr)
    if found:
        return 1
    if _towncrier("--yes", "--version", version, "--date", _day()):
        return 1
    CHANGELOG.write_text(tidy(CHANGELOG.read_text(encoding="utf-8")), encoding="utf-8")
    for path in set_version(ROOT, __version__, version):
        print(f"{path.relative_to(ROOT)}: {version}")
    file = INTERFACES / f"{version}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(interface_text(), encoding="utf-8")
    print(f"{file.relative_to(ROOT)}: the public interface that later versions keep")
    print(f"next: make setup schemas check, then commit, tag v{version}, and make dist (docs/releasing.md)")
    return 0


def interface_text() -> str:
    return json.dumps(public_interface(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def wrong_version(version: str) -> Iterator[str]:
    if _numbers(version) <= _numbers(__version__) and f"## {version} " in CHANGELOG.read_text(encoding="utf-8"):
        yield f"{version} was released; choose a version higher than {__version__}"
    elif _numbers(version) < _numbers(__version__):
        yield f"{version} is lower than {__version__}, the version in reconciler/__init__.py"


def unclean() -> Iterator[str]:
    command = ("git", "-C", str(ROOT), "status", "--porcelain")
    if subprocess.run(command, capture_output=True, text=True, check=True).stdout:  # noqa: S603  # fixed words
        yield "the work tree has changes: commit or remove them first"


def misplaced_fragments(changes: Path) -> Iterator[str]:
    areas = {section["path"] for section in configuration()["section"]}
    for path in sorted(changes.rglob("*.md")):
        area, name = path.parent.relative_to(changes).as_posix(), path.name
        if area not in areas or not FRAGMENT.fullmatch(name):
            yield (
                f"changes/{path.relative_to(changes)}: expected changes/AREA/NNN-name.KIND.md, with an area of"
                f" {', '.join(sorted(areas))} and a kind of added, changed, fixed"
            )


def missing_notes(version: str) -> Iterator[str]:
    for name in UPGRADING:
        if f"\n## {version}\n" not in (ROOT / name).read_text(encoding="utf-8"):
            yield f"{name} has no section `## {version}`: write what an upgrade asks of people, or that it asks nothing"


def set_version(root: Path, old: str, new: str) -> Iterator[Path]:
    """The files that hold the version, once they hold the new one."""
    places = [(root / "reconciler/__init__.py", f'__version__ = "{old}"', f'__version__ = "{new}"')]
    for name in TUTORIAL:
        places += [(root / name, f"reconciler {old}", f"reconciler {new}")]
        places += [(root / name, f"reconciler-{old}-py3", f"reconciler-{new}-py3")]
    for pattern in IMAGE_FILES:
        for path in sorted(root.glob(pattern)):
            places += [(path, f"reconciler:{old}", f"reconciler:{new}"), (path, f"newTag: {old}", f"newTag: {new}")]
            places.append((path, f'image.version="{old}"', f'image.version="{new}"'))
    for pattern in CI_EXAMPLES:
        places += [(path, f"reconciler=={old}", f"reconciler=={new}") for path in sorted(root.glob(pattern))]
    for path, before, after in places:
        text = path.read_text(encoding="utf-8")
        if before in text:
            path.write_text(text.replace(before, after), encoding="utf-8")
            yield path


def tidy(text: str) -> str:
    """Without the empty lines that the template leaves."""
    return re.sub(r"\n{3,}", "\n\n", text).rstrip("\n") + "\n"


def configuration() -> dict[str, Any]:
    tool: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    return tool["towncrier"]  # type: ignore[no-any-return]  # TOML


def _towncrier(*words: str) -> int:
    command = [sys.executable, "-m", "towncrier", "build", "--dir", str(ROOT), *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  # fixed words
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
    elif "--draft" in words:
        print(tidy(done.stdout))
    return done.returncode


def _day() -> str:
    return datetime.fromtimestamp(commit_time(), UTC).date().isoformat()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
