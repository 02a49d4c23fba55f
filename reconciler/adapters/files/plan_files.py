"""Saved plans as files.

In: a path and a plan, or a path. Out: a file that is there whole or not at all, or the plan of a file; every fault is a
`PlanFileError` that names the file. The file holds no secret, so it is readable as files usually are (0644, less the umask):
people review it, and a later job of the CI applies it. What a document holds is `core.documents.saved_plan`'s matter.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Final

from reconciler.adapters.files.atomic_write import atomic_write, require_regular
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.documents.saved_plan import (
    FORMAT,
    ModifiedPlan,
    NotAPlanFile,
    SavedPlan,
    UnknownPlanVersion,
    UnreadablePlan,
    encode_plan,
    verify_plan,
)
from reconciler.core.model.canonical import DigestKey
from reconciler.lib import strict_json
from reconciler.ports import SetupError

SIZE_LIMIT: Final = 64 * 1024 * 1024
"""A thousand shops that change in everything are some ten MiB."""
KEY_VARIABLE: Final = "RECONCILER_PLAN_KEY"


class PlanFileError(SetupError):
    """`text` says what is wrong, with the file's name; `way_on` what to do. `edited`: it is not the plan that was saved."""

    def __init__(self, text: Message, *, hint: Message, edited: bool = False) -> None:
        super().__init__(text, hint=hint, code=codes.NOT_EXPECTED if edited else codes.UNUSABLE)
        self.edited = edited


def write_plan(path: Path, saved: SavedPlan, key: DigestKey) -> None:
    """Replaces what was there, where that is a saved plan too, or empty. Raises PlanFileError."""
    content = (encode_plan(saved, key) + "\n").encode()
    target = Path(os.path.realpath(path))  # a link stays one; what it leads to is replaced
    try:
        if target.exists() and not target.is_file():
            raise PlanFileError(
                msg("The plan cannot be written to {file}: not a file", file=str(path)), hint=_ANOTHER_FILE
            )
        if target.exists() and not _replaceable(target):
            raise PlanFileError(
                msg("The plan was not written to {file}: the existing file is not a saved plan", file=str(path)),
                hint=_ANOTHER_FILE,
            )
        atomic_write(target, content)
    except OSError as error:
        text = msg("The plan cannot be written to {file}: {reason}", file=str(path), reason=system_reason(error))
        raise PlanFileError(text, hint=msg("Use a file in an existing, writable folder")) from error


def _replaceable(target: Path) -> bool:
    """Whether it is a saved plan of any version, or missing, so that nothing else is lost."""
    with target.open("rb") as stream:
        content = stream.read(SIZE_LIMIT + 1)
    if not content.strip():
        return True
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("format") == FORMAT


def read_plan(path: Path, key: DigestKey | None) -> SavedPlan:
    """The plan, if it was not edited; without the key only accidental damage is detected. Raises PlanFileError."""
    shown = str(path)
    document = _parsed(_content(path, shown), shown)
    try:
        return verify_plan(document, key)
    except UnreadablePlan as fault:
        raise PlanFileError(
            msg("{file} cannot be used as a plan. {reason}", file=shown, reason=fault.text),
            hint=_way_on(fault),
            edited=isinstance(fault, ModifiedPlan),
        ) from None


def _content(path: Path, shown: str) -> bytes:
    try:
        require_regular(path)
        with path.open("rb") as stream:
            content = stream.read(SIZE_LIMIT + 1)
    except OSError as error:
        text = msg("The plan {file} cannot be read: {reason}", file=shown, reason=system_reason(error))
        raise PlanFileError(text, hint=_NAME_ONE) from error
    if len(content) > SIZE_LIMIT:
        raise PlanFileError(
            msg("{file} is not a plan: it is larger than {limit} MiB", file=shown, limit=SIZE_LIMIT // 1024 // 1024),
            hint=_NAME_ONE,
        )
    return content


def _parsed(content: bytes, shown: str) -> Any:
    """Strict JSON: a duplicate name means different things to different readers."""
    if not content.strip():
        raise PlanFileError(msg("{file} is not a plan: it is empty", file=shown), hint=_MAKE_ONE)
    try:
        return strict_json.loads(content)
    except (ValueError, RecursionError) as error:
        # The cause would carry the text, which may be anything that was named by mistake.
        raise _not_parsed(error, shown) from None


def _not_parsed(error: ValueError | RecursionError, shown: str) -> PlanFileError:
    if isinstance(error, ValueError) and strict_json.lacks_its_end(error):
        text = msg("{file} is not a whole plan: the end of the file is missing", file=shown)
        return PlanFileError(text, hint=msg("Copy the whole file again, or create the plan again"))
    return PlanFileError(msg("{file} is not a plan: it is not JSON", file=shown), hint=_MAKE_ONE)


_MAKE_ONE: Final = msg("Create one with plan --out FILE")
_NAME_ONE: Final = msg("Use the file that plan --out wrote; to select a shop, use its key without an extension")
_ANOTHER_FILE: Final = msg("Use another file, or move that one")


def _way_on(fault: UnreadablePlan) -> Message:
    match fault:
        case UnknownPlanVersion():
            return msg("Use the version of the tool that wrote it, or create the plan again with this one")
        case NotAPlanFile():
            return _MAKE_ONE
        case ModifiedPlan() if fault.part == "seal":
            return msg("Apply it with the key it was sealed with ({name}), or create the plan again", name=KEY_VARIABLE)
        case _:
            return msg("Create the plan again")
