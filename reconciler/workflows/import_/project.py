"""The use case `import --init`: live shops written down as manifests, and the folder of a new fleet around them.

In: an import, and what the folder needs. Out: the import with the files beside the manifests. Nothing is written where no shop
can be imported; an existing file is kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics.messages import msg
from reconciler.core.findings.sightings import OWNER_LABEL
from reconciler.core.model.selection import Selection
from reconciler.lib.frozen_class import frozen
from reconciler.ports import SetupError
from reconciler.workflows.import_.manifests import import_manifests
from reconciler.workflows.setup.init_ci import ci_files, ci_steps, code_owners, refuse_another_folder
from reconciler.workflows.setup.project_files import ignore_store, write_new_file

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.core.results.authoring.import_result import ImportResult
    from reconciler.workflows.import_.manifests import ImportFolder
    from reconciler.workflows.import_.run import ImportRequest
    from reconciler.workflows.session import Session

_SETTINGS: Final = "reconciler.yaml"


@frozen
class ProjectRequest:
    """`settings` is the text of the settings file where there is none. `backend` is the address that was given for it. `owner` is
    a user or team for CODEOWNERS. `ci` is `github` or `gitlab`; `requirement` is what pip installs there.
    """

    settings: str
    backend: str | None = None
    owner: str | None = None
    ci: str | None = None
    requirement: str | None = None


async def import_project(
    session: Session,
    request: ImportRequest,
    project: ProjectRequest,
    *,
    export: Path | None = None,
    folder: ImportFolder | None = None,
) -> ImportResult:
    """Raises BackendError where nothing can be read; SetupError where a file cannot be written, CI files belong into another
    folder, or the folder has settings for another backend.
    """
    _refuse_another_backend(session, project)
    if project.ci is not None:
        refuse_another_folder(session)
    result = await import_manifests(session, request, export=export, folder=folder)
    if not result.shops:
        return result
    owners = {**_present_owners(session), **result.owners}
    made = tuple(
        write_new_file(session, file, text, check=request.check) for file, text in _files(session, project, owners)
    )
    steps = ci_steps(
        forge=project.ci, owned=bool(project.owner or owners) or session.ci_files().code_owners() is not None
    )
    return replace(
        result,
        project=(*made, ignore_store(session, check=request.check)),
        notices=(*result.notices, *(() if request.check else steps)),
    )


def _refuse_another_backend(session: Session, project: ProjectRequest) -> None:
    """Raises SetupError."""
    file, used = session.project.settings_file, session.target.backend
    if file is None or project.backend is None or used.rstrip("/") == project.backend.rstrip("/"):
        return
    raise SetupError(
        msg("{file} has the backend `{used}`, not `{given}`", file=file, used=used, given=project.backend),
        hint=msg("Omit `--backend`, or change the settings"),
    )


def _present_owners(session: Session) -> Mapping[str, str]:
    """The label `owner` of every valid manifest, by its file."""
    if not session.manifests.names():
        return {}
    shops = session.manifests.read(Selection()).shops
    return {shop.origin.file: shop.labels[OWNER_LABEL] for shop in shops if OWNER_LABEL in shop.labels}


def _files(session: Session, project: ProjectRequest, owners: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if session.project.settings_file is None:
        yield _SETTINGS, project.settings
    yield from session.project.editor_schemas().items()
    if project.owner is not None or owners:
        path, lines = code_owners(session, project.owner, project.ci)
        yield path, lines + "".join(f"/{file} {_names(owners[file])}\n" for file in sorted(owners))
    if project.ci is not None:
        yield from ci_files(session, project.ci, project.requirement)


def _names(label: str) -> str:
    """A label has no `@` in front of a user or a team."""
    return label if "@" in label else f"@{label}"
