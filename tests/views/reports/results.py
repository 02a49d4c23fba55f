"""Results of the commands that reports are made of, with and without hostile text in them."""

from __future__ import annotations

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.drift import Drift, drift_of
from reconciler.core.model.kinds import AmazonSettings, IpnEndpoint, SystemParts
from reconciler.core.model.state import FieldRef
from reconciler.core.planning.fingerprint import build_plan
from reconciler.core.planning.plan import RequestPace
from reconciler.core.planning.shop_planning import plan_shop
from reconciler.core.results.apply_result import ApplyResult
from reconciler.core.results.command import CommandResult, RunIdentity
from reconciler.core.results.drift_result import DriftResult
from reconciler.core.results.plan_result import PlanResult
from reconciler.core.results.validation_result import ValidationResult, failure
from reconciler.core.runs.last_applied import LastApplied
from reconciler.core.values import Origin, Registration, ShopKey
from tests.views import samples

LABEL = FieldRef("system_parts", "messages", "order_area.label")


def identity(command: str) -> RunIdentity:
    return RunIdentity(
        run="5e3e3c6e-0000-4000-8000-000000000001",
        command=command,
        started="2026-04-01T03:00:00Z",
        ended="2026-04-01T03:00:02Z",
        actor="hanako",
        host="build-7",
        tool_version="1.0",
        environment="sandbox",
        backend="embedded",
        fleet="sandbox-embedded",
    )


def named(result: CommandResult, command: str) -> CommandResult:
    return replace(result, identity=identity(command))


RESULTS = {
    "validate": named(samples.validation(), "validate"),
    "plan": named(PlanResult(plan=samples.plan(), diagnostics=samples.findings()), "plan"),
    "apply": named(ApplyResult(report=samples.report()), "apply"),
    "drift": named(DriftResult(drift=samples.drift()), "drift"),
    "drift-sides": named(DriftResult(drift=samples.sided_drift()), "drift"),
    "failure": named(failure(*samples.findings()), "plan"),
    "nothing": named(ValidationResult(valid=(ShopKey("kyoto-tea"),)), "validate"),
}


def unknown_keys(count: int, file: str = "shops/kyoto-tea.yaml", text: str = "Unknown key") -> tuple[Diagnostic, ...]:
    return tuple(
        diagnostic(
            codes.UNKNOWN_KEY,
            msg("{text} {number}", text=text, number=number),
            shop=ShopKey("kyoto-tea"),
            subject=f"amazon.k{number}",
            origin=Origin(file, number + 1, 3),
        )
        for number in range(count)
    )


def validated(*diagnostics: Diagnostic) -> CommandResult:
    return named(ValidationResult(diagnostics=diagnostics, broken=("kyoto-tea",)), "validate")


def hostile_results(text: str) -> list[CommandResult]:
    """The text as a value of the backend, as what was applied, as the name of a file, and in a message. Only names of files may
    hold bytes that are no text.
    """
    value = text.encode("utf-8", "replace").decode()
    settings = samples.observed().kind(AmazonSettings)
    assert settings is not None
    world = samples.observed(
        amazon_settings=replace(settings, seller_id=value, notification_email=value, merchant_site_url=value),
        system_parts=SystemParts(output=False, messages={"order_area.label": value, "order_area.message": value}),
        ipn_endpoint=IpnEndpoint(registration=Registration.ABSENT, seller_id=value, others=(value, value)),
    )
    declared = samples.desired()
    planned = plan_shop(declared, world, RequestPace())
    drift = drift_of(declared, world, planned, LastApplied(applied={str(LABEL): value}))
    found = diagnostic(
        codes.UNKNOWN_KEY,
        msg("unknown key {key}", key=text),
        hint=msg("write {key}", key=text),
        shop=ShopKey("kyoto-tea"),
        subject=text,
        origin=Origin(f"shops/{text}.yaml", 3, 1),
    )
    bare = diagnostic(codes.NOT_YAML, msg("{text}", text=text), origin=Origin(text, 1, 1))
    return [
        named(PlanResult(plan=build_plan([planned]), diagnostics=(found, bare)), "plan"),
        named(DriftResult(drift=Drift(shops=(drift,), findings=(found, bare))), "drift"),
        named(ValidationResult(diagnostics=(found, bare), broken=(text,)), "validate"),
        named(failure(found, bare), "plan"),
    ]
