"""A pseudo terminal of a given width, for processes."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Screen:
    """A pseudo terminal. `text` is everything that was written to it and not read yet, without colours."""

    def __init__(self, columns: int) -> None:
        self._ours, self.end = pty.openpty()
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

    def lines(self, count: int) -> str:
        """The next lines, as soon as they are there."""
        read = b""
        while read.count(b"\n") < count:
            read += os.read(self._ours, 1)
        return _shown(read)

    def type(self, words: str) -> None:
        os.write(self._ours, words.encode())

    def text(self) -> str:
        os.close(self.end)
        read = b""
        try:
            while some := os.read(self._ours, 65536):
                read += some
        except OSError:  # how Linux says that the other end is closed
            pass
        os.close(self._ours)
        return _shown(read)


def _shown(written: bytes) -> str:
    return _COLOUR.sub("", written.decode()).replace("\r\n", "\n")
