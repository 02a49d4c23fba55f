"""Everything wrong with the shape of one file, each with its position and a hint.

In: a parsed file and the document it should have been. Out: diagnostics. Only a file that a document refused gets here, so
this may be slow and thorough. It reads one file, never the merged values: each layer is checked separately.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from reconciler.adapters.manifests.checks.keys import missing_key, unknown_key
from reconciler.adapters.manifests.checks.plaintext_secrets import TOKEN_FORMS, secret_ref_diagnostic
from reconciler.adapters.manifests.checks.schema_validator import Violation, violations
from reconciler.adapters.manifests.describe import (
    choices_message,
    closest_switch,
    describe,
    did_you_mean,
    display_path,
    misplaced_value,
    quote,
)
from reconciler.adapters.manifests.documents.base import FORM_KEYWORD, Document
from reconciler.adapters.manifests.documents.formats import format_by_name
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, diagnostic, sort_diagnostics
from reconciler.core.diagnostics.messages import Message, msg
from reconciler.core.model.formats import Format

_TYPES: Final[dict[str, Message]] = {
    "boolean": msg("true or false"),
    "string": msg("text"),
    "object": msg("a mapping"),
    "array": msg("a list"),
    "integer": msg("a whole number"),
    "number": msg("a number"),
}
_SWITCHES: Final = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})


def shape_diagnostics(parsed: Parsed, model: type[Document]) -> tuple[Diagnostic, ...]:
    """What the document's schema says against the file."""
    found_against = violations(parsed.data, model)
    return sort_diagnostics(
        found for violation in found_against for found in _diagnostics(violation, parsed, shape(model))
    )


def _diagnostics(broken: Violation, parsed: Parsed, whole: dict[str, Any]) -> Iterator[Diagnostic]:
    match broken.rule:
        case "additionalProperties":
            unknown = (key for key in broken.value if key not in broken.schema["properties"])
            yield from (unknown_key((*broken.path, key), broken.schema, whole, parsed) for key in unknown)
        case "required":
            missing = (key for key in broken.expected if key not in broken.value)
            yield from (missing_key((*broken.path, key), broken.schema, parsed) for key in missing)
        case "anyOf":
            yield from (found for nearer in _nearest(broken) for found in _diagnostics(nearer, parsed, whole))
        case "type":
            yield _wrong_type(broken, parsed)
        case "enum":
            # A value of another type is reported with its type.
            yield from [_unknown_value(broken, parsed)] if isinstance(broken.value, str) else []
        case "pattern":
            yield _wrong_form(broken, parsed)
        case _:
            yield _invalid(broken, parsed)


def _nearest(broken: Violation) -> tuple[Violation, ...]:
    """Against the choice whose type the value has; without one, against the first."""
    typed = (b for b in broken.branches if not any(v.rule == "type" and v.path == broken.path for v in b))
    return next(typed, broken.branches[0])


def _wrong_type(broken: Violation, parsed: Parsed) -> Diagnostic:
    place = display_path(broken.path)
    return diagnostic(
        codes.WRONG_TYPE,
        msg("`{place}` is {found}", place=place, found=misplaced_value(broken.value, place)),
        expected=_expected(broken),
        hint=_convert(broken),
        subject=place,
        origin=parsed.origin(broken.path),
    )


def _expected(broken: Violation) -> Message:
    choices = [choice for choice in broken.schema.get("enum", ()) if choice is not None]
    if choices:
        return choices_message(choices)
    form = _form(broken)
    return form.expected if form else _TYPES[_wanted_type(broken)]


def _wanted_type(broken: Violation) -> str:
    named = broken.expected if isinstance(broken.expected, list) else [broken.expected]
    return next(str(name) for name in named if name != "null")


def _convert(broken: Violation) -> Message:
    form = _form(broken)
    match _wanted_type(broken), broken.value:
        case _, None:
            return msg("Write the value after the colon, or delete the line")
        case "boolean", str() as text if text.strip().lower() in _SWITCHES:
            return msg("Write true or false without quotes")
        case "boolean", str() | int() | float():
            return msg("Replace the value with one of the two, without quotes")
        case "string", bool() as switch if "enum" in broken.schema:
            choices = [choice for choice in broken.schema["enum"] if choice is not None]
            return closest_switch(str(switch), choices) or msg("Write one of the expected values")
        case "string", bool() | int() | float() if "enum" not in broken.schema:
            if form is None or form.accepts(str(broken.value)):
                return msg("Put the value in quotes")
            return _like(form)
        case "integer" | "number", str() as text if text.strip().isdecimal():
            return msg("Write the number without quotes")
        case "integer" | "number", bool() | str() | float():
            return msg("Write a number in digits, such as 10")
        case "array", _:
            return msg("Write each value on a line of its own, after a hyphen and a space")
        case "object", _:
            return msg("Write its keys on the lines below, indented by two spaces")
        case (("string" | "boolean" | "integer" | "number"), dict() | list()):
            return msg("Write one value directly after the colon")
        case _:
            return msg("Write one of the expected values")


def _form(broken: Violation) -> Format | None:
    name = broken.schema.get(FORM_KEYWORD)
    return None if name is None else format_by_name(name)


def _like(form: Format) -> Message:
    return msg("Write it like {example}", example=form.example)


def _unknown_value(broken: Violation, parsed: Parsed) -> Diagnostic:
    place = display_path(broken.path)
    choices = [choice for choice in broken.expected if choice is not None]
    return diagnostic(
        codes.UNKNOWN_VALUE,
        msg("`{place}` is {value}", place=place, value=quote(broken.value, place)),
        expected=choices_message(choices),
        hint=closest_switch(broken.value, choices) or did_you_mean(broken.value, choices),
        subject=place,
        origin=parsed.origin(broken.path),
    )


def _wrong_form(broken: Violation, parsed: Parsed) -> Diagnostic:
    form, text = format_by_name(broken.schema[FORM_KEYWORD]), broken.value
    if form.name in TOKEN_FORMS:
        return secret_ref_diagnostic(text, form, broken.path, parsed)
    place = display_path(broken.path)
    return diagnostic(
        codes.WRONG_FORM,
        _misfit(form, text, place, of_a_name=broken.is_key),
        expected=form.expected,
        hint=msg("Delete the spaces") if form.accepts(text.strip()) else _like(form),
        subject=place,
        origin=parsed.key_origin((*broken.path, text)) if broken.is_key else parsed.origin(broken.path),
    )


def _misfit(form: Format, text: str, place: str, *, of_a_name: bool) -> Message:
    """What is wrong with it, if the form says so; otherwise what it is."""
    if of_a_name:
        return msg("`{place}` has the key {key}", place=place, key=quote(text))
    if form.explains(text):
        return msg("`{place}` has an invalid format: {fault}", place=place, fault=form.violation(text))
    return msg("`{place}` is {found}", place=place, found=describe(text, place))


def _invalid(broken: Violation, parsed: Parsed) -> Diagnostic:
    place = display_path(broken.path)
    return diagnostic(
        codes.INVALID,
        msg("`{place}` is {found}", place=place, found=describe(broken.value, place)),
        expected=_limit(broken),
        subject=place,
        origin=parsed.origin(broken.path),
    )


def _limit(broken: Violation) -> Message | None:
    match broken.rule:
        case "minimum":
            return msg("{limit} or more", limit=str(broken.expected))
        case "exclusiveMinimum":
            return msg("more than {limit}", limit=str(broken.expected))
        case "maximum":
            return msg("{limit} or less", limit=str(broken.expected))
        case "minLength":
            return msg("some text")
        case _:
            return None
