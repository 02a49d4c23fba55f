"""The catalogue files: extracted from the texts in the code, compiled, and compared with them.

In: sources and translations, as `CatalogueFiles` names them. Out: `.po`, `.mo`, or what is wrong with them. Only this module
needs Babel; nothing that runs in production imports it.

There are two: the product's English texts in Japanese, and the Japanese texts of the embedded backend's pages in English.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from reconciler.embedded.pages import language as pages
from reconciler.views import i18n as product

Text = str | tuple[str, ...]
"""One text, or the forms of a text that depends on a number."""
Found = tuple[str | None, Text]
"""The context of a text, None for most, and the text."""
_PACKAGE: Final = product.FOLDER.parent.parent
KEYWORDS: Final[Mapping[str, int]] = {"msg": 1, "_": 1, "N_": 1, "plural": 2, "ngettext": 2}
"""Functions whose texts are extracted, and how many forms each has."""
IN_CONTEXT: Final = "_c"
"""The function of a text with a context before it."""
NAMERS: Final = frozenset({"managed", "derived", "issued", "kind_spec"})
"""Functions whose `title` is an English name; its translation is the label on the admin screen."""
ONE_LANGUAGE: Final = frozenset({"key", "typed", "word"})
"""Placeholders of one language: English has the manifest key after a field's name, and values as they are typed; Japanese has
the word of the screen.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueFiles:
    """`without` are folders of the sources whose texts another catalogue has."""

    locale: str
    about: str
    po: Path
    sources: Path = _PACKAGE
    root: Path = _PACKAGE.parent
    without: tuple[Path, ...] = ()
    plural_forms: str
    own_places: frozenset[str] = frozenset()
    """Placeholders that a translation may have or omit."""
    letters: frozenset[str] = frozenset()
    """Modules with texts of a letter: as usual in Japanese letters, it has no spaces beside numbers and Latin words."""

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")

    def files(self) -> Iterator[Path]:
        """Modules and templates, in a fixed order."""
        found = (each for suffix in (".py", ".jinja") for each in sorted(self.sources.rglob(f"*{suffix}")))
        return (each for each in found if not any(folder in each.parents for folder in self.without))


PRODUCT: Final = CatalogueFiles(
    locale="ja",
    about="Japanese texts of the reconciler.",
    po=product.FOLDER / "ja" / "LC_MESSAGES" / f"{product.DOMAIN}.po",
    without=(_PACKAGE / "embedded",),
    plural_forms="nplurals=1; plural=0;",
    own_places=ONE_LANGUAGE,
    letters=frozenset({"reconciler/views/onboarding/mail.py"}),
)
PAGES: Final = CatalogueFiles(
    locale="en",
    about="English texts of the embedded backend's pages.",
    po=pages.LOCALE_FOLDER / "en" / "LC_MESSAGES" / f"{pages.DOMAIN}.po",
    sources=_PACKAGE / "embedded",
    plural_forms="nplurals=2; plural=(n != 1);",
)
CATALOGUES: Final = (PRODUCT, PAGES)


def update(catalogue: CatalogueFiles) -> None:
    """Updates the catalogue: adds new texts without translation, keeps translations, removes unused texts."""
    made, known = _template(catalogue), _read(catalogue)
    for message in _texts(made):
        old = _same(known, message)
        if old is not None:
            message.string = old.string
    catalogue.po.parent.mkdir(parents=True, exist_ok=True)
    catalogue.po.write_bytes(_po_bytes(made))


def compile_(catalogue: CatalogueFiles) -> None:
    catalogue.mo.write_bytes(_mo_bytes(catalogue, _read(catalogue)))


def check(catalogue: CatalogueFiles) -> list[str]:
    """What is wrong, one line each; empty if nothing is."""
    wanted, known, mo = _template(catalogue), _read(catalogue), catalogue.mo
    faults = [f"not in the catalogue: {_name(message)}" for message in _texts(wanted) if not _same(known, message)]
    faults += [f"not used any more: {_name(message)}" for message in _texts(known) if not _same(wanted, message)]
    faults += [fault for message in _texts(known) for fault in _faults(message, catalogue)]
    faults += [f"obsolete: {_name(message)}" for message in known.obsolete.values()]
    if not mo.exists() or mo.read_bytes() != _mo_bytes(catalogue, known):
        faults.append(f"{mo.name} is out of date: run `make catalogue`")
    return faults


