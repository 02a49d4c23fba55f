"""The `scale` part of the settings as values."""

from __future__ import annotations

from reconciler.adapters.settings.scale_documents import ScaleDocument
from reconciler.core.fleet.scale_settings import ScaleSettings
from reconciler.lib.durations import duration_seconds
from reconciler.lib.optional import value_or


def scale_settings(document: ScaleDocument) -> ScaleSettings:
    usual = ScaleSettings()
    return ScaleSettings(
        look_chunk=value_or(document.look_chunk, usual.look_chunk),
        apply_chunk=value_or(document.apply_chunk, usual.apply_chunk),
        stall=usual.stall if document.stall is None else duration_seconds(document.stall),
        mirror=document.mirror,
        chunks=value_or(document.chunks, usual.chunks),
        requests_per_second=value_or(document.requests_per_second, usual.requests_per_second),
        listen_notify=value_or(document.listen_notify, usual.listen_notify),
    )
