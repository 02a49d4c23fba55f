"""A new manifest, as text: where it is, and how much is to be filled in."""

from __future__ import annotations

from reconciler.core.results.authoring import Begun
from reconciler.views.look import Look
from reconciler.views.page import page
from reconciler.views.sums import begun_sum


def render_begun(begun: Begun, look: Look) -> str:
    """Nothing where nothing was written: the findings say why."""
    return page([] if begun.news is None else [begun_sum(begun, look)])
