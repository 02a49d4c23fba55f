"""Gettext catalogues of the pages, made from the pairs of an English page and its mirror.

Both pages have the same structure, so the messages that Sphinx finds in them are pairs, in order. A pair that does not match, a
message without a translation and a translation without a message are problems, each with its page. A page is translated in its
mirror; the catalogues in docs/locale are made from it, and are in Git so that a later change of only one side is noticed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tools.docs_site.pages import Page
from tools.docs_site.running_text import as_markdown

Message = tuple[str, str]
"""The kind of the block, and its text."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """The translations of one page, and what is wrong with them."""

    translations: dict[str, str]
    problems: tuple[str, ...]
    code: frozenset[str] = frozenset()
    """The texts that are blocks of code: their lines stay lines."""

    def for_sphinx(self) -> dict[str, str]:
        """The translations as Sphinx reads them: each as Markdown of its own."""
        return {
            text: translation if text in self.code else as_markdown(translation)
            for text, translation in self.translations.items()
        }


def pair(page: Page, english: list[Message], japanese: list[Message]) -> Pairing:
    """Block by block. Stops at the first block whose kind differs: what follows cannot be matched."""
    translations: dict[str, str] = {}
    problems: list[str] = []
    code = frozenset(text for kind, text in english if kind == "literal_block")
    for (kind, text), (other_kind, translation) in zip(english, japanese, strict=False):
        if kind != other_kind:
            problems.append(f"{page.japanese}: a {other_kind} where {page.english} has a {kind}: {_start(text)}")
            return Pairing(translations, tuple(problems), code)
        known = translations.setdefault(text, translation)
        if known != translation:
            problems.append(
                f"{page.japanese}: {_start(text)} is translated as {_start(known)} and {_start(translation)}: use one"
            )
    problems += [f"{page.english}: no translation for {_start(text)}" for _, text in english[len(japanese) :]]
    problems += [f"{page.japanese}: nothing in English for {_start(text)}" for _, text in japanese[len(english) :]]
    return Pairing(translations, tuple(problems), code)


def stale(page: Page, before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The messages whose English changed while the Japanese did not."""
    gone = {translation for text, translation in before.items() if text not in now}
    return [
        f"{page.english}: {_start(text)} changed, its translation in {page.japanese} did not: {_start(translation)}"
        for text, translation in now.items()
        if text not in before and translation in gone
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogues:
    """Where the messages of Sphinx's runs are, where catalogues are kept, and where Sphinx reads them."""

    lists: Path
    kept: Path
    compiled: Path

    def update(self, page: Page, *, accept: bool) -> list[str]:
        """Write the catalogue of a page, unless it has problems. Out: those. `accept` takes a stale translation as right."""
        made = pair(page, *(_messages(self.lists / language / f"{page.name}.json") for language in ("en", "ja")))
        place = self.kept / "ja" / f"{page.name}.po"
        problems = list(made.problems)
        if place.exists() and not accept:
            problems += stale(page, _read(place), _translated(made.translations))
        if not problems:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(_po(_catalogue(page, made.translations)))
        binary = self.compiled / "ja" / "LC_MESSAGES" / f"{page.name}.mo"
        binary.parent.mkdir(parents=True, exist_ok=True)
        compiled = _mo(_catalogue(page, made.for_sphinx()))
        if not binary.exists() or binary.read_bytes() != compiled:
            binary.write_bytes(compiled)  # only then does Sphinx read the page again
        return problems

    def remove_others(self, known: dict[str, Page]) -> None:
        """Catalogues of pages that are gone."""
        for place in (self.kept / "ja").glob("**/*.po"):
            page = known.get(place.relative_to(self.kept / "ja").with_suffix("").as_posix())
            if page is None or page.japanese is None:
                place.unlink()


def _messages(path: Path) -> list[Message]:
    return [(kind, text) for kind, text in json.loads(path.read_text(encoding="utf-8"))]


def _translated(translations: dict[str, str]) -> dict[str, str]:
    """Code is the same in both languages and needs no entry."""
    return {text: translation for text, translation in translations.items() if text != translation}


def _catalogue(page: Page, translations: dict[str, str]) -> Catalog:
    catalogue = Catalog(domain=page.name, fuzzy=False, charset="utf-8")
    for text, translation in _translated(translations).items():
        catalogue.add(text, translation)
    return catalogue


def _po(catalogue: Catalog) -> bytes:
    """Without dates and versions, so that the same page gives the same file."""
    head = b'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file = BytesIO()
    write_po(file, catalogue, omit_header=True, width=0)
    return head + file.getvalue()


def _mo(catalogue: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def _read(place: Path) -> dict[str, str]:
    with place.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def _start(text: str) -> str:
    """Enough of a text to find it."""
    line = " ".join(text.split())
    return f"`{line[:60]}...`" if len(line) > 60 else f"`{line}`"
