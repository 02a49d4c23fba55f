"""All that is wrong with the shape of one file, each with its position and a way on.

In: a parsed file and the document it should have been. Out: diagnostics. Only a file that a document refused comes here, so
this may be slow and thorough. It reads one file, never the merged values: each layer answers for what it says itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from reconciler.adapters.manifests.checks.keys import missing_key, unknown_key
from reconciler.adapters.manifests.checks.plaintext_secrets import TOKEN_FORMS, wrong_token
from reconciler.adapters.manifests.checks.schema_validator import Violation, violations
from reconciler.adapters.manifests.describe import describe, did_you_mean, meant, misplaced, one_of, place_of, quote
from reconciler.adapters.manifests.documents.base import FORM_KEYWORD, Document
from reconciler.adapters.manifests.documents.formats import form_named
from reconciler.adapters.manifests.documents.json_schema import shape
from reconciler.adapters.manifests.yaml.parsed import Parsed
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic, found, in_order
from reconciler.core.diagnostics.messages import Text, say
from reconciler.core.model.formats import Form

_TYPES: Final[dict[str, Text]] = {
    "boolean": say("true or false"),
    "string": say("text"),
    "object": say("a mapping"),
    "array": say("a list"),
    "integer": say("a whole number"),
    "number": say("a number"),
}
_SWITCHES: Final = frozenset({"true", "false", "yes", "no", "on", "off", "1", "0"})


def explain(parsed: Parsed, model: type[Document]) -> tuple[Diagnostic, ...]:
    """What the document's schema says against the file."""
    found_against = violations(parsed.data, model)
    return in_order(said for violation in found_against for said in _told(violation, parsed, shape(model)))


def _told(broken: Violation, parsed: Parsed, whole: dict[str, Any]) -> Iterator[Diagnostic]:
    match broken.rule:
        case "additionalProperties":
            unknown = (key for key in broken.value if key not in broken.schema["properties"])
            yield from (unknown_key((*broken.path, key), broken.schema, whole, parsed) for key in unknown)
        case "required":
            missing = (key for key in broken.wanted if key not in broken.value)
            yield from (missing_key((*broken.path, key), broken.schema, parsed) for key in missing)
        case "anyOf":
            yield from (said for nearer in _nearest(broken) for said in _told(nearer, parsed, whole))
        case "type":
            yield _wrong_type(broken, parsed)
        case "enum":
            # A value of another type is told by its type.
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
    place = place_of(broken.path)
    return found(
        codes.WRONG_TYPE,
        say("`{place}` is {found}", place=place, found=misplaced(broken.value, place)),
        expected=_expected(broken),
        way_on=_convert(broken),
        subject=place,
        origin=parsed.where(broken.path),
    )


def _expected(broken: Violation) -> Text:
    choices = [choice for choice in broken.schema.get("enum", ()) if choice is not None]
    if choices:
        return one_of(choices)
    form = _form(broken)
    return form.expected if form else _TYPES[_wanted_type(broken)]


def _wanted_type(broken: Violation) -> str:
    named = broken.wanted if isinstance(broken.wanted, list) else [broken.wanted]
    return next(str(name) for name in named if name != "null")


def _convert(broken: Violation) -> Text | None:
    form = _form(broken)
    match _wanted_type(broken), broken.value:
        case "boolean", str() as text if text.strip().lower() in _SWITCHES:
            return say("Write true or false, without quotes")
        case "string", bool() as switch if "enum" in broken.schema:
            return meant(str(switch), (choice for choice in broken.schema["enum"] if choice is not None))
        case "string", bool() | int() | float() if "enum" not in broken.schema:
            if form is None or form.accepts(str(broken.value)):
                return say("Put the value in quotes")
            return _like(form)
        case "object", _:
            return say("Write its keys on the lines below, indented by two spaces")
        case (("string" | "boolean" | "integer" | "number"), dict() | list()):
            return say("Write one value right behind the colon")
        case _:
            return None


def _form(broken: Violation) -> Form | None:
    name = broken.schema.get(FORM_KEYWORD)
    return None if name is None else form_named(name)


def _like(form: Form) -> Text:
    return say("Write it like {example}", example=form.example)


def _unknown_value(broken: Violation, parsed: Parsed) -> Diagnostic:
    place = place_of(broken.path)
    choices = [choice for choice in broken.wanted if choice is not None]
    return found(
        codes.UNKNOWN_VALUE,
        say("`{place}` is {value}", place=place, value=quote(broken.value, place)),
        expected=one_of(choices),
        way_on=meant(broken.value, choices) or did_you_mean(broken.value, choices),
        subject=place,
        origin=parsed.where(broken.path),
    )


def _wrong_form(broken: Violation, parsed: Parsed) -> Diagnostic:
    form, text = form_named(broken.schema[FORM_KEYWORD]), broken.value
    if form.name in TOKEN_FORMS:
        return wrong_token(text, form, broken.path, parsed)
    place = place_of(broken.path)
    return found(
        codes.WRONG_FORM,
        _misfit(form, text, place, of_a_name=broken.of_a_name),
        expected=form.expected,
        way_on=say("Delete the spaces") if form.accepts(text.strip()) else _like(form),
        subject=place,
        origin=parsed.where_key((*broken.path, text)) if broken.of_a_name else parsed.where(broken.path),
    )


def _misfit(form: Form, text: str, place: str, *, of_a_name: bool) -> Text:
    """What is wrong with it, where the form can tell; otherwise what it is."""
    if of_a_name:
        return say("`{place}` has the key {key}", place=place, key=quote(text))
    if any(form.accepts(near) for near in (text.strip(), text.strip().lower(), text.strip().upper())):
        return say("`{place}` is not in its form: {fault}", place=place, fault=form.fault(text))
    return say("`{place}` is {found}", place=place, found=describe(text, place))


def _invalid(broken: Violation, parsed: Parsed) -> Diagnostic:
    place = place_of(broken.path)
    return found(
        codes.INVALID,
        say("`{place}` is {found}", place=place, found=describe(broken.value, place)),
        expected=_limit(broken),
        subject=place,
        origin=parsed.where(broken.path),
    )


def _limit(broken: Violation) -> Text | None:
    match broken.rule:
        case "minimum":
            return say("{limit} or more", limit=str(broken.wanted))
        case "exclusiveMinimum":
            return say("more than {limit}", limit=str(broken.wanted))
        case "maximum":
            return say("{limit} or less", limit=str(broken.wanted))
        case "minLength":
            return say("some text")
        case _:
            return None
