"""What `new` made: a manifest, and what is still to be filled in."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.core.diagnostics import Diagnostic
from reconciler.core.imported import FileNews
from reconciler.core.values import ShopKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """`news` is None where nothing was written; then `findings` say why. Else they say what is to be filled in."""

    shop: ShopKey
    news: FileNews | None = None
    findings: tuple[Diagnostic, ...] = ()
