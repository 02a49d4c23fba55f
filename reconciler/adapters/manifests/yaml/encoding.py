"""Whether the bytes of a file may be given to the YAML parser at all.

In: the bytes. Out: a diagnostic unless they are plain UTF-8 of a manifest's size, or None. It does not parse YAML, except
for three characters that end a line in YAML 1.1 and not in 1.2.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.values import Origin

SIZE_LIMIT: Final = 256 * 1024
"""Bytes. A manifest is about 1 KB; what is 250 times as large is another kind of file."""

_AS_UTF8: Final = msg("Save the file as UTF-8 without a byte order mark")
_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_OTHER_BREAK: Final = re.compile("[\u0085\u2028\u2029]")
_OTHER_BREAK_BYTES: Final = re.compile("\u0085|\u2028|\u2029".encode())
_BREAK_NAMES: Final = {"\u0085": "U+0085", "\u2028": "U+2028", "\u2029": "U+2029"}


def refuse_bytes(data: bytes, file: str) -> Diagnostic | None:
    """What makes these bytes unfit for the parser."""
    if len(data) > SIZE_LIMIT:
        return too_large(file)
    return _refuse_mark(data, file) or _refuse_utf8(data, file) or _refuse_breaks(data, file)


def too_large(file: str) -> Diagnostic:
    return diagnostic(
        codes.TOO_LARGE,
        msg("The file is larger than {limit} KiB and was not read", limit=SIZE_LIMIT // 1024),
        expected=msg("a manifest of one shop, about 1 KiB"),
        hint=msg("Move the file out of the manifest folder, or split it into one file per shop"),
        origin=Origin(file),
    )


def position(text: str, file: str) -> Origin:
    """The place right after `text`, which is the file's beginning."""
    line_start = max(text.rfind("\n"), text.rfind("\r")) + 1
    lines = text.count("\n") + text.count("\r") - text.count("\r\n")
    return Origin(file, lines + 1, len(text) - line_start + 1)


def _refuse_mark(data: bytes, file: str) -> Diagnostic | None:
    if data.startswith(codecs.BOM_UTF8):
        return _not_utf8(file, msg("The file starts with a byte order mark (BOM)"))
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _not_utf8(file, msg("The file is encoded in {encoding}", encoding=name))
    if b"\0" in data[:2] and len(data) > 1 and data[:2] != b"\0\0":
        return _not_utf8(file, msg("The file is encoded in {encoding}", encoding="UTF-16"))
    return None


def _refuse_utf8(data: bytes, file: str) -> Diagnostic | None:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        summary = msg("The byte 0x{byte} is not part of any UTF-8 character", byte=f"{data[error.start]:02X}")
        return _not_utf8(file, summary, position(before, file))
    return None


def _refuse_breaks(data: bytes, file: str) -> Diagnostic | None:
    if _OTHER_BREAK_BYTES.search(data) is None:
        return None
    text = data.decode()
    where = _OTHER_BREAK.search(text)
    assert where is not None
    name = _BREAK_NAMES[where.group()]
    return diagnostic(
        codes.AMBIGUOUS,
        msg("The character {name} is a line break in YAML 1.1 but not in YAML 1.2", name=name),
        hint=msg("Delete it (it is invisible), or write it as an escape in double quotes"),
        origin=position(text[: where.start()], file),
    )


def _not_utf8(file: str, summary: Message, origin: Origin | None = None) -> Diagnostic:
    return diagnostic(
        codes.NOT_UTF8,
        summary,
        expected=msg("UTF-8 without a byte order mark"),
        hint=_AS_UTF8,
        origin=origin or Origin(file),
    )
