"""What Git knows of the manifests: which files differ from a revision."""

from __future__ import annotations

from typing import Protocol


class Revisions(Protocol):
    def changed_since(self, revision: str) -> frozenset[str]:
        """Paths below the folder of manifests, with `/`: what stands otherwise than in `revision`, whether committed or not,
        what is there and Git does not have, and what is gone. A renamed file is there under both names.

        Raises Unusable where Git is not there, or does not know the revision.
        """
        ...
