"""Reasons of the operating system: the system's own words in English, explained in Japanese."""

import errno
import os
import socket
from pathlib import Path

import pytest

from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.views.i18n import language

KNOWN = [
    errno.ENOENT,
    errno.EACCES,
    errno.EPERM,
    errno.EISDIR,
    errno.ENOTDIR,
    errno.EEXIST,
    errno.ENOTEMPTY,
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EROFS,
    errno.ENAMETOOLONG,
    errno.ELOOP,
    errno.EMFILE,
    errno.EIO,
    errno.EINVAL,
    errno.EADDRINUSE,
    errno.EADDRNOTAVAIL,
    errno.ECONNREFUSED,
    errno.ECONNRESET,
    errno.ETIMEDOUT,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
]


@pytest.mark.parametrize("number", KNOWN, ids=lambda number: errno.errorcode[number])
def test_a_common_reason_is_explained_in_japanese_with_the_original_in_brackets(number: int) -> None:
    reason, original = system_reason(OSError(number, os.strerror(number))), os.strerror(number)
    assert language("en").translate(reason) == str(reason) == original
    japanese = language("ja").translate(reason)
    assert japanese.endswith(f" ({original})")
    assert not japanese.isascii()


def test_a_missing_file_is_not_named_again(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing") as caught:
        (tmp_path / "missing").read_bytes()
    assert str(system_reason(caught.value)) == "No such file or directory"


def test_a_port_in_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use") as caught:
        socket.create_server(taken.getsockname())
    assert language("ja").translate(system_reason(caught.value)).startswith("アドレスは使用中です")


def test_a_rare_reason_is_shown_as_it_is() -> None:
    rare = OSError(errno.EBADMSG, os.strerror(errno.EBADMSG))
    assert language("ja").translate(system_reason(rare)) == os.strerror(errno.EBADMSG)
    assert str(system_reason(OSError())) == "OSError"
