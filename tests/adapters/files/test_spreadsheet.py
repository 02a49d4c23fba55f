"""Tables as spreadsheets write them."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.files.spreadsheet import read_table
from reconciler.core.diagnostics import codes
from reconciler.ports import SetupError

TEXT = '店舗キー,通知メールアドレス\r\nkyoto-tea,"a, b"\r\n'


def rows(path: Path) -> list[tuple[int, list[str]]]:
    return [(line, list(cells)) for line, cells in read_table(path).rows]


def refused(path: Path, data: bytes) -> tuple[str, int]:
    path.write_bytes(data)
    with pytest.raises(SetupError) as printed:
        rows(path)
    assert printed.value.code is codes.NOT_A_TABLE
    assert printed.value.origin is not None
    return str(printed.value.text), printed.value.origin.line


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_every_encoding_and_delimiter_gives_the_same_table(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "old.csv"
    text = f'店舗キー{delimiter}通知メールアドレス\r\nkyoto-tea{delimiter}"a{delimiter} b"\r\n'
    path.write_bytes(text.encode(encoding))
    table = read_table(path)

    assert table.headers == ("店舗キー", "通知メールアドレス")
    assert [(line, list(cells)) for line, cells in table.rows] == [(2, ["kyoto-tea", f"a{delimiter} b"])]


def test_a_row_has_the_line_that_it_starts_on(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text('shop,text\na,"one\ntwo"\n\nb,x\n')

    assert [(line, cells) for line, cells in rows(path) if cells] == [(2, ["a", "one\ntwo"]), (5, ["b", "x"])]


def test_a_file_in_two_encodings_is_refused_at_the_line(tmp_path: Path) -> None:
    lines = [f"店舗{number}\n".encode() for number in range(9)]
    data = b"".join((*lines[:5], "京都\n".encode("cp932"), *lines[5:]))

    assert refused(tmp_path / "old.csv", data) == ("This line is not UTF-8, but other lines are", 6)


def test_a_file_in_shift_jis_with_a_line_that_looks_like_utf_8_is_shift_jis(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes("店舗キー\n京都\nﾂｱ\n大阪\n".encode("cp932"))

    assert rows(path) == [(2, ["京都"]), (3, ["ﾂｱ"]), (4, ["大阪"])]


@pytest.mark.parametrize(
    ("data", "why", "line"),
    [
        (b"", "The first line has no column names", 1),
        (b" , \nx", "The first line has no column names", 1),
        (b"PK\x03\x04...", "It is in the spreadsheet program's own format", 1),
        (b"shop\n\x81\xff\n", "It is neither UTF-8 nor Shift_JIS", 2),
        (
            b'shop\na\n"b\n',
            "The row that starts here is not valid CSV: a quote is not closed, or is inside a cell",
            3,
        ),
        (b"\xff\xfea", "It is neither UTF-8 nor Shift_JIS", 1),
    ],
)
def test_what_is_no_table_is_reported_with_its_line(tmp_path: Path, data: bytes, why: str, line: int) -> None:
    assert refused(tmp_path / "old.csv", data) == (why, line)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="No such file"):
        read_table(tmp_path / "old.csv")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("table") / "x.csv"
    path.write_bytes(data)
    with suppress(SetupError):
        assert all(line > 1 for line, _ in read_table(path).rows)
