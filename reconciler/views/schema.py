"""The JSON documents' shapes, as JSON Schema (2020-12). Tests hold every document that is written against them.

In: nothing. Out: schemas. A document may grow within a version by what readers can overlook; a schema names all there is, so
that a slip is seen. The shape of manifests is stated by their own reader.
"""

from __future__ import annotations

from typing import Any

from reconciler.core.change import Action, Reason
from reconciler.core.diagnostics import Severity
from reconciler.core.drift import Label
from reconciler.core.kinds import KIND_NAMES
from reconciler.core.plan import Does
from reconciler.core.report import Outcome

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_FLAG: Schema = {"type": "boolean"}
_FINGERPRINT: Schema = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}


def plan_schema() -> Schema:
    counts = ("add", "change", "remove", "derived", "shops", "changed", "closing", "refused", "unplanned")
    return _document(
        "plan",
        fingerprint=_FINGERPRINT,
        summary=_counts(*counts),
        findings=_list(_ref("finding")),
        diagnostics=_list(_ref("finding")),
        shops=_list(_shop_plan()),
    )


def report_schema() -> Schema:
    shop = _object(
        shop=_TEXT,
        outcome=_one_of(*(outcome.value for outcome in Outcome)),
        done=_COUNT,
        writes=_COUNT,
        verified=_FLAG,
        reopened=_FLAG,
        missed=_list(_missed()),
        findings=_list(_ref("finding")),
    )
    return _document(
        "report",
        fingerprint=_FINGERPRINT,
        interrupted=_FLAG,
        summary=_counts(*(outcome.value for outcome in Outcome)),
        findings=_list(_ref("finding")),
        diagnostics=_list(_ref("finding")),
        shops=_list(shop),
    )


def drift_schema() -> Schema:
    entry = _drift_entry()
    shop = _object(shop=_TEXT, file=_TEXT, unknown=_FLAG, entries=_list(entry), findings=_list(_ref("finding")))
    return _document(
        "drift",
        summary=_counts("shops", "drifted", "fields", "unknown", "converged"),
        diagnostics=_list(_ref("finding")),
        shops=_list(shop),
    )


def _drift_entry() -> Schema:
    """`applied` is missing where nothing was ever applied. A trail's values are text, or say that a secret stood there."""
    changed = _object(
        at=_TEXT, actor=_TEXT, actor_type=_TEXT, before=_ref("value"), after=_ref("value"), cause=_or_null(_TEXT)
    )
    entry = _object(
        **_field(),
        drift=_one_of(*(label.value for label in Label)),
        wanted=_ref("value"),
        observed=_ref("value"),
        changed=_or_null(changed),
        place=_ref("place"),
    )
    return entry | {"properties": {**entry["properties"], "applied": _ref("value")}}


def _shop_plan() -> Schema:
    return _object(
        shop=_TEXT,
        file=_TEXT,
        blocked=_FLAG,
        changes=_list(_change()),
        steps=_list(
            _object(
                does=_one_of(*(does.value for does in Does)), kind=_or_null(_one_of(*KIND_NAMES)), fields=_list(_TEXT)
            )
        ),
        bracket=_or_null(_object(first=_COUNT, last=_COUNT, seconds=_COUNT)),
        predicted=_list(_object(field=_TEXT, value=_ref("value"))),
        versions={"type": "object", "propertyNames": {"enum": list(KIND_NAMES)}, "additionalProperties": _TEXT},
        findings=_list(_ref("finding")),
    )


def _change() -> Schema:
    return _object(
        **_field(),
        action=_one_of(*(action.value for action in Action)),
        reason=_one_of(*(reason.value for reason in Reason)),
        before=_ref("value"),
        after=_ref("value"),
        follows=_or_null(_TEXT),
        place=_ref("place"),
    )


def _missed() -> Schema:
    """`found` is missing where the backend said nothing of the field."""
    about = {"field": _TEXT, "label": _TEXT, "title": _TEXT, "predicted": _ref("value")}
    return _object(**about) | {"properties": {**about, "found": _ref("value")}}


def _field() -> dict[str, Schema]:
    return {"field": _TEXT, "declared": _or_null(_TEXT), "label": _TEXT, "title": _TEXT}


def _document(name: str, **parts: Schema) -> Schema:
    """Every part is there, save the request log, which is there on request."""
    shape = _object(format={"const": f"reconciler/{name}"}, version={"const": 1}, **parts)
    request = _object(method=_TEXT, path=_TEXT, status=_or_null({"type": "integer"}))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"reconciler {name}",
        **shape,
        "properties": {**shape["properties"], "requests": _list(request)},
        "$defs": {"finding": _finding(), "place": _place(), "value": _value()},
    }


def _finding() -> Schema:
    return _object(
        code={"type": "string", "pattern": "^[A-Z][0-9]{3}$"},
        slug=_TEXT,
        severity=_one_of(*(severity.word for severity in Severity)),
        summary=_TEXT,
        expected=_or_null(_TEXT),
        way_on=_or_null(_TEXT),
        shop=_or_null(_TEXT),
        subject=_or_null(_TEXT),
        place=_or_null(_ref("place")),
    )


def _place() -> Schema:
    place: Schema = {"type": "integer", "minimum": 1}
    return _object(file=_TEXT, line=place, column=place)


def _value() -> Schema:
    """Null is: nothing there. A secret is an object that holds at most the reference it came from."""
    secret = {
        "type": "object",
        "properties": {"sensitive": {"const": True}, "source": _TEXT, "digest": _TEXT},
        "required": ["sensitive"],
        "additionalProperties": False,
    }
    return {"anyOf": [{"type": ["boolean", "string", "null"]}, _list(_TEXT), secret]}


def _object(**properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _counts(*names: str) -> Schema:
    return _object(**dict.fromkeys(names, _COUNT))


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _one_of(*values: str) -> Schema:
    return {"enum": list(values)}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
