"""What shops inherit: `_defaults.yaml`, and the groups over it, each merged once and cached.

In: the folder. Out: for a group's name the finished layer, or None if a file in its chain is broken. An error in a shared
file is reported once, here, and not for each shop that inherits from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path, PurePosixPath

from reconciler.adapters.manifests.checks.file import check_file
from reconciler.adapters.manifests.checks.semantics import check_shared_file
from reconciler.adapters.manifests.describe import choices_message, did_you_mean, quote
from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.files import read_file, shared_files
from reconciler.adapters.manifests.documents.shop import SharedDocument
from reconciler.adapters.manifests.layout import DEFAULTS
from reconciler.adapters.manifests.loading.merge import NOTHING, MergedLayer, group_of, merge_layer
from reconciler.adapters.manifests.yaml.origins import Names
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.model.formats import GROUP

_NOT_INHERITED = frozenset({"apiVersion", "group"})


class SharedLayers:
    """Layers by group. The name None means the shops without a group: they inherit only the defaults.

    `read` reads a file; `unsaved` are files that are not in the folder yet.
    """

    def __init__(
        self,
        root: Path,
        shown_as: str,
        names: Names,
        *,
        read: Callable[[ManifestPath], Parsed] = read_file,
        unsaved: Iterable[ManifestPath] = (),
    ) -> None:
        listing = shared_files(root, shown_as)
        files = {file.stem: file for file in (*unsaved, *listing.files)}
        self._findings: list[Diagnostic] = list(listing.diagnostics)
        self._names = names
        self._read_file = read
        defaults = files.pop(DEFAULTS, None)
        self._groups: dict[str, ManifestPath] = files
        self._parsed: dict[str, Parsed] = {}
        self._layers: dict[str | None, MergedLayer | None] = {
            None: self._lay(read(defaults), DEFAULTS, NOTHING) if defaults else NOTHING
        }
        self._break(PurePosixPath(finding.origin.file) for finding in listing.diagnostics if finding.origin)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Of every file that was read so far."""
        return tuple(self._findings)

    def read_all(self) -> None:
        """Also the groups that no shop names: their errors are found before they are used."""
        self.load(self._groups)

    def load(self, groups: Iterable[str]) -> None:
        """Those of them that are there."""
        for group in sorted(groups):
            if self.exists(group):
                self.layer_for(group)

    @property
    def group_names(self) -> tuple[str, ...]:
        """Those that a shop can name."""
        return tuple(sorted(filter(GROUP.accepts, self._groups)))

    def exists(self, group: str | None) -> bool:
        return group in self._groups or group in self._layers

    def layer_for(self, group: str | None) -> MergedLayer | None:
        """The layer of a group that exists (see `knows`)."""
        if group is not None and group not in self._layers:
            self._lay_chain(group)
        return self._layers[group]

    def unknown_group_diagnostic(self, parsed: Parsed) -> Diagnostic:
        """What to say of a file that names a group that does not exist."""
        group = str(parsed.data["group"])
        return diagnostic(
            codes.UNKNOWN_GROUP,
            msg("Unknown group {group}", group=quote(group)),
            expected=choices_message(sorted(self._groups))
            if self._groups
            else msg("a file in _groups, which is empty"),
            hint=did_you_mean(group, self._groups)
            or msg("Use another group, or create the file {file}", file=f"_groups/{group}.yaml"),
            subject="group",
            origin=parsed.origin(("group",)),
        )

    def _lay_chain(self, group: str) -> None:
        """From `group` down to what is laid already, then up again, each file over the one below it."""
        chain: list[str] = []
        below: str | None = group
        while below in self._groups and below not in self._layers and below not in chain:
            chain.append(below)
            below = group_of(self._read(below))
        if below in chain:
            self._findings.append(self._circle(chain[chain.index(below) :]))
        elif below not in self._layers:
            self._findings.append(self.unknown_group_diagnostic(self._read(chain[-1])))
        lower = self._layers.get(below)
        for name in reversed(chain):
            lower = self._layers[name] = self._lay(self._read(name), name, lower)

    def _break(self, refused: Iterable[PurePosixPath]) -> None:
        """A shared file that was refused by its name or kind still counts for its shops, and they are not read without it."""
        for path in refused:
            self._layers[None if path.stem == DEFAULTS else path.stem] = None

    def _lay(self, parsed: Parsed, stem: str, lower: MergedLayer | None) -> MergedLayer | None:
        """Nothing is merged over a broken layer; the file's own errors are still reported."""
        layer, idle = merge_layer(parsed, lower or NOTHING, self._names)
        milder = idle if lower is not None else ()
        found = check_file(parsed, SharedDocument, also=check_shared_file(parsed, stem), milder=milder)
        self._findings.extend(found)
        if found or lower is None:
            return None
        data = {key: value for key, value in layer.data.items() if key not in _NOT_INHERITED}
        # Written out, so that a look-up does not descend through as many layers as there are groups.
        return MergedLayer(data=data, origins=dict(layer.origins))

    def _read(self, group: str) -> Parsed:
        if group not in self._parsed:
            self._parsed[group] = self._read_file(self._groups[group])
        return self._parsed[group]

    def _circle(self, circle: list[str]) -> Diagnostic:
        """Reported at the first group by name, so that it is the same for any order of reading."""
        start = circle.index(min(circle))
        ordered = [*circle[start:], *circle[:start]]
        return diagnostic(
            codes.GROUP_CYCLE,
            msg("The groups inherit from each other in a cycle: {way}", way=" -> ".join((*ordered, ordered[0]))),
            expected=msg("groups that end with one without `group`"),
            hint=msg("Delete `group` in one of these files"),
            subject="group",
            origin=self._read(ordered[0]).origin(("group",)),
        )
