"""Builds the session of one command from its settings. Everything in it is opened on first use."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reconciler.adapters.settings.settings import Settings
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.diagnostics.redaction import redact
from reconciler.lib.error_location import first_error
from reconciler.lib.event_log import Level, log_context, log_event, logging_events, using_log
from reconciler.lib.tracing import Span, span, using_tracer
from reconciler.wiring import runtime
from reconciler.wiring.alerts.channels_file import alert_settings, check_channels
from reconciler.wiring.backends import backend, backend_error_diagnostic, observer
from reconciler.wiring.manifest_files import (
    ConfiguredManifestFiles,
    acceptance_ledger,
    attestation_files,
    line_authors,
    manifest_owners,
    repository_ci_files,
)
from reconciler.wiring.onboarding.stores import ConfiguredOnboardingStores, paid_orders
from reconciler.wiring.payments import known_authorizations, notification_source
from reconciler.wiring.plan_files import ConfiguredPlanFiles, ConfiguredPlanKeys, fleet_id, fleet_name, load_plan
from reconciler.wiring.project_folder import ConfiguredProjectFolder
from reconciler.wiring.runtime import group_names, load_settings, manifests, shop_names
from reconciler.wiring.scale.access import fleet_access
from reconciler.wiring.store import (
    ConfiguredAlertOutboxes,
    ConfiguredFindingStores,
    ConfiguredHealStores,
    ConfiguredOverviews,
    ConfiguredRunStore,
    reviews,
    sync_cache,
)
from reconciler.workflows.session import AutoApprover, ExecutionLimits, NoStopSignals, QuietListener, Session, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.core.documents.saved_plan import SavedPlan
    from reconciler.core.results.command import CommandResult
    from reconciler.ports.executor import Executor
    from reconciler.ports.inbox_admin import InboxAccess, InboxStats
    from reconciler.ports.interaction import Approver, Listener, StopSignals
    from reconciler.ports.notifications import SidecarFinding

__all__ = [
    "Settings",
    "backend_error_diagnostic",
    "group_names",
    "load_settings",
    "logged_command",
    "manifests",
    "open_inbox",
    "open_plan_file",
    "open_session",
    "shop_names",
    "traced",
    "writing_log",
]


_IN_ORDER: Final = frozenset({ExitCode.DONE, ExitCode.DIFFERENCES, ExitCode.REFUSED})


def open_inbox(settings: Settings) -> InboxAccess:
    """The sidecar's inbox, for operators."""
    from reconciler.wiring.operators import ConfiguredInboxAccess

    return ConfiguredInboxAccess(settings)


def open_session(
    settings: Settings,
    *,
    approver: Approver | None = None,
    listener: Listener | None = None,
    stop_signals: StopSignals | None = None,
    service: bool = False,
) -> Session:
    """`service`: it may last for months. Without an approver every plan is approved, without a listener nothing is shown, without
    signals a run cannot be interrupted.
    """
    return Session(
        target=_target(settings),
        manifests=manifests(settings),
        manifest_files=ConfiguredManifestFiles(settings),
        secrets=runtime.renewed_secrets(settings) if service else runtime.secrets(settings),
        clock=runtime.clock(),
        guards=settings.limits,
        healing=settings.healing,
        runbooks=settings.runbooks,
        pace=settings.pace,
        execution=_execution_limits(settings),
        observing=partial(observer, settings),
        writing=partial(backend, settings),
        store=ConfiguredRunStore(settings),
        findings=ConfiguredFindingStores(settings),
        heals=ConfiguredHealStores(settings),
        ledger=partial(acceptance_ledger, settings),
        attestations=partial(attestation_files, settings),
        owners=partial(manifest_owners, settings),
        line_authors=partial(line_authors, settings),
        plans=ConfiguredPlanFiles(settings),
        plan_keys=ConfiguredPlanKeys(settings),
        digest_key=partial(runtime.digest_key, settings),
        new_run=partial(runtime.new_run_info, settings),
        new_write_key=lambda: str(uuid.uuid4()),
        person=partial(runtime.person, settings),
        notifications=partial(notification_source, settings),
        authorizations=partial(known_authorizations, settings),
        sync_cache=partial(sync_cache, settings),
        executor=_local_executor,
        stop_signals=stop_signals or NoStopSignals(),
        renderer=ViewRenderer(),
        project=ConfiguredProjectFolder(settings),
        ci_job=runtime.ci_job,
        repository=partial(runtime.repository, settings),
        reviews=partial(reviews, settings),
        ci_files=partial(repository_ci_files, settings),
        outboxes=ConfiguredAlertOutboxes(settings),
        alerts=partial(alert_settings, settings),
        channel_checks=partial(check_channels, settings),
        fleet=fleet_access(settings),
        onboarding=ConfiguredOnboardingStores(settings),
        paid_orders=partial(paid_orders, settings),
        overviews=ConfiguredOverviews(settings),
        inbox_stats=partial(_inbox_stats, settings),
        other_endpoints=frozenset(settings.sidecar.other_endpoints),
        sidecar_findings=partial(_sidecar_findings, settings),
        approver=approver or AutoApprover(),
        listener=listener or QuietListener(),
    )


