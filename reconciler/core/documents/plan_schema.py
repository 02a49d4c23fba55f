"""The shape of a saved plan, as JSON Schema (2020-12). Tests hold every document that is written against it.

In: nothing. Out: the schema. It names all there is, so that a slip is seen; what proves a document (digest, seal, fingerprint) no
schema can tell.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Final

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.documents.saved_plan import FORMAT, VERSION
from reconciler.core.model.kinds import KIND_NAMES
from reconciler.core.planning.change import Reason
from reconciler.core.planning.fingerprint import FingerprintScope
from reconciler.core.planning.plan import StepKind
from reconciler.core.values import ApiStatus, CommerceCreator, PreSet, Registration, ShopKey, StorefrontStatus

Schema = dict[str, Any]

_TEXT: Final[Schema] = {"type": "string"}
_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_FLAG: Final[Schema] = {"type": "boolean"}
_HEX: Final = "[0-9a-f]{64}$"


def saved_plan_schema() -> Schema:
    """Of the newest version."""
    made = _object(
        tool=_TEXT,
        created=_TEXT,
        environment=_TEXT,
        backend=_TEXT,
        fleet=_or_null(_TEXT),
        commit=_or_null(_TEXT),
        manifests=_list(_object(file=_TEXT, sha256={"type": "string", "pattern": f"^{_HEX}"})),
        allowed=_list(_object(code=_TEXT, shops=_TEXT)),
    )
    plan = _object(
        fingerprint={"type": "string", "pattern": f"^sha256:{_HEX}"},
        covers=_words(FingerprintScope),
        findings=_list(_ref("finding")),
        shops=_list(_shop()),
        left_out=_COUNT,
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reconciler saved plan",
        **_object(
            format={"const": FORMAT},
            version={"const": VERSION},
            made=made,
            plan=plan,
            digest={"type": "string", "pattern": f"^sha256:{_HEX}"},
            seal={"type": "string", "pattern": f"^hmac-sha256:{_HEX}"},
        ),
        "$defs": {
            "finding": _finding(),
            "field": _object(kind={"enum": list(KIND_NAMES)}, field=_TEXT, entry=_or_null(_TEXT)),
            "value": _value(),
            "place": _object(file=_TEXT, line=_COUNT, column=_COUNT),
            "message": _message(),
        },
    }


def _shop() -> Schema:
    minute: Schema = {"type": "integer", "minimum": 0, "maximum": 1439}
    step = _object(does=_words(StepKind), kind={"enum": ["", *KIND_NAMES]}, refs=_list(_ref("field")))
    return _object(
        shop={"type": "string", "pattern": ShopKey.PATTERN},
        origin=_ref("place"),
        changes=_list(_change()),
        steps=_list(step),
        bracket=_or_null(_object(first=_COUNT, last=_COUNT, seconds=_COUNT)),
        predicted=_list(_object(ref=_ref("field"), value=_ref("value"))),
        versions=_list(_object(kind={"enum": list(KIND_NAMES)}, version=_TEXT)),
        target=_or_null(_object(seller_id=_TEXT, url=_TEXT)),
        findings=_list(_ref("finding")),
        maintenance=_object(close_shop=_FLAG, window=_or_null(_object(opens=minute, closes=minute)), time_zone=_TEXT),
        live=_FLAG,
        labels=_list(_object(key=_TEXT, value=_TEXT)),
    )


def _change() -> Schema:
    return _object(
        ref=_ref("field"),
        before=_ref("value"),
        after=_ref("value"),
        reason=_words(Reason),
        origin=_ref("place"),
        follows=_or_null(_ref("field")),
    )


def _finding() -> Schema:
    severity: Schema = {"enum": [severity.name_lower for severity in Severity]}
    return _object(
        code=_object(number=_TEXT, slug=_TEXT, title=_ref("message"), severity=severity),
        severity=severity,
        summary=_ref("message"),
        expected=_or_null(_ref("message")),
        way_on=_or_null(_ref("message")),
        shop=_or_null(_TEXT),
        subject=_or_null(_TEXT),
        origin=_or_null(_ref("place")),
    )


def _message() -> Schema:
    """A sentence as its English template and what goes into it."""
    argument: Schema = {"anyOf": [{"type": ["string", "integer"]}, _ref("message")]}
    return _object(template=_TEXT, arguments={"type": "object", "additionalProperties": argument})


def _value() -> Schema:
    """Each with the name of its type. A secret is the reference it came from and a keyed digest; either may be missing."""
    words: dict[str, type[Enum]] = {
        "pre-set": PreSet,
        "storefront-status": StorefrontStatus,
        "registration": Registration,
        "commerce-creator": CommerceCreator,
        "api-status": ApiStatus,
    }
    secret = {**_object(sensitive={"const": True}, source=_TEXT, digest=_TEXT), "required": ["sensitive"]}
    types: dict[str, Schema] = {
        "flag": _FLAG,
        "text": _TEXT,
        "secret": secret,
        "reference": _object(sensitive={"const": True}, source=_TEXT),
        "absent": {"type": "null"},
        **{name: _words(enum) for name, enum in words.items()},
    }
    return {"anyOf": [_object(**{"is": {"const": name}, "value": shape}) for name, shape in types.items()]}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(of: Schema) -> Schema:
    return {"type": "array", "items": of}


def _words(words: type[Enum]) -> Schema:
    return {"enum": [word.value for word in words]}


def _or_null(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "null"}]}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}
