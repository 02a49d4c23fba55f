"""What drift may be held against: who moved a field, when it was last applied, which notifications came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.state import Desired, Observed
from reconciler.core.planning.secret_changes import AppliedReferences
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import ShopKey
from reconciler.lib.frozen_class import frozen
from reconciler.ports import Audit, History
from reconciler.ports.notifications import NotificationSource
from reconciler.workflows.gather import CHUNK_SIZE, DesiredObserved, uses_secret

if TYPE_CHECKING:
    from reconciler.core.drift.drift import DriftEntry


def other_key_warnings(count: int) -> tuple[Diagnostic, ...]:
    """One for all: each of `count` remembered secrets would say the same."""
    if not count:
        return ()
    text = msg(
        "The store recorded secrets under another key: which side changed is unknown for {count} of them",
        count=count,
    )
    hint = msg("Use the key that applies use: RECONCILER_PLAN_KEY, or .reconciler/plan.key with its older keys")
    return (diagnostic(codes.OTHER_KEY, text, hint=hint),)


class KnownAuthors(Protocol):
    """The authors of changes that earlier looks found."""

    def author_of(self, shop: ShopKey, entry: DriftEntry) -> AuditEntry | None:
        """None where no look read it, or the field has another value since."""
        ...


@frozen
class DriftSources:
    """Sources for which side changed, who changed it, and notifications; each may be missing. `key` is that of the history's
    digests, `authors` what earlier looks read of the audit trail. `other_endpoints` are URLs that may be registered beside the
    shops' own. With `list_unmanaged` the shops without a manifest are listed by name, for any selection.
    """

    history: History | None = None
    key: DigestKey | None = None
    audit: Audit | None = None
    authors: KnownAuthors | None = None
    notifications: NotificationSource | None = None
    other_endpoints: frozenset[str] = frozenset()
    list_unmanaged: bool = False

    def last_applied(self, shops: Sequence[ShopKey]) -> Mapping[ShopKey, LastApplied]:
        """Of shops in which nothing was ever applied there is none."""
        if self.history is None:
            return {}
        applied_values = self.history.last_applied(shops).items()
        return {
            shop: LastApplied(applied={name: one.value for name, one in applied.items()}, key=self.key)
            for shop, applied in applied_values
        }

    def applied_references(self, pairs: Sequence[DesiredObserved]) -> Mapping[ShopKey, AppliedReferences]:
        """Where the secrets were last applied from, of the shops whose manifests refer to any."""
        shops = [desired.shop for desired, _ in pairs if uses_secret(desired)]
        found: dict[ShopKey, AppliedReferences] = {}
        for start in range(0, len(shops), CHUNK_SIZE):
            applied = self.last_applied(shops[start : start + CHUNK_SIZE])
            found.update((shop, past.references()) for shop, past in applied.items())
        return found

    def with_last_applied(self, pairs: Sequence[DesiredObserved]) -> Iterator[tuple[Desired, Observed, LastApplied]]:
        """Each pair with its past. Asked for together, and never held for the whole fleet."""
        for start in range(0, len(pairs), CHUNK_SIZE):
            some = pairs[start : start + CHUNK_SIZE]
            pasts = self.last_applied([desired.shop for desired, _ in some])
            for desired, observed in some:
                yield desired, observed, pasts.get(desired.shop, LastApplied(key=self.key))
