"""What the demo prints, in English or Japanese: messages, addresses, people, and the steps of the tour.

In: a language, and the demo that runs. Out: lines. The texts are in `texts/`, one file per language.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from demo.environment import ROOT, bold, near
from demo.live.place import DemoPlace
from reconciler.cli.shell.locale import choose_language
from reconciler.embedded.pages.language import JAPANESE, PageLanguage, _, written_in

FOLDER = Path(__file__).parent / "texts"


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoTexts:
    language: str
    document: Mapping[str, Any]

    def message(self, key: str, **values: object) -> str:
        text: str = self.document["messages"][key]
        return text.strip().format(**values)

    def title(self, name: str) -> str:
        """How a process or a port is called."""
        title: str = self.document["titles"].get(name, name)
        return title

    def written(self, text: str, values: Mapping[str, str]) -> str:
        """A text with its values, and `[the label of a page]` in the words of the pages."""
        return re.sub(r"\[([^\]]+)\]", lambda found: self._label(found[1]), text.strip().format(**values))

    def _label(self, japanese: str) -> str:
        if self.language == JAPANESE:
            return f"「{japanese}」"
        with written_in(PageLanguage(code=self.language)):
            own = _(japanese)
        return japanese if own == japanese else f"{own} ({japanese})"


def texts_for(environment: Mapping[str, str]) -> DemoTexts:
    """In the language of RECONCILER_LANG, or of the terminal's locale."""
    return texts_in(choose_language((), environment))


def texts_in(language: str) -> DemoTexts:
    document = tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return DemoTexts(language=language, document=document)


def tour_lines(texts: DemoTexts, place: DemoPlace) -> Iterator[str]:
    document, values = texts.document, _values(place)
    yield ""
    yield texts.written(document["tour"]["opening"], values)
    yield ""
    yield from _table({label: texts.written(value, values) for label, value in document["addresses"].items()})
    yield ""
    yield bold(texts.written(document["tour"]["password"], values))
    yield from _table({label: texts.written(value, values) for label, value in document["people"].items()})
    yield ""
    yield bold(texts.written(document["tour"]["heading"], values))
    for number, step in enumerate(document["steps"], start=1):
        yield ""
        yield bold(f"{number}. {step['title']}")
        yield from (f"   {line}" for line in texts.written(step["text"], values).splitlines())
        yield from (f"   $ {values['with']} {command}" for command in step["commands"])
    yield ""


def _values(place: DemoPlace) -> dict[str, str]:
    addresses = {name: place.address(name) for name in place.ports}
    return addresses | {
        "password": place.password,
        "token": place.console_token,
        "logs": near(place.folder / "logs"),
        "with": near(place.script),
        "here": os.path.relpath(Path.cwd(), ROOT) if Path.cwd() != ROOT else str(ROOT),
    }


def _table(rows: Mapping[str, str]) -> Iterator[str]:
    widest = max(map(_width, rows))
    for label, value in rows.items():
        yield f"  {label}{' ' * (widest - _width(label))}   {value}"


def _width(text: str) -> int:
    """In columns of a terminal."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
