"""What one use case works with: ports, limits, the approver and the listener. It holds no settings; the wiring builds it from
them.

Everything heavy (a backend, the store, keys) is opened on first use, so that a session itself costs nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import field, replace
from typing import TYPE_CHECKING

from reconciler.core.results.command import CommandResult, RunIdentity
from reconciler.lib.frozen_class import frozen
from reconciler.lib.utc import format_utc

if TYPE_CHECKING:
    from datetime import datetime

    from reconciler.core.diagnostics.diagnostic import Diagnostic
    from reconciler.core.diagnostics.messages import Message
    from reconciler.core.findings.runbooks import Runbooks
    from reconciler.core.healing.policy import HealingPolicy
    from reconciler.core.model.canonical import DigestKey
    from reconciler.core.planning.guards import Limits
    from reconciler.core.planning.plan import Plan, RequestPace
    from reconciler.core.planning.waves import Wave
    from reconciler.core.results.request_log import RequestLogEntry
    from reconciler.core.runs.events import Event
    from reconciler.core.runs.recovery import RecoveredShop
    from reconciler.ports.alerts.alert_rules import AlertSettings
    from reconciler.ports.alerts.channel_check import ChannelCheck
    from reconciler.ports.alerts.outbox import AlertOutboxes
    from reconciler.ports.backend import Backend, ObservingBackend
    from reconciler.ports.ci.files import CiFiles
    from reconciler.ports.ci.forge import CiJob
    from reconciler.ports.ci.repository import Repository
    from reconciler.ports.ci.reviews import ReviewStores
    from reconciler.ports.executor import Executor, SharedControl
    from reconciler.ports.files.plan_files import PlanFiles, PlanKeys
    from reconciler.ports.findings.finding_store import FindingStores
    from reconciler.ports.findings.heals import HealStores
    from reconciler.ports.findings.ledger import AcceptanceLedger
    from reconciler.ports.findings.line_authors import LineAuthors
    from reconciler.ports.findings.manifest_owners import ManifestOwners
    from reconciler.ports.fleet.fleet_access import FleetAccess
    from reconciler.ports.inbox_admin import InboxStats
    from reconciler.ports.interaction import Approver, Listener, Renderer, StopSignals
    from reconciler.ports.journal import RunInfo, RunStore
    from reconciler.ports.manifest_editing import ManifestFiles
    from reconciler.ports.manifests import Manifests
    from reconciler.ports.notifications import NotificationSource, SidecarFinding
    from reconciler.ports.onboarding.attestation_files import AttestationFiles
    from reconciler.ports.onboarding.open_authorizations import KnownAuthorizations
    from reconciler.ports.onboarding.paid_orders import PaidOrders
    from reconciler.ports.onboarding.status_store import OnboardingStores
    from reconciler.ports.overview.overview_store import OverviewStores
    from reconciler.ports.runtime import Clock, ProjectFolder, Secrets
    from reconciler.ports.sync_cache import SyncCache


@frozen
class Target:
    """Where plans are applied. `backend` is its address or kind, without secrets; `fleet` distinguishes fleets of one backend.
    `fleet_name` is the same on every machine and never changes: findings and reports are known by it.
    """

    environment: str
    backend: str
    fleet: Callable[[], str]
    fleet_name: str


@frozen
class ExecutionLimits:
    """`in_flight` shops are worked on at once. After `longest_closed` seconds only the reopening of a shop is still tried.
    Leases are renewed every `renew_every` seconds.
    """

    in_flight: int
    longest_closed: float
    renew_every: float


class QuietListener:
    """Hears nothing."""

    def on_plan(self, plan: Plan, waves: Sequence[Wave]) -> None: ...

    def on_diagnostics(self, diagnostics: Sequence[Diagnostic]) -> None: ...

    def on_request(self, entry: RequestLogEntry) -> None: ...

    def on_event(self, event: Event) -> None: ...

    def on_recovered(self, shop: RecoveredShop) -> None: ...

    def on_notice(self, text: Message) -> None: ...

    def on_hint(self, text: Message) -> None: ...

    @contextmanager
    def during(self, plan: Plan, waves: Sequence[Wave], soak: float) -> Iterator[None]:  # noqa: ARG002  # the port's form
        yield


class AutoApprover:
    """Approves every plan: for jobs whose plan was reviewed before."""

    async def approve(self, plan: Plan, waves: Sequence[Wave]) -> Diagnostic | None:  # noqa: ARG002  # the port's form
        return None


class NoStopSignals:
    """No stop is requested; cancelling the run still reopens shops."""

    @asynccontextmanager
    async def listening(
        self,
        on_stop: Callable[[], None],  # noqa: ARG002  # the port's form
        on_force: Callable[[], None],  # noqa: ARG002  # the same
        *,
        said: Message | None = None,  # noqa: ARG002  # the same
    ) -> AsyncIterator[None]:
        yield


@frozen
class Session:
    """`digest_key` is the key of the digests that stand for secrets, and of the seals of saved plans; it raises SetupError.
    `new_run` makes the identity of a run from its command and the fingerprint of its plan. `person` is who runs the command.
    `other_endpoints` are IPN endpoints that may be registered beside the shops' own. `alerts` is None where there is no file
    of channels. `control` is for one apply that is a part of a larger one: what it shares with the processes that apply the
    others. `inbox_stats` returns None where nothing was ever received.
    """

    target: Target
    manifests: Manifests
    manifest_files: ManifestFiles
    secrets: Secrets
    clock: Clock
    guards: Limits
    healing: HealingPolicy
    runbooks: Runbooks
    pace: RequestPace
    execution: ExecutionLimits
    observing: Callable[[Callable[[RequestLogEntry], None]], AbstractAsyncContextManager[ObservingBackend]]
    writing: Callable[[Callable[[RequestLogEntry], None]], AbstractAsyncContextManager[Backend]]
    store: RunStore
    findings: FindingStores
    heals: HealStores
    ledger: Callable[[], AcceptanceLedger]
    attestations: Callable[[], AttestationFiles]
    owners: Callable[[], ManifestOwners]
    line_authors: Callable[[], LineAuthors]
    plans: PlanFiles
    plan_keys: PlanKeys
    digest_key: Callable[[], DigestKey]
    new_run: Callable[[str, str], RunInfo]
    new_write_key: Callable[[], str]
    person: Callable[[], str]
    notifications: Callable[[], NotificationSource | None]
    authorizations: Callable[[], KnownAuthorizations | None]
    sync_cache: Callable[[], SyncCache | None]
    executor: Callable[[], Executor]
    stop_signals: StopSignals
    renderer: Renderer
    project: ProjectFolder
    ci_job: Callable[[], CiJob]
    repository: Callable[[], Repository]
    reviews: ReviewStores
    ci_files: Callable[[], CiFiles]
    outboxes: AlertOutboxes
    alerts: Callable[[], AlertSettings | None]
    fleet: FleetAccess
    onboarding: OnboardingStores
    paid_orders: Callable[[], PaidOrders | None]
    overviews: OverviewStores
    inbox_stats: Callable[[], Awaitable[InboxStats | None]]
    other_endpoints: frozenset[str] = frozenset()
    sidecar_findings: Callable[[], Awaitable[Sequence[SidecarFinding]]] | None = None
    channel_checks: Callable[[], Awaitable[Sequence[ChannelCheck]]] | None = None
    control: SharedControl | None = None
    approver: Approver = field(default_factory=AutoApprover)
    listener: Listener = field(default_factory=QuietListener)

    def observe(self) -> AbstractAsyncContextManager[ObservingBackend]:
        """A connection that cannot write."""
        return self.observing(self.listener.on_request)

    def write(self) -> AbstractAsyncContextManager[Backend]:
        return self.writing(self.listener.on_request)

    def identified(self, result: CommandResult, command: str, started: datetime) -> CommandResult:
        """The result with who ran which command, from where."""
        info, written = self.new_run(command, ""), result.written_as
        identity = RunIdentity(
            run=info.run if written is None else written.run,
            command=command,
            started=format_utc(started),
            ended=format_utc(self.clock.now()),
            actor=info.actor,
            host=info.host,
            tool_version=info.version,
            environment=self.target.environment,
            backend=self.target.backend,
            fleet=self.target.fleet_name,
            commit=info.commit,
            undo_file=None if written is None else written.undo_file,
        )
        return replace(result, identity=identity)
