"""What a browser posts, as text; and the rules that hold for text of any screen.

In: a request's body. Out: a `Form`, or `Problem`. Nothing that was entered is changed silently, but for line ends.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from reconciler.embedded.contract.problems import Problem

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 128 * 1024
_WIDE: Final = ("F", "W")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The first value of each field; `lists` are all values. Its repr shows no value: one may be a secret."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def text(self, name: str) -> str:
        return self.values.get(name, "")

    def checked(self, name: str) -> bool:
        return name in self.values


async def read_form(request: Request) -> Form:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != MEDIA_TYPE:
        raise Problem("VALIDATION_ERROR", "a form is expected")
    body = await _body(request)
    try:
        pairs = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=500, errors="replace")
    except ValueError:
        raise Problem("VALIDATION_ERROR", "the form has too many fields") from None
    lists: dict[str, list[str]] = {}
    for name, value in pairs:
        lists.setdefault(name, []).append(value.replace("\r\n", "\n"))
    return Form(
        values={name: found[0] for name, found in lists.items()},
        lists={name: tuple(found) for name, found in lists.items()},
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM_BYTES:
            raise Problem("BODY_TOO_LARGE", f"the form is larger than {MAX_FORM_BYTES} bytes")
    return bytes(body)


def half_width_fault(text: str) -> str | None:
    """What is wrong with a value that has to be typed in half-width characters, without spaces around it."""
    wide = next((char for char in text if unicodedata.east_asian_width(char) in _WIDE), None)
    if wide is not None:
        return f"全角文字が含まれています。半角で入力してください（{_as_half_width(wide)}）。"
    if text != text.strip():
        return "前後に空白が含まれています。"
    return _control_fault(text)


def text_fault(text: str, limit: int) -> str | None:
    """What is wrong with a text of one or more lines."""
    if len(text) > limit:
        return f"{limit:,}文字以内で入力してください（現在{len(text):,}文字）。"
    return _control_fault(text.replace("\n", "").replace("\t", ""))


def _control_fault(text: str) -> str | None:
    return "使用できない文字が含まれています。" if any(_is_control(char) for char in text) else None


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Cs") or char == "\ufffd"


def _as_half_width(wide: str) -> str:
    if wide == "\u3000":
        return "例: 全角の空白 → 半角の空白"
    half = unicodedata.normalize("NFKC", wide)
    return f"例: {wide} → {half}" if half.isascii() else f"「{wide}」は使用できません"


def kept_fields(form: Form, secret: frozenset[str]) -> dict[str, str]:
    """What a form may show again later: never a secret."""
    return dict(_not_secret(form, secret))


def _not_secret(form: Form, secret: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name, value in form.values.items():
        if name not in secret:
            yield name, value
