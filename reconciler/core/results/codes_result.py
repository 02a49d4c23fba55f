"""The result of `explain`: the codes of diagnostics."""

from __future__ import annotations

from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Code
from reconciler.core.results.command import CommandResult
from reconciler.lib.frozen_class import frozen


@frozen
class CodesResult(CommandResult):
    """`explained`: with an example and a fix."""

    kind: ClassVar[str] = "codes"
    codes: tuple[Code, ...]
    explained: bool = False
