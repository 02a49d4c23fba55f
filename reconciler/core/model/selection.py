"""Which shops a command is about: globs over shop keys, label values, a group, a revision of Git.

All that is given must hold; nothing given means all shops.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from shlex import join

from reconciler.core.model.state import Desired
from reconciler.lib.frozen_class import frozen


@frozen
class Selection:
    """`globs`: any may match. `labels`: each key must have that value (a glob). `names`: exactly these keys, of any number;
    empty: all.

    `since` is a revision: only what differs from it. The reader of the files finds out what that is.
    """

    globs: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    group: str | None = None
    since: str | None = None
    names: frozenset[str] = frozenset()

    def may_name(self, shop: str) -> bool:
        """Whether globs and names can mean a shop of that key."""
        named = not self.names or shop in self.names
        return named and (not self.globs or any(fnmatchcase(shop, glob) for glob in self.globs))

    def includes(self, desired: Desired) -> bool:
        named = self.may_name(desired.shop)
        labelled = all(key in desired.labels and fnmatchcase(desired.labels[key], glob) for key, glob in self.labels)
        grouped = self.group is None or desired.group == self.group
        return named and labelled and grouped

    @property
    def to_args(self) -> str:
        """To be written again on a command line, where names are globs."""
        labels = (word for key, value in self.labels for word in ("--label", f"{key}={value}"))
        group = () if self.group is None else ("--group", self.group)
        since = () if self.since is None else ("--changed-since", self.since)
        return join((*self.globs, *sorted(self.names), *labels, *group, *since))

    @property
    def everything(self) -> bool:
        return not (self.globs or self.names or self.labels or self.group or self.since)
