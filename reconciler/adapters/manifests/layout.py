"""Names with a meaning in a folder of manifests: the defaults under all shops, and the folder of groups."""

from __future__ import annotations

from typing import Final

DEFAULTS: Final = "_defaults"


GROUPS: Final = "_groups"
