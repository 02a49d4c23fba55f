"""The files of a fleet's folder beside its manifests, as `init` and `import --init` write them.

In: a session and texts. Out: what became of each file. An existing file is kept; only `.gitignore` gets a missing line. With
`check`, nothing is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.results.authoring.file_changes import FileAction, ProjectFile

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

_IGNORED: Final = ".reconciler/"
_SCHEMA: Final = "# yaml-language-server: $schema=schemas/settings.schema.json\n"
_CREDENTIALS: Final = "  client_id: reconciler\n  client_secret: ref+env://RECONCILER_BACKEND_SECRET\n"


def settings_text(backend: str | None, *, manifests: str = "shops", seed: str | None = None) -> str:
    """A settings file. `backend` is the address of an admin backend; None: the embedded one, which `seed` fills at first."""
    head = f"{_SCHEMA}manifests: {manifests}\n"
    if backend is not None:
        return f"{head}backend:\n  url: {backend}\n{_CREDENTIALS}"
    return f"{head}backend: embedded\n" + ("" if seed is None else f"embedded:\n  seed: {seed}\n")


def write_new_file(session: Session, file: str, text: str, *, check: bool = False) -> ProjectFile:
    """Raises SetupError."""
    if session.project.read(file) is not None:
        return ProjectFile(file=file, action=FileAction.UNCHANGED)
    if not check:
        session.project.write(file, text)
    return ProjectFile(file=file, action=FileAction.CREATED)


def ignore_store(session: Session, *, check: bool = False) -> ProjectFile:
    """The store, keys and undo plans stay out of Git. Raises SetupError."""
    present = session.project.read(".gitignore")
    if present is not None and _IGNORED in present.splitlines():
        return ProjectFile(file=".gitignore", action=FileAction.UNCHANGED)
    before = "" if not present else present if present.endswith("\n") else f"{present}\n"
    if not check:
        session.project.write(".gitignore", f"{before}{_IGNORED}\n")
    return ProjectFile(file=".gitignore", action=FileAction.CREATED if present is None else FileAction.CHANGED)
