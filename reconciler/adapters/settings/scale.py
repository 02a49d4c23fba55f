"""The `scale` part of the settings as values."""

from __future__ import annotations

from typing import TypeVar

from reconciler.adapters.settings.scale_documents import ScaleDocument
from reconciler.core.fleet.scale_settings import ScaleSettings
from reconciler.lib.durations import duration_seconds

T = TypeVar("T")


def scale_settings(document: ScaleDocument) -> ScaleSettings:
    usual = ScaleSettings()
    return ScaleSettings(
        look_chunk=_or(document.look_chunk, usual.look_chunk),
        apply_chunk=_or(document.apply_chunk, usual.apply_chunk),
        stall=usual.stall if document.stall is None else duration_seconds(document.stall),
        mirror=document.mirror,
        chunks=_or(document.chunks, usual.chunks),
        requests_per_second=_or(document.requests_per_second, usual.requests_per_second),
        listen_notify=_or(document.listen_notify, usual.listen_notify),
    )


def _or(given: T | None, usual: T) -> T:
    return usual if given is None else given
