"""The `heal` part of the settings as a policy, and what can be wrong in it beyond its shape.

In: the document, or the parsed file, which has the right shape. Out: a policy, or diagnostics with their places. A policy that
names a field which is never healed is refused: silence would look like protection.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from reconciler.adapters.manifests.checks.semantics import judge_window, judge_zone
from reconciler.adapters.manifests.describe import did_you_mean, display_path
from reconciler.adapters.manifests.yaml.parsed import Parsed, Path
from reconciler.adapters.settings.heal_documents import HealDocument, HealRuleDocument
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.drift.severity import severity_named
from reconciler.core.findings.fields import field_at
from reconciler.core.healing.policy import NO_HEALING, HealingMode, HealingPolicy, HealingRule, healable_field
from reconciler.core.model.field_names import all_fields
from reconciler.core.model.kinds.system_parts import NAMES_OF_ENTRIES
from reconciler.core.model.state import FieldRef

_PATTERN: Final = frozenset("*?[")
_ENTRIES: Final = tuple(f"PART.{name}" for name in NAMES_OF_ENTRIES)
"""Entries of a map field, in the place of any."""


def healing_policy(document: HealDocument) -> HealingPolicy:
    if document.mode == "disabled":
        return NO_HEALING
    usual = HealingPolicy()
    share = document.max_share
    return HealingPolicy(
        rules=tuple(_rule(each, document.mode or "heal") for each in document.rules or ()),
        max_per_look=usual.max_per_look if document.max_per_look is None else document.max_per_look,
        max_share=usual.max_share if share is None else int(share.removesuffix("%")) / 100,
    )


def _rule(document: HealRuleDocument, mode: str) -> HealingRule:
    usual = HealingRule(name=document.name, fields=tuple(document.fields))
    severity = None if document.severity is None else severity_named(document.severity)
    return HealingRule(
        name=usual.name,
        fields=usual.fields,
        actors=usual.actors if document.actors is None else frozenset(document.actors),
        severity=usual.severity if severity is None else severity,
        window=None if document.window is None else _minutes(document.window),
        time_zone=document.time_zone or usual.time_zone,
        mode=HealingMode(document.mode or mode),
    )


def _minutes(window: str) -> tuple[int, int]:
    start, end = (int(time[:2]) * 60 + int(time[3:]) for time in window.split("-"))
    return start, end


def healing_faults(parsed: Parsed) -> Iterator[Diagnostic]:
    heal = parsed.data.get("heal")
    rules = heal.get("rules") if isinstance(heal, dict) else None
    seen: set[str] = set()
    for number, rule in enumerate(rules or ()):
        path: Path = ("heal", "rules", number)
        if rule["name"] in seen:
            why = msg("Two rules are called {name}", name=rule["name"])
            yield _fault((*path, "name"), why, msg("History names the rule: give each one its own name"), parsed)
        seen.add(rule["name"])
        for at, field in enumerate(rule["fields"]):
            yield from _judge_field(field, (*path, "fields", at), parsed)
        yield from judge_zone(rule.get("time_zone"), (*path, "time_zone"), parsed)
        usage = msg("Write the hours in which the rule heals, or delete the line to heal at any time")
        yield from judge_window(rule.get("window"), (*path, "window"), usage, parsed)


def _judge_field(name: str, path: Path, parsed: Parsed) -> Iterator[Diagnostic]:
    if _PATTERN.isdisjoint(name):
        why = msg("unknown field `{field}`", field=name) if field_at(name) is None else _reason(name)
        if why is not None:
            hint = did_you_mean(name, healable_names()) or msg("`reconciler explain FIELD` describes a field")
            yield _fault(path, why, hint, parsed)
    elif not any(fnmatchcase(each, name) for each in healable_names()):
        why = msg("No field that can be healed matches `{pattern}`", pattern=name)
        yield _fault(path, why, msg("The manual lists the fields: docs/healing.md"), parsed)


def _reason(name: str) -> Message | None:
    """A rule names manifest keys: findings are known by them."""
    ref = field_at(name)
    key = None if ref is None else ref.manifest_path
    if key is not None and key != name:
        return msg("`{field}` is not a manifest key; write `{key}`", field=name, key=key)
    return healable_field(name)


def healable_names() -> tuple[str, ...]:
    """The manifest keys that a rule may name."""
    return tuple(place for ref in all_fields() for place in _places(ref) if healable_field(place) is None)


def _places(ref: FieldRef) -> tuple[str, ...]:
    key = ref.manifest_path
    if key is None:
        return ()
    return tuple(f"{key}.{entry}" for entry in _ENTRIES) if ref.spec.policy.entries else (key,)


def _fault(path: Path, why: Message, hint: Message, parsed: Parsed) -> Diagnostic:
    return diagnostic(codes.BAD_SETTINGS, why, hint=hint, subject=display_path(path), origin=parsed.origin(path))
