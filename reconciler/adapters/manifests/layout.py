"""Names with a meaning in a folder of manifests: the defaults under all shops, the folder of groups, and that of attestations."""

from __future__ import annotations

from typing import Final

DEFAULTS: Final = "_defaults"


GROUPS: Final = "_groups"


ATTESTATIONS: Final = "_attestations"
