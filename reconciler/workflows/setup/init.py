"""The use case `init`: settings, ignored files, schemas for editors, code owners, CI files and a first manifest.

In: a session of the folder. Out: which files were created. An existing file is kept; only `.gitignore` gets a missing line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.authoring.file_changes import FileAction, ProjectFile
from reconciler.core.results.exit_status import exit_code_for_diagnostics
from reconciler.core.results.table_result import Cell, NamedCell, TableResult
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.setup.first_manifest import FIRST_SHOP, first_manifest
from reconciler.workflows.setup.init_ci import ci_files, ci_steps, code_owners, refuse_another_folder
from reconciler.workflows.setup.project_files import ignore_store, settings_text, write_new_file

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

_COLUMNS: Final = (("file", msg("File")), ("action", msg("Action")))
_ACTIONS: Final[dict[FileAction, NamedCell]] = {
    FileAction.CREATED: NamedCell("created", msg("created")),
    FileAction.CHANGED: NamedCell("changed", msg("changed")),
    FileAction.UNCHANGED: NamedCell("kept", msg("kept")),
}
_SETTINGS: Final = "reconciler.yaml"
_SEED: Final = "world.json"
_WORLD: Final = """\
{{
  "shops": [
    {{"shopKey": "{shop}", "entitlements": {{"commerceCreator": "RUNNING"}}}}
  ]
}}
"""


@frozen
class InitRequest:
    """`backend` is the address of an admin backend; None: the embedded one. `owner` is a user or team for CODEOWNERS. `ci` is
    `github` or `gitlab`; `requirement` is what pip installs there. Without `shop` the first one is `my-shop`.
    """

    shop: ShopKey | None = None
    backend: str | None = None
    owner: str | None = None
    ci: str | None = None
    requirement: str | None = None


def init_folder(session: Session, request: InitRequest) -> TableResult:
    """Raises SetupError where a file cannot be written, or CI files belong into another folder."""
    if request.ci is not None:
        refuse_another_folder(session)
    new = _is_new(session, request)
    files = [write_new_file(session, file, text) for file, text in _files(session, request, new=new)]
    rows = [_row(each) for each in (*files, ignore_store(session))]
    notices = [
        *ci_steps(forge=request.ci, owned=request.owner is not None or session.ci_files().code_owners() is not None)
    ]
    faults: tuple[Diagnostic, ...] = ()
    if new:
        first = first_manifest(session, request.shop)
        rows += [_row(first.file)] if first.file is not None else []
        notices = [*_not_in_seed(session, request.shop, files), *first.notices, *notices]
        faults = first.faults
    return TableResult(
        name="init",
        columns=_COLUMNS,
        rows=tuple(rows),
        empty=msg("Nothing to create"),
        notices=tuple(notices),
        diagnostics=faults,
        status=exit_code_for_diagnostics(faults),
    )


def _is_new(session: Session, request: InitRequest) -> bool:
    """A folder with settings that gets its CI files keeps its backend, and gets no further shop unless it is named."""
    return request.ci is None or request.shop is not None or session.project.settings_file is None


def _files(session: Session, request: InitRequest, *, new: bool) -> Iterator[tuple[str, str]]:
    if new:
        yield from session.project.editor_schemas().items()
        yield from _backend_files(session, request)
    if request.owner is not None:
        yield code_owners(session, request.owner, request.ci)
    if request.ci is not None:
        yield from ci_files(session, request.ci, request.requirement)


def _backend_files(session: Session, request: InitRequest) -> Iterator[tuple[str, str]]:
    """A seed only beside the settings that name it: a folder may have those of another backend."""
    seed = None if request.backend else _SEED
    settings = settings_text(request.backend, seed=seed)
    is_seeded = seed is not None and seed in (session.project.read(_SETTINGS) or settings)
    yield _SETTINGS, settings
    if is_seeded:
        yield _SEED, _WORLD.format(shop=request.shop or FIRST_SHOP)


def _not_in_seed(session: Session, shop: ShopKey | None, files: Iterable[ProjectFile]) -> Iterator[Message]:
    """The embedded backend would not know the shop."""
    kept = any(each.file == _SEED and each.action is FileAction.UNCHANGED for each in files)
    if shop is not None and kept and f'"{shop}"' not in (session.project.read(_SEED) or ""):
        yield msg(
            "{file} has no shop {shop}: add it under `shops`, since the embedded backend knows only the shops there",
            file=_SEED,
            shop=shop,
        )


def _row(made: ProjectFile) -> tuple[Cell, ...]:
    return made.file, _ACTIONS[made.action]
