"""A table from a spreadsheet: CSV or TSV, as Excel and the admin screens write them.

In: a file. Out: its headers, and its rows with the line on which each starts, one after the other. UTF-8 with or without a byte
order mark, Shift_JIS (the Windows variant) and the UTF-16 of Excel's "Unicode text" are detected; a file that mixes encodings is
refused at the line. The content of the cells is not interpreted.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from reconciler.adapters.files.atomic_write import require_regular
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError

_SHIFT_JIS: Final = "cp932"
_DELIMITERS: Final = (",", "\t", ";")
_SPREADSHEETS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@frozen
class Spreadsheet:
    """`file` is what people call it. `rows` can be gone through once; it raises SetupError where the file is not written as
    CSV.
    """

    file: str
    headers: tuple[str, ...]
    rows: Iterator[tuple[int, Sequence[str]]]


def read_table(path: Path) -> Spreadsheet:
    """Raises SetupError."""
    shown = path.as_posix()
    try:
        require_regular(path)
        data = path.read_bytes()
    except OSError as error:
        why = msg("{file} cannot be read: {reason}", file=shown, reason=system_reason(error))
        raise _unusable(why, None, msg("Check that it exists and that you may read it (`ls -l`)")) from error
    text = _decoded(data, shown)
    rows = _rows(text, shown)
    first = next(rows, None)
    if first is None or not any(cell.strip() for cell in first[1]):
        raise _unusable(msg("The first line has no column names"), Origin(shown), _AS_CSV)
    return Spreadsheet(file=shown, headers=tuple(first[1]), rows=rows)


def csv_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """A table that `read_table` reads: UTF-8 with a byte order mark, which spreadsheets need for Japanese."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    return codecs.BOM_UTF8 + text.getvalue().encode()


_AS_CSV: Final = msg("Save the table as CSV, with the column names in the first line")


def _rows(text: str, shown: str) -> Iterator[tuple[int, Sequence[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise _cell_too_long(Origin(shown, line)) from None
            why = msg("The row that starts here is not valid CSV: a quote is not closed, or is inside a cell")
            raise _unusable(why, Origin(shown, line), msg("Write a quote inside a quoted cell twice")) from None
        yield line, cells


def _cell_too_long(origin: Origin) -> SetupError:
    why = msg("The row that starts here has a cell longer than {limit} characters", limit=csv.field_size_limit())
    return _unusable(why, origin, msg("Shorten the cell; if it should be short, check for an unclosed quote"))


def _delimiter(text: str) -> str:
    """What the first line has most of."""
    first = text.partition("\n")[0]
    return max(_DELIMITERS, key=first.count)


def _decoded(data: bytes, shown: str) -> str:
    if data.startswith(_SPREADSHEETS):
        raise _unusable(msg("It is in the spreadsheet program's own format"), Origin(shown), _AS_CSV)
    if data.startswith(_UTF_16):
        return _strictly(data, "utf-16", shown)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        if _is_mixed(data):
            why = msg("This line is not UTF-8, but other lines are")
            raise _unusable(why, Origin(shown, line), msg("Save the whole file as UTF-8, or as Shift_JIS")) from None
        return _strictly(data, _SHIFT_JIS, shown)


def _is_mixed(data: bytes) -> bool:
    """Whether many lines can only be UTF-8. A few lines of Shift_JIS look like it by chance."""
    lines = [line for line in data.splitlines() if not line.isascii()]
    readable = [line for line in lines if _is_utf_8(line)]
    return len(readable) * 2 >= len(lines) or (bool(readable) and readable[0] is lines[0])


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _strictly(data: bytes, encoding: str, shown: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        why = msg("It is neither UTF-8 nor Shift_JIS")
        raise _unusable(why, Origin(shown, line), msg("Save the whole file as UTF-8, or as Shift_JIS")) from None


def _unusable(why: Message, origin: Origin | None, hint: Message) -> SetupError:
    return SetupError(why, hint=hint, code=codes.NOT_A_TABLE, origin=origin)
