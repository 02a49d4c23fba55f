"""The files of a folder of manifests in one commit, by what reading a few shops needs of them.

In: the tree of the commit. Out: the file of each shop; and the other files, which every reading needs: shared ones, links,
names that are refused, and files that declare another shop than their name says. A fleet's listing is kept for the next chunk
of the same commit, and what did not change is not scanned again for the next commit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from reconciler.adapters.manifests.discovery.duplicate_shops import declared_shop
from reconciler.adapters.manifests.yaml.encoding import SIZE_LIMIT
from reconciler.core.diagnostics.redaction import contains_credential
from reconciler.core.model.formats import SHOP_KEY
from reconciler.core.model.selection import Selection
from reconciler.lib.frozen_class import frozen
from reconciler.ports.manifests import CommitTree, TreeEntry


@frozen(kw_only=False)
class CommitIndex:
    """`shops` are the files that say by their name alone which shop they are; `others` all that reading may depend on
    besides. `elsewhere` are keys of `shops` whose file declares another shop.
    """

    shops: Mapping[str, TreeEntry]
    others: tuple[TreeEntry, ...]
    elsewhere: frozenset[str]

    @property
    def empty(self) -> bool:
        return not (self.shops or self.others)

    def needed_for(self, selection: Selection) -> Iterator[TreeEntry]:
        """At least one shop's file if there is any, so that the folder is not taken for an empty one."""
        yield from self.others
        keys = self.elsewhere | set(self._named(selection))
        for key in keys or list(self.shops)[:1]:
            yield self.shops[key]

    def _named(self, selection: Selection) -> Iterable[str]:
        if selection.names:
            return (key for key in selection.names if key in self.shops and selection.may_name(key))
        return (key for key in self.shops if selection.may_name(key))


def index_commit(tree: CommitTree, folder: str, before: CommitIndex | None = None) -> CommitIndex:
    """`before` is the index of another commit, whose equal files are not scanned again. Raises SetupError."""
    shops, others = dict[str, TreeEntry](), list[TreeEntry]()
    entries = [entry for entry in tree.entries(folder) if not _hidden(entry.path)]
    times = Counter(PurePosixPath(entry.path).stem for entry in entries if _plain(entry))
    for entry in entries:
        stem = entry.path.rpartition("/")[2].removesuffix(".yaml")
        if _plain(entry) and times[stem] == 1:
            shops[stem] = entry
        else:
            others.append(entry)
    return CommitIndex(shops=shops, others=tuple(others), elsewhere=_elsewhere(tree, shops, before))


def _elsewhere(tree: CommitTree, shops: Mapping[str, TreeEntry], before: CommitIndex | None) -> frozenset[str]:
    known = {} if before is None else before.shops
    kept = frozenset() if before is None else before.elsewhere
    changed = [(key, entry) for key, entry in shops.items() if known.get(key) != entry]
    contents = tree.contents([entry.name for _, entry in changed])
    found = {
        key
        for (key, entry), data in zip(changed, contents, strict=True)
        if len(data) <= SIZE_LIMIT and declared_shop(data, entry.path, lambda shop, own=key: shop != own)  # type: ignore[misc]
    }
    return frozenset(found | {key for key in kept if shops.get(key) == known[key]})


def _hidden(path: str) -> bool:
    """Files in folders that are not searched, and paths that no work tree can have."""
    return any(not part or part.startswith(".") for part in path.split("/"))


def _plain(entry: TreeEntry) -> bool:
    """A file of a shop's name in folders that are searched, where the whole path is nothing to be reported."""
    *folders, name = entry.path.split("/")
    stem, _, suffix = name.rpartition(".")
    if entry.link or suffix != "yaml" or not SHOP_KEY.accepts(stem) or contains_credential(name):
        return False
    return all(_searched(folder) for folder in folders)


def _searched(folder: str) -> bool:
    refused = folder.startswith("_") or folder.lower().endswith((".yaml", ".yml"))
    return not refused and not contains_credential(folder)
