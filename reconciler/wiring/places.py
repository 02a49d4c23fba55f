"""Where an unusable setting stands."""

from __future__ import annotations

from pathlib import Path

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Text
from reconciler.ports import Unusable


def unusable(settings: Settings, place: str, text: Text, way_on: Text) -> Unusable:
    origin = settings.origins.get(place) or settings.origins.get(place.partition(".")[0])
    return Unusable(text, way_on=way_on, code=codes.BAD_SETTINGS, subject=place, origin=origin)


def near(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)
