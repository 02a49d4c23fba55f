"""What an entry of a folder is: a file to read, a folder to scan, an error, or something else.

In: a folder. Out: `ManifestPath`, `SubFolder` or a diagnostic, in no order. A link is followed only to a file within the
tree, so that only reviewed content is read. A name that contains a credential is refused, and reported without it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import contains_credential, credential_kind, redact
from reconciler.core.diagnostics.system_errors import system_reason
from reconciler.core.values import Origin
from reconciler.lib.frozen_class import frozen


@frozen
class ManifestPath:
    """`stem` is the name in the file's name: a shop's key or a group's name. `shown` is the path in messages. `linked`: its
    content is elsewhere in the tree.
    """

    stem: str
    path: str
    display_path: str
    linked: bool = False


@frozen(kw_only=False)
class SubFolder:
    path: str
    display_path: str


Entry = ManifestPath | Diagnostic | SubFolder

SUFFIXES: Final = frozenset({"yaml", "yml"})


def scan_folder(folder: SubFolder, tree: str, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    """The entries whose name is `wanted`. `tree` is the real path that no link may leave."""
    try:
        with os.scandir(folder.path) as scan:
            listed = [entry for entry in scan if wanted(entry.name)]
    except OSError as error:
        yield unreadable_file(folder.display_path, error)
        return
    for entry in listed:
        of_entry = _entry(entry, f"{folder.display_path}/{printable(entry.name)}", tree)
        if of_entry is not None:
            yield of_entry


def _entry(entry: os.DirEntry[str], shown: str, tree: str) -> Entry | None:
    stem, _, suffix = entry.name.rpartition(".")
    named_as_manifest = bool(stem) and suffix.lower() in SUFFIXES
    pasted = credential_kind(entry.name)
    if pasted is not None and (named_as_manifest or entry.is_dir()):
        return _credential(shown, pasted)
    if entry.is_symlink() and (named_as_manifest or Path(entry.path).is_dir()) and not _inside(entry.path, tree):
        return _leads_out(shown)
    if named_as_manifest:
        if suffix != "yaml":
            return _wrong_suffix(shown)
        return ManifestPath(stem=stem, path=entry.path, display_path=shown, linked=entry.is_symlink())
    return SubFolder(entry.path, shown) if entry.is_dir(follow_symlinks=False) else None


def _inside(path: str, tree: str) -> bool:
    return os.path.realpath(path).startswith(tree + os.sep)


def printable(name: str) -> str:
    """Without a credential that it may hold, and where it is not UTF-8 with its bytes as escapes."""
    text = os.fsencode(name).decode("utf-8", "backslashreplace")
    return redact(text) if contains_credential(text) else text


def _credential(shown: str, form: Message) -> Diagnostic:
    return diagnostic(
        codes.PLAINTEXT_TOKEN,
        msg("The name of a file or folder looks like {credential}", credential=form),
        expected=msg("a name such as kyoto-tea.yaml"),
        hint=msg("Rename it, and renew a secret that was committed"),
        origin=Origin(shown),
    )


def _leads_out(shown: str) -> Diagnostic:
    return diagnostic(
        codes.OUTSIDE,
        msg("The link points outside the manifest folder"),
        expected=msg("files in the folder itself"),
        hint=msg("Put the file here instead of the link"),
        origin=Origin(shown),
    )


def _wrong_suffix(shown: str) -> Diagnostic:
    return diagnostic(
        codes.WRONG_NAME,
        msg("The file is not read: its name does not end in .yaml"),
        expected=msg("a name such as kyoto-tea.yaml"),
        hint=msg("Rename the file so that it ends in .yaml"),
        origin=Origin(shown),
    )


def unreadable_file(shown: str, error: OSError) -> Diagnostic:
    hint = msg("Check that it exists and that you may read it (`ls -l`)")
    return diagnostic(codes.UNREADABLE, _reason(error), hint=hint, origin=Origin(shown))


def _reason(error: OSError) -> Message:
    match error:
        case FileNotFoundError():
            return msg("The file does not exist any more, or is a broken link")
        case PermissionError():
            return msg("Permission denied")
        case IsADirectoryError():
            return msg("A folder has the name of a manifest")
        case _:
            return msg("It cannot be read: {reason}", reason=system_reason(error))
