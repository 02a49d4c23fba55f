"""A session in which the manifests declare nothing but the fields that are healed, and whose runs are a rule's.

So the plan, its guards and its writes are those of any apply, and no other field can be written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.core.findings.fields import field_at
from reconciler.core.healing.narrow import only_fields
from reconciler.core.healing.policy import HEALING_ACTOR
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.workflows.session import AutoApprover

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.core.findings.finding import Finding
    from reconciler.core.model.selection import Selection
    from reconciler.core.model.state import FieldRef
    from reconciler.ports import Manifest, Manifests, RunInfo
    from reconciler.ports.manifests import AffectedShops
    from reconciler.workflows.session import Session

HealedFields = Mapping[ShopKey, Mapping["FieldRef", "Finding"]]


def fields_of(findings: Iterable[Finding]) -> HealedFields:
    """Shop by shop, the fields that are healed, each with its finding."""
    found: dict[ShopKey, dict[FieldRef, Finding]] = {}
    for finding in findings:
        ref = field_at(finding.key.field)
        if ref is not None:
            found.setdefault(ShopKey(finding.key.shop), {})[ref] = finding
    return found


def healing_session(session: Session, fields: HealedFields, rule: str) -> Session:
    """The policy is what approves: history names its rule."""

    def new_run(command: str, fingerprint: str) -> RunInfo:
        info = session.new_run(command, fingerprint)
        return replace(info, command="heal", actor=f"{HEALING_ACTOR}{rule}") if command == "apply" else info

    manifests = NarrowedManifests(session.manifests, fields)
    return replace(session, manifests=manifests, new_run=new_run, approver=AutoApprover())


@frozen(kw_only=False)
class NarrowedManifests:
    """Implements ports.Manifests: the shops of `fields`, with these fields alone."""

    manifests: Manifests
    fields: HealedFields

    def read(self, selection: Selection) -> Manifest:
        return self._narrowed(self.manifests.read(replace(selection, names=frozenset(self.fields))))

    def names(self) -> tuple[str, ...]:
        return self.manifests.names()

    def read_at(self, revision: str, names: frozenset[str]) -> Manifest:
        return self._narrowed(self.manifests.read_at(revision, names & frozenset(self.fields)))

    def affected_by(self, changes: Sequence[frozenset[str]]) -> AffectedShops:
        return self.manifests.affected_by(changes)

    def _narrowed(self, manifest: Manifest) -> Manifest:
        shops = tuple(only_fields(desired, self.fields[desired.shop]) for desired in manifest.shops)
        return replace(manifest, shops=shops)
