"""Whether the settings are of a backend that is only played with.

What a throwaway key signs is trusted by every sidecar that reads the same folder of certificates; so none of them may work for a
backend that is anywhere else.
"""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlsplit

from reconciler.adapters.settings.settings import Settings
from reconciler.lib.addresses import is_loopback


def is_practice_backend(settings: Settings) -> bool:
    return settings.backend.kind == "embedded" or is_loopback(host_of(settings.backend.url))


def host_of(address: str | None) -> str:
    """Empty where there is none."""
    with suppress(ValueError):
        return urlsplit(address or "").hostname or ""
    return ""
