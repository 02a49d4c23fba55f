"""Addresses of files. In: a URI of the client, or a path. Out: the other one. Only files have a path."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from pygls.uris import from_fs_path, to_fs_path


def uri_path(uri: str) -> Path | None:
    """None for what is no file, such as a buffer that was never saved; for a file of another machine as well."""
    try:
        parts = urlsplit(uri)
        path = to_fs_path(uri) if parts.scheme == "file" and parts.netloc in ("", "localhost") else None
    except ValueError:
        return None
    return None if not path or "\0" in path else Path(path)


def path_uri(path: Path) -> str:
    uri: str | None = from_fs_path(str(path))
    assert uri is not None
    return uri
