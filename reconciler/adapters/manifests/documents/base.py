"""What the documents of all sections share: strictness, written forms, and titles in two languages.

`null` is allowed wherever something may be inherited: it takes the inherited value out of management. Layering resolves
it before a shop's document is made, so None means "not mentioned" here.
"""

from __future__ import annotations

import re
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from reconciler.core.model.formats import Format
from reconciler.core.model.policy import KindSpec
from reconciler.core.values import UNSET, Unset
from reconciler.lib.frozen_class import frozen

T = TypeVar("T")

FORM_KEYWORD: Final = "x-form"
"""Names the form in the schema, so that a message can explain it. Not published."""


class Document(BaseModel):
    """One mapping of a manifest. Values are never quoted in its errors: one of them might be a secret."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        allow_inf_nan=False,
        defer_build=True,
    )


@frozen(kw_only=False)
class TextFormat:
    """An annotation: the text has this form. The form itself judges, so the schema and the document cannot differ."""

    format: Format

    def __get_pydantic_core_schema__(self, source: object, handler: GetCoreSchemaHandler) -> CoreSchema:
        # Compiled once: the form's own `accepts` looks up its pattern each time, which is slow for a large fleet.
        whole = re.compile(self.format.pattern).fullmatch

        def check(text: str) -> str:
            if whole(text) is None:
                raise ValueError("wrong form")
            return text

        return core_schema.no_info_after_validator_function(check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {
            **handler(schema),
            "pattern": self.format.pattern,
            "examples": [self.format.example],
            FORM_KEYWORD: self.format.name,
        }


def or_unset(value: T | None) -> T | Unset:
    """A value of a document as the core knows it."""
    return UNSET if value is None else value


def managed_field(kind: KindSpec, name: str, *, english: str, japanese: str) -> Any:
    """A field of `kind` that a manifest may hold: its names and its place on the admin screens come from the core."""
    policy = kind.field(name).policy
    screen = kind.screen if kind.screen.endswith(f">{policy.label}") else f"{kind.screen}>{policy.label}"
    closed = " Changes only while the shop is closed. 変更には閉店が必要です(要閉店)。" if policy.while_closed else ""
    return Field(
        default=None,
        title=f"{policy.title} / {policy.label}",
        description=f"{english} {japanese} Admin screen / 管理画面: {screen}.{closed}",
    )


def section(title: str, kind: KindSpec, *, english: str, japanese: str, label: str | None = None) -> Any:
    """A mapping that holds fields of `kind`; `label` names a part of its screen."""
    return Field(
        default=None,
        title=f"{title} / {label or kind.label}",
        description=f"{english} {japanese} Admin screen / 管理画面: {kind.screen}.",
    )


def tool_field(title: str, *, english: str, japanese: str) -> Any:
    """A field of the tool's own that no admin screen knows."""
    return Field(default=None, title=title, description=f"{english} {japanese}")