async def _inbox_stats(settings: Settings) -> InboxStats | None:
    from reconciler.wiring.payments import inbox_exists

    if not inbox_exists(settings):
        return None
    with open_inbox(settings).reading() as admin:
        return None if admin is None else await admin.counts()


def _execution_limits(settings: Settings) -> ExecutionLimits:
    renew_every = settings.lease_seconds / 4
    return ExecutionLimits(
        in_flight=settings.in_flight, longest_closed=settings.longest_closed, renew_every=renew_every
    )


def _target(settings: Settings) -> Target:
    return Target(
        environment=settings.environment.value,
        backend=redact(settings.backend.url or settings.backend.kind),
        fleet=partial(fleet_id, settings),
        fleet_name=fleet_name(settings),
    )


async def _sidecar_findings(settings: Settings) -> Sequence[SidecarFinding]:
    from reconciler.wiring.sidecar_settings import sidecar_findings

    return await sidecar_findings(settings)


class ViewRenderer:
    """Implements ports.interaction.Renderer with the views: without colours, and not wrapped."""

    def render(self, result: CommandResult, output: str, language: str, budget: int | None = None) -> str:
        from reconciler.views import i18n
        from reconciler.views.common.context import RenderContext
        from reconciler.views.render import render_result, render_within

        context = RenderContext(language=i18n.language(language))
        if budget is None:
            return render_result(result, output, context)
        return render_within(result, output, context, budget)


def _local_executor() -> Executor:
    from reconciler.workflows.execution.local_execution import LocalExecutor

    return LocalExecutor()


def open_plan_file(path: Path) -> SavedPlan:
    """A saved plan to be read by people: without settings or key, so its seal is not checked. Raises SetupError."""
    return load_plan(path, None)


@contextmanager
def traced(command: str, settings: Settings, notify: Callable[[Message], None]) -> Iterator[Span]:
    """The work of a command as a span; with all spans below it where the environment names a collector of OpenTelemetry."""
    attributes = {"reconciler.fleet": fleet_name(settings), "reconciler.environment": settings.environment.value}
    with ExitStack() as stack:
        if _has_collector():
            stack.enter_context(_collecting(notify))
        yield stack.enter_context(span(f"reconciler {command}", attributes))


@contextmanager
def _collecting(notify: Callable[[Message], None]) -> Iterator[None]:
    try:
        from reconciler.adapters.tracing import CollectorTracer
    except ModuleNotFoundError:
        notify(msg("Traces are not sent: run `pip install 'reconciler[otel]'`"))
        yield
        return
    tracer = CollectorTracer()
    try:
        with using_tracer(tracer):
            yield
    finally:
        lost = tracer.close()
        if lost:
            notify(msg("Traces could not be sent to the collector (lost spans: {count})", count=lost))


def _has_collector() -> bool:
    """As OpenTelemetry reads its variables."""
    named = any(os.environ.get(f"OTEL_EXPORTER_OTLP_{name}ENDPOINT") for name in ("", "TRACES_"))
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return named and not off and os.environ.get("OTEL_TRACES_EXPORTER", "otlp") != "none"


@contextmanager
def writing_log(form: str, write: Callable[[str], None]) -> Iterator[None]:
    """`form` is `json` or `text`; `write` gets whole lines."""
    from reconciler.adapters.event_log import StructlogEventLog

    with using_log(StructlogEventLog(form, write)):
        yield


@dataclass(slots=True)
class CommandEnd:
    """`code` is the one for an unexpected error, unless the command says otherwise."""

    code: ExitCode = ExitCode.ERROR


@contextmanager
def logged_command(command: str, settings: Settings | None) -> Iterator[CommandEnd]:
    """Both ends of a command. `settings` are None where they cannot be read."""
    end = CommandEnd()
    if not logging_events():
        yield end
        return
    with log_context(**({} if settings is None else {"fleet": fleet_name(settings)})):
        log_event("command-started", command=command)
        started, error = time.monotonic(), None
        try:
            yield end
        except BaseException as raised:
            error = type(first_error(raised)).__name__
            raise
        finally:
            seconds = round(time.monotonic() - started, 3)
            level: Level = "info" if end.code in _IN_ORDER else "error"
            log_event(
                "command-ended", level=level, command=command, exit_code=end.code.value, seconds=seconds, error=error
            )
