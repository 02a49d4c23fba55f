"""The saved plan among the words of `apply`.

In: the selection, and the settings file. Out: the plan's file, and the shops after it. A word with a dot or a slash is a file:
shop keys contain neither. A YAML file is no saved plan, which is a JSON object; what it is instead is named.
"""

from __future__ import annotations

import re
from gettext import gettext
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from reconciler.cli.shell.click_ext import _

if TYPE_CHECKING:
    from reconciler.core.model.selection import Selection

_SETTINGS: Final = _("{word!r} is the settings file, not a saved plan; {ways}")
_MANIFEST: Final = _("{word!r} is a manifest, not a saved plan; name the shop by its key: reconciler apply {key}")
_YAML: Final = _("{word!r} is a YAML file, not a saved plan; {ways}")
_WAYS: Final = _(
    "name a shop by its key (reconciler apply SHOP), or give a file that `reconciler plan --out FILE` wrote (reconciler"
    " apply FILE)"
)
_SUFFIXES: Final = frozenset({".yaml", ".yml"})
_HEAD: Final = 4096
_SHOP: Final = re.compile(rb"^shop:", re.MULTILINE)


def saved_plan(selection: Selection, settings: Path | None) -> tuple[Path | None, tuple[str, ...]]:
    """`settings` None: `reconciler.yaml`. Raises click.UsageError."""
    words = selection.globs
    for word in words:
        _refuse_yaml(word, settings or Path("reconciler.yaml"))
    files = [word for word in words if "/" in word or "." in word]
    if not files:
        return None, ()
    if len(files) > 1:
        raise click.UsageError(gettext(_("only one saved plan can be applied at a time")))
    if selection.labels or selection.group or selection.since:
        raise click.UsageError(gettext(_("a saved plan is narrowed by shop keys only: reconciler apply FILE SHOP...")))
    return Path(files[0]), tuple(word for word in words if word != files[0])


def _refuse_yaml(word: str, settings: Path) -> None:
    path = Path(word)
    if path.suffix not in _SUFFIXES:
        return
    head = _head(path)
    if head is not None and head.lstrip().startswith(b"{"):
        return
    other = _MANIFEST if head is None or _SHOP.search(head) else _YAML
    text = _SETTINGS if path.absolute() == settings.absolute() else other
    raise click.UsageError(gettext(text).format(word=word, key=path.stem, ways=gettext(_WAYS)))


def _head(path: Path) -> bytes | None:
    """None where there is no such file: then the word is taken for that of a manifest elsewhere."""
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return None
