"""Compares what a page shows with what a command prints: only what is the same each time."""

from __future__ import annotations

import re

_MASKS = (
    (re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"\b(?=[a-f]*\d)[0-9a-f]{7,}\b"), "<id>"),
    (re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?(?:Z|[+-]\d\d:\d\d)?"), "<time>"),
    (re.compile(r"\b\d\d:\d\d(?::\d\d)?(?:[+-]\d\d:\d\d)?\b"), "<time>"),
    (re.compile(r"\b\d+(?:\.\d+)? ?(?:ms|s|min|h|d|days?|hours?|minutes?|seconds?)\b"), "<duration>"),
    (re.compile(r"\d+(?:\.\d+)? ?(?:ミリ秒|秒|分|時間|日)"), "<duration>"),
    (re.compile(r"\b\d+\.\d+\.\d+(?:\.dev\d+\S*)?\b"), "<version>"),
    (re.compile(r"[ \t]+"), " "),
)


def differences(shown: str, printed: str) -> str:
    """What is shown and was not printed, in words; empty where the page is right."""
    wanted = [_masked(line) for line in shown.splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else _line(line) for line in wanted)
    found = "".join(f"{_masked(line)}\n" for line in printed.splitlines())
    return "" if re.fullmatch(pattern, found) else f"the page shows\n{shown}\nbut the command printed\n{printed}"


def _line(text: str) -> str:
    return "".join(".*" if part == "…" else re.escape(part) for part in re.split("(…)", text)) + r"\n"


def _masked(line: str) -> str:
    for pattern, mask in _MASKS:
        line = pattern.sub(mask, line)
    return line.strip()