def _faults(message: Message, catalogue: CatalogueFiles) -> Iterator[str]:
    own_places = catalogue.own_places
    if message.fuzzy:
        yield f"fuzzy: {_name(message)}"
    for string in _strings(message):
        if not string:
            yield f"not translated: {_name(message)}"
        elif _places(string) | own_places != _places(_name(message)) | own_places:
            yield f"other placeholders than the original: {_name(message)}"
        if _has_touching_place(string) and not catalogue.letters.issuperset(file for file, _line in message.locations):
            yield f"no space between a placeholder and Japanese: {_name(message)}"


class _Bare(Catalog):
    """A catalogue with a minimal header, without dates and versions, so that the same texts give the same bytes."""

    of: CatalogueFiles

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
            ("Language", self.of.locale),
            ("Plural-Forms", self.of.plural_forms),
        ]


def _template(catalogue: CatalogueFiles) -> Catalog:
    made = _empty(catalogue)
    for file in catalogue.files():
        place = file.relative_to(catalogue.root).as_posix()
        for context, text in _of_template(file) if file.suffix == ".jinja" else _of_module(file):
            made.add(text, locations=[(place, 0)], context=context)
    return made


def extracted(source: str) -> Iterator[Text]:
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


def _of_module(file: Path) -> Iterator[Found]:
    source = file.read_text(encoding="utf-8")
    yield from ((None, text) for text in extracted(source))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and _called(node) == IN_CONTEXT:
            context, text = (each.value for each in node.args if isinstance(each, ast.Constant))
            yield str(context), str(text)


def _of_template(file: Path) -> Iterator[Found]:
    """The texts of a template. Babel finds None for a value, and for a call without a literal."""
    options = {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}
    with file.open("rb") as source:
        for _line, function, found, _comments in babel_extract(source, ("_", IN_CONTEXT), (), options):
            words = found if isinstance(found, tuple) else (found,)
            context, text = words if function == IN_CONTEXT else (None, words[0])
            if text is not None:
                yield context, text


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _read(catalogue: CatalogueFiles) -> Catalog:
    if not catalogue.po.exists():
        return _empty(catalogue)
    with catalogue.po.open("rb") as file:
        return read_po(file, locale=catalogue.locale, domain=catalogue.po.stem)


def _empty(catalogue: CatalogueFiles) -> Catalog:
    made = _Bare(locale=catalogue.locale, domain=catalogue.po.stem, header_comment=f"# {catalogue.about}", fuzzy=False)
    made.of = catalogue
    return made


def _po_bytes(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=120, sort_output=True, include_lineno=False, ignore_obsolete=True)
    return buffer.getvalue()


def _mo_bytes(catalogue: CatalogueFiles, translated: Catalog) -> bytes:
    bare, buffer = _empty(catalogue), BytesIO()
    for message in _texts(translated):
        bare.add(message.id, message.string, context=message.context)
    write_mo(buffer, bare)
    return buffer.getvalue()


def _texts(catalogue: Catalog) -> Iterator[Message]:
    """Without the header, which is the message of the empty text."""
    return (message for message in catalogue if message.id)


def _same(catalogue: Catalog, message: Message) -> Message | None:
    return catalogue.get(message.id, message.context)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _name(message: Message) -> str:
    """The text itself; the plural form of a text that depends on a number."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def _has_touching_place(template: str) -> bool:
    """Whether a placeholder is directly next to a kana or kanji. Without a space a Latin value or a number would touch it too;
    `fill_japanese` removes the space beside a Japanese value.
    """
    parts = [(text, name is not None) for text, name, _spec, _conversion in Formatter().parse(template)]
    before = [text[-1:] for text, is_place in parts if is_place]
    after = [text[:1] for (_text, is_place), (text, _) in pairwise(parts) if is_place]
    return any(product.is_japanese(character) and character.isalpha() for character in before + after)


def _places(template: str) -> frozenset[str]:
    return frozenset(name for _text, name, _spec, _conversion in Formatter().parse(template) if name)
