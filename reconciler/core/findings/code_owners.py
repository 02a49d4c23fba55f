"""CODEOWNERS: who owns a file, by the rules of GitHub and of GitLab.

In: the text of the file, and a path from the root of the repository. Out: the owners of the last pattern that matches. On GitLab
each section has an answer of its own; the last one is the answer here. Patterns are those of gitignore without negation and
ranges; a pattern without owners takes a file out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from reconciler.lib.frozen_class import frozen

_SECTION: Final = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?P<owners>.*)")
_OWNER: Final = re.compile(r"@\S+|[^\s@]+@[^\s@]+")
_WORD: Final = re.compile(r"(?:\\.|[^\s\\])+")


@frozen(kw_only=False)
class OwnerRule:
    """`section` is empty before the first one."""

    pattern: re.Pattern[str]
    owners: tuple[str, ...]
    section: str = ""


def parse_code_owners(text: str) -> tuple[OwnerRule, ...]:
    """Lines that are no rule are skipped, as the forges do."""
    return tuple(_rules(text))


def owners_of(rules: Sequence[OwnerRule], path: str) -> tuple[str, ...]:
    """`path` is relative to the root, with `/`. Empty where the file has no owner."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in rules:
        if rule.pattern.fullmatch(path):
            found[rule.section] = rule.owners
    return next((owners for owners in reversed(found.values()) if owners), ())


def _rules(text: str) -> Iterator[OwnerRule]:
    section, inherited = "", tuple[str, ...]()
    for line in text.splitlines():
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        head = _SECTION.fullmatch(plain)
        if head is not None:
            # GitLab combines sections of one name, without regard to case.
            section, inherited = head["name"].strip().casefold(), _owners(head["owners"])
            continue
        word = _WORD.match(plain)
        if word is not None:
            rest = plain[word.end() :]
            named = _owners(rest) or (inherited if not rest.partition("#")[0].strip() else ())
            yield OwnerRule(_pattern(re.sub(r"\\(.)", r"\1", word[0])), named, section)


def _owners(text: str) -> tuple[str, ...]:
    return tuple(_OWNER.findall(text.partition(" #")[0]))


def _pattern(glob: str) -> re.Pattern[str]:
    """A slash that is not the last character ties the pattern to the root; one at the end means everything below."""
    anchored = "/" in glob[:-1]
    body = glob.removeprefix("/")
    below = body.endswith("/")
    steps = "".join(_translated(body.removesuffix("/")))
    head = "" if anchored else "(?:.*/)?"
    tail = "/.*" if below else "" if body.endswith("/*") else "(?:/.*)?"
    return re.compile(f"{head}{steps}{tail}" if body else ".*")


def _translated(body: str) -> Iterator[str]:
    for token in re.findall(r"/\*\*/|\*\*/|/\*\*|\*\*|\*|\?|[^*?/]+|/", body):
        match token:
            case "/**/":
                yield "/(?:.*/)?"
            case "**/":
                yield "(?:.*/)?"
            case "/**":
                yield "/.*"
            case "**":
                yield ".*"
            case "*":
                yield "[^/]*"
            case "?":
                yield "[^/]"
            case _:
                yield re.escape(token)
