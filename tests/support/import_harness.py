"""An import with real files and a backend in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import anyio

from reconciler.adapters.files.atomic_batch import AtomicBatchWriter
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.adapters.manifests.writing.import_writer import ImportManifestEditor
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.importing.legacy_rows import LegacyExport, read_legacy
from reconciler.core.importing.secret_names import SecretNamePattern
from reconciler.core.results.authoring.import_result import ImportResult
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import SecretMissing
from reconciler.workflows.import_.run import ImportContext, ImportRequest, import_shops
from tests.support.example_worlds import live
from tests.support.fake_backend import ModelBackend
from tests.support.strategies import TOKENS

MANIFEST = """\
# ours since 2019
apiVersion: reconciler/v1
shop: kyoto-tea
amazon:
  notification:
    email: old@kyoto-tea.example # ask Hana before changing
"""


class Held:
    """Secrets by name; those that are not named are missing."""

    def __init__(self, **known: str) -> None:
        self._known = known

    def check_scheme(self, ref: SecretRef) -> None: ...

    def prepare(self, refs: object) -> None: ...

    def resolve(self, reference: SecretRef) -> Secret:
        if reference.locator not in self._known:
            raise SecretMissing(msg("The variable {name} is not set", name=reference.locator))
        return Secret(self._known[reference.locator], reference)


class Everybody:
    """Returns the same token for every reference."""

    def check_scheme(self, ref: SecretRef) -> None: ...

    def prepare(self, refs: object) -> None: ...

    def resolve(self, reference: SecretRef) -> Secret:
        return Secret(TOKENS[0], reference)


def fleet(count: int = 4, **state: object) -> ModelBackend:
    return ModelBackend(
        [live(f"shop-{number}", **{"mail": f"pay@shop-{number}.example"} | state) for number in range(count)]
    )


def do(
    folder: Path,
    backend: ModelBackend,
    writer: AtomicBatchWriter | None = None,
    secrets: object = None,
    unsettled: Callable[[], Mapping[ShopKey, Diagnostic]] = dict,
    **request: object,
) -> ImportResult:
    desk = ImportContext(
        backend=backend,
        author=ImportManifestEditor(folder, shown_as="shops"),
        writer=writer or AtomicBatchWriter(),
        manifests=ManifestFolder(folder, shown_as="shops"),
        secrets=secrets or Everybody(),  # type: ignore[arg-type]
        in_transition=unsettled,
    )
    return anyio.run(import_shops, ImportRequest(**request), desk)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def slugs(imported: ImportResult) -> list[str]:
    return [finding.code.slug for finding in imported.all_diagnostics]


def from_rows(headers: str, *rows: str) -> LegacyExport:
    cells = [row.split(",") for row in rows]
    return read_legacy("old.csv", headers.split(","), enumerate(cells, start=2), SecretNamePattern())
