"""A Dockerfile and its .dockerignore, read: as much of both as `deploy/` uses. Anything else is an error."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import translate
from pathlib import Path
from typing import Final

_IGNORED: Final = frozenset({"LABEL", "STOPSIGNAL"})


@dataclass(slots=True, kw_only=True)
class Stage:
    """`steps` are RUN, COPY and WORKDIR with their text, and the folder in which they are executed, in order."""

    base: str
    name: str
    steps: list[tuple[str, str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)


def read_stages(path: Path) -> list[Stage]:
    stages: list[Stage] = []
    for instruction, text in _instructions(path):
        if instruction == "FROM":
            base, _, name = text.partition(" AS ")
            stages.append(Stage(base=base, name=name))
        elif instruction not in _IGNORED:
            _take(stages[-1], instruction, text)
    return stages


def _instructions(path: Path) -> Iterator[tuple[str, str]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        if line.strip():
            instruction, _, text = line.partition(" ")
            yield instruction, text.strip()


def _take(stage: Stage, instruction: str, text: str) -> None:
    match instruction:
        case "RUN" | "COPY":
            stage.steps.append((instruction, text, stage.folder))
        case "WORKDIR":
            stage.folder = text
            stage.steps.append((instruction, text, stage.folder))
        case "ENV":
            stage.environment |= dict(word.split("=", 1) for word in shlex.split(text))
        case "USER":
            stage.user = text
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(text)
        case "CMD":
            stage.command = json.loads(text)
        case "HEALTHCHECK":
            stage.healthcheck = json.loads(text.partition("CMD ")[2])
        case _:
            raise ValueError(f"{instruction} is not understood here")


def context_files(root: Path) -> list[str]:
    """What `COPY . .` copies: the files of the tree, without those that Git or `.dockerignore` exclude."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    rules = [line for line in (root / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]
    return [name for name in listed.split("\0") if name and (root / name).is_file() and not _ignored(name, rules)]


def _ignored(name: str, rules: list[str]) -> bool:
    """The last rule that matches the file or one of its folders counts."""
    result = False
    parts = name.split("/")
    paths = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    for rule in rules:
        pattern = _pattern(rule.removeprefix("!"))
        if any(pattern.fullmatch(path) for path in paths):
            result = not rule.startswith("!")
    return result


def _pattern(rule: str) -> re.Pattern[str]:
    """`*` stays within a folder, `**/` is any number of them."""
    deep = rule.startswith("**/")
    text = translate(rule.removeprefix("**/")).replace(".*", "[^/]*")
    return re.compile(f"(?:.*/)?{text}" if deep else text)
