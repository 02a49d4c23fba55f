"""The files of many shops in few rows: each file that shops share, new manifests counted, equal edits of manifests together.

In: the files that a command wrote or would write, and its shops. Out: groups; each file is in exactly one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Final

from reconciler.core.results.authoring.file_changes import FileEdit
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.display_width import escape_unprintable
from reconciler.views.common.file_diff import diff_of
from reconciler.views.common.shop_lists import listed_shops

FEW_FILES: Final = 10
"""So many files are shown one by one."""
_NAMED: Final = 2


@frozen
class FileGroups:
    """`shared` are the files of no single shop. `edits` are manifests that change in the same way, most frequent first."""

    shared: tuple[FileEdit, ...]
    created: tuple[FileEdit, ...]
    edits: tuple[tuple[FileEdit, ...], ...]


def folds_files(files: Collection[FileEdit], context: RenderContext) -> bool:
    return not context.expand and len(files) > FEW_FILES


def group_edits(files: Iterable[FileEdit], shops: Iterable[str]) -> FileGroups:
    names = frozenset(f"{shop}.yaml" for shop in shops)
    shared: list[FileEdit] = []
    created: list[FileEdit] = []
    edits: dict[tuple[str, ...], list[FileEdit]] = defaultdict(list)
    for news in sorted(files, key=lambda news: news.file):
        if _is_shared(news.file) or _name(news.file) not in names:
            shared.append(news)
        elif news.is_new:
            created.append(news)
        else:
            edits[_edit(news)].append(news)
    ordered = sorted(edits.values(), key=lambda alike: (-len(alike), alike[0].file))
    return FileGroups(shared=tuple(shared), created=tuple(created), edits=tuple(map(tuple, ordered)))


def counted_files(files: Collection[FileEdit], context: RenderContext) -> str:
    """How many, and the first of them by name."""
    names = [_shop(news) for news in files]
    return context.plural(
        "{count} manifest: {shops}",
        "{count} manifests: {shops}",
        len(names),
        shops=listed_shops(names, context, _NAMED),
    )


def same_edit_note(alike: Collection[FileEdit], context: RenderContext) -> str:
    """Of which other shops a diff is; empty for one file."""
    others = [_shop(news) for news in list(alike)[1:]]
    if not others:
        return ""
    return context.plural(
        "the same change in {count} more shop: {shops}",
        "the same change in {count} more shops: {shops}",
        len(others),
        shops=listed_shops(others, context, _NAMED),
    )


def _is_shared(file: str) -> bool:
    return any(part.startswith("_") for part in file.split("/"))


def _name(file: str) -> str:
    return file.rpartition("/")[2]


def _shop(news: FileEdit) -> str:
    return escape_unprintable(_name(news.file).removesuffix(".yaml"))


def _edit(news: FileEdit) -> tuple[str, ...]:
    """The lines that go and come, without their place in the file; the shop's own name in them makes no difference."""
    shop = _shop(news)
    lines = diff_of(news).splitlines()[2:]
    return tuple(line.replace(shop, "{shop}") for line in lines if line.startswith(("+", "-")))
