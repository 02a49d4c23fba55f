"""A file of leaves: every fault is a diagnostic with the file and the line."""

import pytest

from reconciler.adapters.files import leaf_files
from reconciler.adapters.files.leaf_files import read_leaves
from reconciler.core.diagnostics import codes
from reconciler.core.planning.leaves import leaf_digest
from reconciler.ports import SetupError

LEAF = leaf_digest("one")


def test_a_file_is_read_also_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "leaves.txt"
    path.write_bytes(f"\ufeffkyoto-tea {LEAF}\r\n".encode())
    assert read_leaves(path) == {"kyoto-tea": LEAF}


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"\nkyoto-tea\n", 2, "words found: 1"),
        (b"# one\n\xff\xfe\n", 2, "not UTF-8"),
        (b"{}\n" * 40, 1, "words found: 1"),
    ],
)
def test_a_fault_has_the_file_and_the_line(tmp_path, content, line, reason):
    path = tmp_path / "leaves.txt"
    path.write_bytes(content)
    with pytest.raises(SetupError, match=reason) as refused:
        read_leaves(path)
    assert refused.value.code is codes.BROKEN_LEAVES
    assert (refused.value.origin.file, refused.value.origin.line) == (str(path), line)


@pytest.mark.parametrize("name", ["missing.txt", "."])
def test_what_is_no_file_is_refused(tmp_path, name):
    with pytest.raises(SetupError, match="cannot be read") as refused:
        read_leaves(tmp_path / name)
    assert refused.value.code is codes.BROKEN_LEAVES


def test_a_file_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(leaf_files, "SIZE_LIMIT", 10)
    path = tmp_path / "leaves.txt"
    path.write_text(f"kyoto-tea {LEAF}\n")
    with pytest.raises(SetupError, match="larger"):
        read_leaves(path)
