"""An alert in sentences: title, lines, the command that settles it, and where it comes from.

In: an alert and a context. Out: one-line strings, safe on a terminal, without markup. Of a secret only that it differs is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reconciler.core.alerts.alert import Alert, AlertKind, CommonCause
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.audit import actor_type_word
from reconciler.core.findings.fields import field_at
from reconciler.core.findings.finding import Finding, FindingClass, FindingEvent, FindingEventKind
from reconciler.core.findings.runbooks import NO_RUNBOOKS, Runbooks
from reconciler.core.findings.settle import settling_command
from reconciler.core.findings.words import CLASS_WORDS, EVENT_WORDS, RESOLVER_WORDS, SEVERITY_NAMES
from reconciler.core.model.canonical import Json
from reconciler.core.model.state import FieldRef
from reconciler.core.runs.last_applied import from_canonical
from reconciler.lib.frozen_class import frozen
from reconciler.views.common.context import RenderContext
from reconciler.views.common.run_progress import duration


@frozen
class AlertText:
    """`settle` says what the command is for; both are None where no command helps."""

    title: str
    lines: tuple[str, ...]
    footer: str
    settle: str | None = None
    command: str | None = None


def alert_text(alert: Alert, context: RenderContext, runbooks: Runbooks = NO_RUNBOOKS) -> AlertText:
    match alert.kind:
        case AlertKind.FINDING:
            return _single(alert, alert.events[0], context, runbooks)
        case AlertKind.STORM | AlertKind.DIGEST:
            return _several(alert, context, runbooks)
        case AlertKind.TEST:
            return AlertText(
                title=context.translate(msg("Test of the channel {channel}", channel=alert.channel)),
                lines=(context.translate(msg("Alerts about drift arrive here. This is a test; nothing is wrong.")),),
                footer=_fleet(alert, context),
            )


def _single(alert: Alert, event: FindingEvent, context: RenderContext, runbooks: Runbooks) -> AlertText:
    finding = event.finding
    resolved = event.kind is FindingEventKind.RESOLVED
    settling = None if event.kind is FindingEventKind.FIGHT else settling_command(finding, _proposal(event))
    command = None if resolved else settling or f"reconciler findings show {finding.key.id}"
    purpose = msg("To settle it") if settling else msg("To see everything that is known")
    source = msg("Finding {name}, fleet {fleet}", name=finding.key.id, fleet=alert.fleet)
    return AlertText(
        title=_headline(event, context),
        lines=tuple(
            _resolved(event, context)
            if resolved
            else (*_facts(event, context), *_help([finding.key.kind], context, runbooks))
        ),
        footer=context.translate(source),
        settle=None if command is None else context.translate(purpose),
        command=command,
    )


def _proposal(event: FindingEvent) -> str | None:
    return None if event.healing is None else event.healing.file


def _headline(event: FindingEvent, context: RenderContext) -> str:
    severity, place = SEVERITY_NAMES[event.finding.severity], _place(event.finding)
    if event.kind is FindingEventKind.RESOLVED:
        return context.translate(msg("resolved: {place}: {what}", place=place, what=_what(event)))
    return context.translate(msg("{severity}: {place}: {what}", severity=severity, place=place, what=_what(event)))


def _place(finding: Finding) -> Message:
    if finding.key.kind is FindingClass.FOREIGN_ENDPOINT:
        return msg("seller {seller}", seller=finding.key.shop)
    if not finding.key.field:
        return msg("{shop}", shop=finding.key.shop)
    return msg("{shop}, {field}", shop=finding.key.shop, field=_field_name(finding.key.field))


def _field_name(place: str) -> Message:
    ref = field_at(place)
    return msg("{field}", field=place) if ref is None else ref.short_name


def _what(event: FindingEvent) -> Message:
    what = CLASS_WORDS[event.finding.key.kind]
    if event.kind in (FindingEventKind.OPENED, FindingEventKind.RESOLVED):
        return what
    return msg("{what} ({event})", what=what, event=EVENT_WORDS[event.kind])


def _facts(event: FindingEvent, context: RenderContext) -> Iterator[str]:
    finding, author = event.finding, event.finding.author
    yield from _values(finding, context)
    if author is not None:
        by = actor_type_word(author.actor_type)
        who = msg("Changed by {actor} ({type}) at {time}", actor=author.actor, type=by, time=author.at)
        yield context.translate(who)
    yield context.translate(msg("Open since {time}", time=finding.opened))
    if event.kind is FindingEventKind.FLAPPING:
        text = msg("It came back several times within a day: no more alerts until nothing changed for a day")
        yield context.translate(text)
    yield from _healing(event, context)
    if finding.owner:
        yield context.translate(msg("Responsible: {owner}", owner=finding.owner))
    if finding.file:
        yield context.translate(msg("Manifest: {file}", file=finding.file))


def _healing(event: FindingEvent, context: RenderContext) -> Iterator[str]:
    """Both sides of a fight, and its period; or the plan that is ready."""
    facts, author = event.healing, event.finding.author
    if facts is None:
        return
    if facts.file is not None:
        yield context.translate(msg("The rule {rule} proposes a plan: {file}", rule=facts.rule, file=facts.file))
    elif author is not None and facts.since is not None:
        text = msg(
            "The rule {rule} healed it {count} times since {time}, and {actor} undid each heal: about every {period}",
            rule=facts.rule,
            count=facts.heals,
            time=facts.since,
            actor=author.actor,
            period=duration(facts.period),
        )
        yield context.translate(text)
        yield context.translate(msg("It is not healed any more: agree on one value, in Git or at the backend"))


def _resolved(event: FindingEvent, context: RenderContext) -> Iterator[str]:
    finding = event.finding
    if finding.resolved_by is not None:
        by = RESOLVER_WORDS[finding.resolved_by]
        yield context.translate(msg("Resolved by {cause}; seen at {time}", cause=by, time=event.at))
    yield context.translate(msg("It was open since {time}", time=finding.opened))


def _values(finding: Finding, context: RenderContext) -> Iterator[str]:
    ref = field_at(finding.key.field)
    if finding.key.kind is FindingClass.FOREIGN_ENDPOINT and isinstance(finding.observed, list):
        urls = context.value(tuple(map(str, finding.observed)))
        yield context.translate(msg("Registered: {urls}", urls=urls))
    if ref is None:
        return
    name = msg("Field: {field}", field=ref.full_name)
    yield context.translate(name)
    if ref.spec.policy.secret or isinstance(finding.desired, dict) or isinstance(finding.observed, dict):
        yield context.translate(msg("The value differs; it is a secret and is not shown"))
    else:
        yield context.translate(msg("In Git: {value}", value=_value(finding.desired, ref, context)))
        yield context.translate(msg("At the backend: {value}", value=_value(finding.observed, ref, context)))


def _value(stored: Json, ref: FieldRef, context: RenderContext) -> str:
    """A stored value that the field cannot have any more is shown as it was stored."""
    try:
        return context.value(from_canonical(ref, stored), ref.spec.policy.words)
    except ValueError:
        return context.value(str(stored))


def _help(kinds: Sequence[FindingClass], context: RenderContext, runbooks: Runbooks) -> Iterator[str]:
    """The runbook of each class, then each contact once."""
    for kind in kinds:
        yield context.translate(msg("Runbook: {link}", link=runbooks.link(kind)))
    for contact in dict.fromkeys(filter(None, map(runbooks.contact, kinds))):
        yield context.translate(msg("Escalate to: {contact}", contact=contact))


def _several(alert: Alert, context: RenderContext, runbooks: Runbooks) -> AlertText:
    rest = alert.count - len(alert.events)
    more = (context.plural("... and {count} more", "... and {count} more", rest),) if rest > 0 else ()
    unsettled = (each.finding.key.kind for each in alert.events if each.kind is not FindingEventKind.RESOLVED)
    help_ = _help(tuple(dict.fromkeys(unsettled)), context, runbooks)
    cause = (_cause(alert.cause, alert.count, context),) if alert.kind is AlertKind.STORM else ()
    return AlertText(
        title=_many(alert, context),
        lines=(*cause, *(f"- {_headline(event, context)}" for event in alert.events), *more, *help_),
        footer=_fleet(alert, context),
        settle=context.translate(msg("To list what is open")),
        command="reconciler findings list",
    )


def _many(alert: Alert, context: RenderContext) -> str:
    findings = context.plural("{count} finding", "{count} findings", alert.count)
    if alert.kind is AlertKind.DIGEST:
        return context.translate(msg("Digest: {findings}", findings=findings))
    if alert.events and alert.events[0].kind is FindingEventKind.RESOLVED:
        return context.translate(msg("resolved: {findings} at once", findings=findings))
    severity = SEVERITY_NAMES[alert.severity]
    return context.translate(msg("{severity}: {findings} at once", severity=severity, findings=findings))


def _cause(cause: CommonCause | None, total: int, context: RenderContext) -> str:
    if cause is None:
        return context.translate(msg("They have no cause in common"))
    if cause.what == "actor":
        text = msg("{count} of {total} changed by {actor}", actor=cause.value, count=cause.count, total=total)
    else:
        name = _field_name(cause.value)
        text = msg("{count} of {total} in the field {field}", field=name, count=cause.count, total=total)
    return context.translate(text)


def _fleet(alert: Alert, context: RenderContext) -> str:
    return context.translate(msg("Fleet {fleet}", fleet=alert.fleet))
