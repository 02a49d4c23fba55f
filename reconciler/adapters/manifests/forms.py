"""The written forms by name, as the schemas refer to them. The settings file adds its own to the core's."""

from __future__ import annotations

from functools import cache
from typing import Final

from reconciler.core import forms
from reconciler.core.forms import Form
from reconciler.core.texts import say

URL: Final = Form(
    name="url",
    pattern=r"^https?://[^\s/?#@]+(?:/[^\s?#]*)?$",
    expected=say("an address such as https://admin.example/, without user, query or fragment"),
    example="https://admin.example/",
)
BACKEND: Final = Form(
    name="backend",
    pattern=r"^(?:embedded|https?://[^\s/?#@]+(?:/[^\s?#]*)?)$",
    expected=say("`embedded`, or an address such as https://admin.example/"),
    example="embedded",
)
SECRET_REFERENCE: Final = Form(
    name="secret-reference",
    pattern=r"^ref\+[a-z][a-z0-9.-]*://[^\s]+$",
    expected=say("a reference such as ref+env://NAME or ref+file://PATH"),
    example="ref+env://RECONCILER_CLIENT_SECRET",
)
KIND: Final = Form(
    name="backend-kind",
    pattern=r"^[a-z][a-z0-9_-]{0,39}$",
    expected=say("the name of a kind of backend, such as http"),
    example="http",
)
PERCENTAGE: Final = Form(
    name="percentage",
    pattern=r"^(?:100|[1-9]?[0-9])%$",
    expected=say("a share from 0% to 100%"),
    example="30%",
)
FILE: Final = Form(
    name="file",
    pattern=r"^[^\u0000]+$",
    expected=say("the path of a file or folder"),
    example="shops",
)
STORE: Final = Form(
    name="store",
    pattern=r"^(?:postgresql(?:\+psycopg)?://[^\u0000]+|(?![^/]*://)[^\u0000]+)$",
    expected=say("the path of a file, or a postgresql:// address"),
    example=".reconciler/journal.db",
)


def form_named(name: str) -> Form:
    return _by_name()[name]


@cache
def _by_name() -> dict[str, Form]:
    ours = (URL, BACKEND, SECRET_REFERENCE, KIND, PERCENTAGE, FILE, STORE)
    core = (value for value in vars(forms).values() if isinstance(value, Form))
    return {form.name: form for form in (*core, *ours)}
