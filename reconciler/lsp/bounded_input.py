"""The input of the server with bounds: a header without an end, or a message larger than any file, takes no memory.

In: a binary stream. Out: the same stream. A message above the bound is read and thrown away; in its place comes
one that is ignored.
"""

from __future__ import annotations

from typing import BinaryIO, Final

from reconciler.lib.frozen_class import frozen

LARGEST_MESSAGE: Final = 64 * 1024 * 1024
_LONGEST_LINE: Final = 64 * 1024
_PIECE: Final = 1024 * 1024
_IGNORED: Final = b'{"jsonrpc":"2.0","method":"$/tooLarge"}'


@frozen(kw_only=False)
class BoundedInput:
    """As much of a stream as the reader of messages uses."""

    stream: BinaryIO

    def readline(self) -> bytes:
        return self.stream.readline(_LONGEST_LINE)

    def read(self, count: int) -> bytes:
        if count <= LARGEST_MESSAGE:
            return self.stream.read(count)
        while count > 0:
            piece = self.stream.read(min(count, _PIECE))
            if not piece:
                return b""
            count -= len(piece)
        return _IGNORED
