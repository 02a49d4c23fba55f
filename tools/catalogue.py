"""The catalogue files: extracted from the texts in the code, compiled, and compared with them.

In: the package's sources and the translations. Out: `.po`, `.mo`, or what is wrong with them. Only this module needs Babel;
nothing that runs in production imports it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from reconciler.views.i18n import DOMAIN, FOLDER

SOURCES: Final = FOLDER.parent.parent  # reconciler/
LOCALE: Final = "ja"
PO: Final = FOLDER / LOCALE / "LC_MESSAGES" / f"{DOMAIN}.po"
MO: Final = PO.with_suffix(".mo")
KEYWORDS: Final = {"msg": 1, "_": 1, "plural": 2, "ngettext": 2}
"""Functions whose texts are extracted, and how many forms each has."""
NAMERS: Final = frozenset({"managed", "derived", "issued", "kind_spec"})
"""Functions whose `title` is an English name; its translation is the label on the admin screen."""
ONE_LANGUAGE: Final = frozenset({"key", "typed", "word"})
"""Placeholders of one language: English has the manifest key after a field's name, and values as they are typed; Japanese has
the word of the screen.
"""


def update(sources: Path = SOURCES, po: Path = PO) -> None:
    """Updates the catalogue: adds new texts without translation, keeps translations, removes unused texts."""
    made, known = _template(sources), _read(po)
    for message in _texts(made):
        old = known.get(message.id)
        if old is not None:
            message.string = old.string
    po.write_bytes(_po_bytes(made))


def compile_(po: Path = PO, mo: Path = MO) -> None:
    mo.write_bytes(_mo_bytes(_read(po)))


def check(sources: Path = SOURCES, po: Path = PO, mo: Path = MO) -> list[str]:
    """What is wrong, one line each; empty if nothing is."""
    wanted, known = _template(sources), _read(po)
    faults = [f"not in the catalogue: {_name(message)}" for message in _texts(wanted) if message.id not in known]
    faults += [f"not used any more: {_name(message)}" for message in _texts(known) if message.id not in wanted]
    faults += [fault for message in _texts(known) for fault in _faults(message)]
    faults += [f"obsolete: {_name(message)}" for message in known.obsolete.values()]
    if not mo.exists() or mo.read_bytes() != _mo_bytes(known):
        faults.append(f"{mo.name} is out of date: run `make catalogue`")
    return faults


def _faults(message: Message) -> Iterator[str]:
    if message.fuzzy:
        yield f"fuzzy: {_name(message)}"
    for string in _strings(message):
        if not string:
            yield f"not translated: {_name(message)}"
        elif _places(string) | ONE_LANGUAGE != _places(_name(message)) | ONE_LANGUAGE:
            yield f"other placeholders than the original: {_name(message)}"


class _Bare(Catalog):
    """A catalogue with a minimal header, without dates and versions, so that the same texts give the same bytes."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Language", LOCALE),
            ("Plural-Forms", "nplurals=1; plural=0;"),
        ]


def _template(sources: Path) -> Catalog:
    made = _empty()
    for file in sorted(sources.rglob("*.py")):
        for text in extracted(file.read_text(encoding="utf-8")):
            made.add(text, locations=[(f"reconciler/{file.relative_to(sources).as_posix()}", 0)])
    return made


def extracted(source: str) -> Iterator[str | tuple[str, ...]]:
    """The texts of one module, also those inside f-strings and inside each other.

    A call without a literal passes on a text that is extracted where it is written.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) in KEYWORDS:
            forms = [form.value for form in node.args[: KEYWORDS[_called(node)]] if isinstance(form, ast.Constant)]
            texts = tuple(form for form in forms if isinstance(form, str))
            if len(texts) == KEYWORDS[_called(node)]:
                yield texts[0] if len(texts) == 1 else texts
        if isinstance(node, ast.Call) and _called(node) in NAMERS:
            titles = (each.value for each in node.keywords if each.arg == "title")
            yield from (each.value for each in titles if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _read(po: Path) -> Catalog:
    if not po.exists():
        return _empty()
    with po.open("rb") as file:
        return read_po(file, locale=LOCALE, domain=DOMAIN)


def _empty() -> Catalog:
    return _Bare(locale=LOCALE, domain=DOMAIN, header_comment="# Japanese texts of the reconciler.", fuzzy=False)


def _po_bytes(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return buffer.getvalue()


def _mo_bytes(catalogue: Catalog) -> bytes:
    bare, buffer = _empty(), BytesIO()
    for message in _texts(catalogue):
        bare.add(message.id, message.string)
    write_mo(buffer, bare)
    return buffer.getvalue()


def _texts(catalogue: Catalog) -> Iterator[Message]:
    """Without the header, which is the message of the empty text."""
    return (message for message in catalogue if message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _name(message: Message) -> str:
    """The text itself; the plural form of a text that depends on a number."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def _places(template: str) -> frozenset[str]:
    return frozenset(name for _text, name, _spec, _conversion in Formatter().parse(template) if name)
