"""The contents of open files, and of the others as the disk has them.

In: texts by path. Out: bytes and parsed files. What is open is parsed once for each of its versions.
"""

from __future__ import annotations

from typing import Final

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_bytes
from reconciler.adapters.manifests.yaml.encoding import SIZE_LIMIT, too_large
from reconciler.adapters.manifests.yaml.parsed import Parsed, unreadable
from reconciler.adapters.manifests.yaml.reader import read_yaml
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.values import Origin

_FIRST_LINE: Final = 80
_MOST_LINES: Final = 1_000
"""Lines and commas of an open file. A manifest has about 30 lines; in another kind of file every line may be an error, and each
costs time in which nothing else is checked.
"""


class Buffers:
    def __init__(self) -> None:
        self._open: dict[str, bytes] = {}
        self._parsed: dict[str, Parsed] = {}

    def open(self, path: str, text: str) -> bool:
        """Whether that is a change. A lone surrogate, which an editor may send, is no UTF-8: it is refused when it is read."""
        data = text.encode("utf-8", "surrogatepass")
        if self._open.get(path) == data:
            return False
        self._open[path] = data
        self._parsed.pop(path, None)
        return True

    def close(self, path: str) -> None:
        self._open.pop(path, None)
        self._parsed.pop(path, None)

    def is_open(self, path: str) -> bool:
        return path in self._open

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._open)

    def read_bytes(self, file: ManifestPath) -> bytes | Diagnostic:
        data = self._open.get(file.path)
        if data is None:
            return read_bytes(file)
        if len(data) > SIZE_LIMIT:
            return too_large(file.display_path)
        return data if data.count(b"\n") + data.count(b",") <= _MOST_LINES else _too_long(file.display_path)

    def read(self, file: ManifestPath) -> Parsed:
        found = self._parsed.get(file.path)
        if found is None:
            data = self.read_bytes(file)
            found = (
                read_yaml(data, file.display_path) if isinstance(data, bytes) else unreadable(file.display_path, data)
            )
            if file.path in self._open:
                self._parsed[file.path] = found
        return found

    def text(self, file: ManifestPath) -> str:
        """Empty for what cannot be read, or is no text; of what is too large the first line."""
        data = self.read_bytes(file)
        if not isinstance(data, bytes):
            data = self._open.get(file.path, b"")[:_FIRST_LINE].partition(b"\n")[0]
        try:
            return data.decode()
        except UnicodeDecodeError:
            return ""


def _too_long(shown: str) -> Diagnostic:
    return diagnostic(
        codes.TOO_LARGE,
        msg(
            "The file has more than {limit} lines or list items, and is not checked while it is open", limit=_MOST_LINES
        ),
        expected=msg("a manifest of one shop, about 1 KiB"),
        hint=msg("Run `reconciler validate` to check it, or split it into one file per shop"),
        origin=Origin(shown),
    )
