"""Names that are nearly those of the shared files, or in a place where those are not read: reported, since their content would be
ignored silently.

In: a folder of the tree. Out: diagnostics. `_defaults.yaml` and `_groups` are in the folder of manifests itself, the groups'
files in `_groups` itself; every other name that starts with `_` and resembles neither is allowed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from reconciler.adapters.manifests.discovery.entries import SUFFIXES, SubFolder, printable
from reconciler.adapters.manifests.layout import DEFAULTS, GROUPS
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.formats import GROUP
from reconciler.core.values import Origin

_SHARED: Final = {name.strip("_"): name for name in (DEFAULTS, GROUPS)}
_NEAR: Final = 0.81
"""`_gruops` is near; `_defaults-old`, a backup, is not."""


def misnamed_files(folder: SubFolder, *, top: bool) -> Iterator[Diagnostic]:
    """In a folder of shops. The search for shops reports a folder that cannot be read."""
    for entry in _listed(folder):
        meant = _meant(entry.name)
        if meant is not None and not (top and _read_elsewhere(entry, meant)):
            yield _misplaced(f"{folder.display_path}/{printable(entry.name)}", meant, top=top)


def misplaced_groups(folder: SubFolder) -> Iterator[Diagnostic]:
    """In `_groups`: folders, whose files no shop could name, and names that cannot be a group's."""
    yield from misnamed_files(folder, top=False)
    for entry in _listed(folder):
        stem, _, suffix = entry.name.rpartition(".")
        shown = f"{folder.display_path}/{printable(entry.name)}"
        if entry.name.startswith(("_", ".")) or contains_credential(entry.name):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield _deeper(shown)
        elif suffix == "yaml" and not GROUP.accepts(stem):
            yield _no_name(shown)


def _listed(folder: SubFolder) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder.path) as scan:
            return list(scan)
    except OSError:
        return []


def _meant(name: str) -> str | None:
    """The shared file or folder that the name resembles."""
    if not name.startswith("_"):
        return None
    stem, _, suffix = name.rpartition(".")
    plain = stem if stem and suffix.lower() in SUFFIXES else name
    near = get_close_matches(plain.strip("_").lower(), _SHARED, n=1, cutoff=_NEAR)
    return _SHARED[near[0]] if near else None


def _read_elsewhere(entry: os.DirEntry[str], meant: str) -> bool:
    """Whether it is the shared file itself, or is refused where the shared files are read."""
    if meant == GROUPS:
        return entry.name == GROUPS and (entry.is_symlink() or entry.is_dir())
    stem, _, suffix = entry.name.rpartition(".")
    return stem == DEFAULTS and suffix.lower() in SUFFIXES


def _misplaced(shown: str, meant: str, *, top: bool) -> Diagnostic:
    name = GROUPS if meant == GROUPS else f"{DEFAULTS}.yaml"
    return diagnostic(
        codes.MISPLACED,
        msg("This file is not read: shared values belong in {name} in the manifest folder itself", name=name),
        expected=msg("the folder {name}", name=name) if meant == GROUPS else msg("the file {name}", name=name),
        hint=msg("Rename it to {name}", name=name)
        if top
        else msg("Move its content into a group (_groups/NAME.yaml; shops refer to it with `group`), or delete it"),
        origin=Origin(shown),
    )


def _deeper(shown: str) -> Diagnostic:
    return diagnostic(
        codes.MISPLACED,
        msg("A folder in _groups is not read: no shop could refer to its files"),
        expected=msg("one .yaml file per group, directly in _groups"),
        hint=msg("Move its files up into _groups; a group can inherit from another with `group`"),
        origin=Origin(shown),
    )


def _no_name(shown: str) -> Diagnostic:
    return diagnostic(
        codes.MISPLACED,
        msg("No shop can refer to this group"),
        expected=GROUP.expected,
        hint=msg("Rename the file: lower-case letters, digits and hyphens, then .yaml"),
        origin=Origin(shown),
    )
