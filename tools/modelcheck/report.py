"""A violation as people read it: what does not hold, the story that leads there, and the command that replays it.

In: a scenario and what was found. Out: lines. Each step has its number; a star marks what is not the undisturbed course.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.modelcheck.explore import Found, Step

COMMAND = "python -m tools.modelcheck replay"


def violation_lines(scenario: str, found: Found, *, bug: str | None = None) -> Iterator[str]:
    """`bug` is the planted one, where one is."""
    yield f"violation in {scenario}: {found.law}"
    yield f"  {found.text}"
    yield f"  after {len(found.path)} steps, {found.disturbances} of them marked with *:"
    yield from (f"  {line}" for line in story_lines(found.story))
    planted = "" if bug is None else f" --bug {bug}"
    yield f"replay: {COMMAND} {scenario} '{encode_path(found.path)}'{planted}"


def story_lines(story: Sequence[Step]) -> Iterator[str]:
    """Steps that only wait are one line together."""
    waited, since = 0.0, 0
    for number, step in enumerate(story, start=1):
        if step.seconds and not step.surprise:
            waited, since = waited + step.seconds, since or number
            continue
        if waited:
            yield f"{since:4}    {waited:g} s pass"
            waited, since = 0.0, 0
        passed = f" ({step.seconds:g} s pass)" if step.seconds else ""
        yield f"{number:4}  {'*' if step.surprise else ' '} {step.text}{passed}"
    if waited:
        yield f"{since:4}    {waited:g} s pass"


def encode_path(names: Sequence[str]) -> str:
    """Equal steps in a row are written once with their count: `A.ok*7 A.unanswered A.ok`."""
    words: list[list[object]] = []
    for name in names:
        if words and words[-1][0] == name:
            words[-1][1] = int(str(words[-1][1])) + 1
        else:
            words.append([name, 1])
    return " ".join(f"{name}*{count}" if count != 1 else str(name) for name, count in words)


def decode_path(text: str) -> list[str]:
    """Raises ValueError."""
    names: list[str] = []
    for word in text.split():
        name, _, count = word.partition("*")
        names += [name] * (int(count) if count else 1)
    return names
