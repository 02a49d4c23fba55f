"""An import over real files and a backend in memory, as its tests speak of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import anyio

from reconciler.adapters.files.atomic_batch import WholeFiles
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.adapters.manifests.writing.import_writer import ManifestWorkshop
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import say
from reconciler.core.importing.legacy_rows import Legacy, read_legacy
from reconciler.core.importing.secret_names import SecretNames
from reconciler.core.results.authoring import Imported
from reconciler.core.values import Secret, SecretRef, ShopKey
from reconciler.ports import SecretMissing
from reconciler.workflows.import_.run import Desk, ImportRequest, import_shops
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

    def resolve(self, reference: SecretRef) -> Secret:
        if reference.locator not in self._known:
            raise SecretMissing(say("The variable {name} is not set", name=reference.locator))
        return Secret(self._known[reference.locator], reference)


class Everybody:
    """Has the same token for whoever asks."""

    def resolve(self, reference: SecretRef) -> Secret:
        return Secret(TOKENS[0], reference)


def fleet(count: int = 4, **state: object) -> ModelBackend:
    return ModelBackend(
        [live(f"shop-{number}", **{"mail": f"pay@shop-{number}.example"} | state) for number in range(count)]
    )


def do(
    folder: Path,
    backend: ModelBackend,
    writer: WholeFiles | None = None,
    secrets: object = None,
    unsettled: Callable[[], Mapping[ShopKey, Diagnostic]] = dict,
    **request: object,
) -> Imported:
    desk = Desk(
        backend=backend,
        author=ManifestWorkshop(folder, shown_as="shops"),
        writer=writer or WholeFiles(),
        manifests=ManifestFolder(folder, shown_as="shops"),
        secrets=secrets or Everybody(),  # type: ignore[arg-type]
        unsettled=unsettled,
    )
    return anyio.run(import_shops, ImportRequest(**request), desk)  # type: ignore[arg-type]


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def slugs(imported: Imported) -> list[str]:
    return [finding.code.slug for finding in imported.all_findings]


def from_rows(headers: str, *rows: str) -> Legacy:
    cells = [row.split(",") for row in rows]
    return read_legacy("old.csv", headers.split(","), enumerate(cells, start=2), SecretNames())
