"""What `new` created: a manifest, and the missing values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.core.results.command import CommandResult
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen


@frozen
class NewManifestResult(CommandResult):
    """`news` is None where nothing was written; then `diagnostics` say why. Else they say what is to be filled in."""

    kind: ClassVar[str] = "new"
    shop: ShopKey
    news: FileEdit | None = None

    @property
    def outcomes(self) -> Mapping[str, str]:
        return {self.shop: "refused" if self.news is None else "created"}

    @property
    def exit_code(self) -> ExitCode:
        """Refused where the shop has a manifest already."""
        if self.news is not None:
            return ExitCode.DONE
        refused = all(each.severity is Severity.REFUSED for each in self.diagnostics)
        return ExitCode.REFUSED if refused else ExitCode.ERROR
