"""What a browser posts, as text; and the rules that hold for text of any screen.

In: a request's body. Out: a `Form`, or `Problem`. Nothing that was entered is changed silently, but for line ends.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.language import N_, _
from reconciler.lib.frozen_class import frozen

MEDIA_TYPE: Final = "application/x-www-form-urlencoded"
MAX_FORM_BYTES: Final = 128 * 1024
_WIDE: Final = ("F", "W")
_TURNS: Final = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
_UNUSABLE: Final = N_("使用できない文字が含まれています。")


@frozen
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
        return _("全角文字が含まれています。半角で入力してください（{example}）。", example=_as_half_width(wide))
    other = next((char for char in text.strip() if not char.isascii() and char.isprintable()), None)
    if other is not None:
        return _("「{char}」は使用できません。半角の英数字と記号で入力してください。", char=other)
    return _space_fault(text) or _control_fault(text) or (None if text.isascii() else _(_UNUSABLE))


def line_fault(text: str, limit: int) -> str | None:
    """What is wrong with a text of one line, without spaces around it."""
    return _space_fault(text) or text_fault(text, limit) or (_(_UNUSABLE) if set("\n\t") & set(text) else None)


def text_fault(text: str, limit: int) -> str | None:
    """What is wrong with a text of one or more lines."""
    if len(text) > limit:
        return _("{limit}文字以内で入力してください（現在{count}文字）。", limit=f"{limit:,}", count=f"{len(text):,}")
    return _control_fault(text.replace("\n", "").replace("\t", ""))


def _space_fault(text: str) -> str | None:
    return _("前後に空白が含まれています。") if text != text.strip() else None


def _control_fault(text: str) -> str | None:
    return _(_UNUSABLE) if any(_is_control(char) for char in text) else None


def _is_control(char: str) -> bool:
    """Also what makes other characters look like another text, and what is no character."""
    kind, direction = unicodedata.category(char), unicodedata.bidirectional(char)
    return kind in ("Cc", "Cs", "Zl", "Zp") or direction in _TURNS or char == "\ufffd" or ord(char) & 0xFFFE == 0xFFFE


def _as_half_width(wide: str) -> str:
    if wide == "\u3000":
        return _("例: 全角の空白 → 半角の空白")
    half = unicodedata.normalize("NFKC", wide)
    return (
        _("例: {wide} → {half}", wide=wide, half=half) if half.isascii() else _("「{wide}」は使用できません", wide=wide)
    )


def kept_fields(form: Form, secret: frozenset[str]) -> dict[str, str]:
    """What a form may show again later: never a secret."""
    return dict(_not_secret(form, secret))


def _not_secret(form: Form, secret: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name, value in form.values.items():
        if name not in secret:
            yield name, value
