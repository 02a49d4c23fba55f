"""The manifest that `init` creates, and what to do next.

In: a session of the folder, and the shop if one was named. Out: the row of its file, and texts. An existing manifest is kept;
a folder that has manifests gets no further one unless its shop is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.results.authoring.file_changes import FileAction, ProjectFile
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.new import NewManifestRequest, create_manifest

if TYPE_CHECKING:
    from reconciler.workflows.session import Session

FIRST_SHOP: Final = ShopKey("my-shop")


@frozen
class FirstManifest:
    """`file` is None where no manifest was created or kept; `faults` say why, if it was to be created."""

    file: ProjectFile | None = None
    notices: tuple[Message, ...] = ()
    faults: tuple[Diagnostic, ...] = ()


def first_manifest(session: Session, named: ShopKey | None) -> FirstManifest:
    """Raises SetupError where the file cannot be written."""
    shops = session.manifests.names()
    if named is None and shops and FIRST_SHOP not in shops:
        return FirstManifest(notices=(_no_further_one(len(shops)), *_next_steps(None)))
    made = create_manifest(session, NewManifestRequest(shop=named or FIRST_SHOP))
    if made.news is not None:
        created = ProjectFile(file=made.news.file, action=FileAction.CREATED)
        missing = (found.summary for found in made.diagnostics)
        return FirstManifest(file=created, notices=(*missing, *_next_steps(created.file)))
    existing = next((found.origin for found in made.diagnostics if found.code is codes.ALREADY_THERE), None)
    if existing is None:
        return FirstManifest(faults=made.diagnostics)
    return FirstManifest(file=ProjectFile(file=existing.file, action=FileAction.UNCHANGED), notices=_next_steps(None))


def _no_further_one(count: int) -> Message:
    return msg(
        "The folder has manifests ({count}), so none was created; `reconciler new SHOP` creates one for a further shop",
        count=count,
    )


def _next_steps(created: str | None) -> tuple[Message, ...]:
    if created is None:
        step = msg("Next: run `reconciler validate`, which reports what is missing, then `reconciler plan`")
    else:
        step = msg("Next: fill in {file}, then run `reconciler validate` and `reconciler plan`", file=created)
    return step, msg("`reconciler doctor` checks the settings, the store, the backend and the secrets")
