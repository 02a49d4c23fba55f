"""One file of the manifests, or the settings file, from its bytes to its values. It knows no shape and no layers."""

from __future__ import annotations

from reconciler.adapters.manifests.entries import Found
from reconciler.adapters.manifests.files import read_bytes
from reconciler.adapters.manifests.parsed import Parsed, unreadable
from reconciler.adapters.manifests.yaml import read_yaml


def read_file(file: Found) -> Parsed:
    """The file as it was read; what cannot be read is a parsed file with nothing in it but the reason."""
    data = read_bytes(file)
    return read_yaml(data, file.shown) if isinstance(data, bytes) else unreadable(file.shown, data)
