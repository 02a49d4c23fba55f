"""Laws of what may be typed: a rule answers with a sentence or with nothing, and a form reads back as it was sent."""

import asyncio
import unicodedata
from urllib.parse import urlencode

from hypothesis import example, given
from hypothesis import strategies as st
from starlette.requests import Request

from reconciler.embedded.contract.problems import Problem
from reconciler.embedded.pages.admin.words import field_word, value_word
from reconciler.embedded.pages.forms import MAX_FORM_BYTES, half_width_fault, line_fault, read_form, text_fault

ANY = st.text(alphabet=st.characters(), max_size=30)
ASCII = st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), max_size=30)
WIDE = st.characters().filter(lambda char: unicodedata.east_asian_width(char) in ("F", "W"))
PLAIN = st.text(alphabet=st.characters(categories=("L", "N", "P", "S")), max_size=30)
TURNS = st.sampled_from("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
UNSEEN = st.one_of(TURNS, st.sampled_from("\x00\x07\x1b\r\u2028\u2029\ufffd\uffff\U0001fffe\ud800\udfff"))


def sent(body: bytes, kind: str = "application/x-www-form-urlencoded") -> Request:
    async def receive() -> dict:
        return {"type": "http.request", "body": body, "more_body": False}

    headers = [(b"content-type", kind.encode())]
    return Request({"type": "http", "method": "POST", "path": "/", "headers": headers}, receive)


def read(body: bytes):
    return asyncio.run(read_form(sent(body)))


@given(ASCII)
def test_printable_ascii_is_half_width(text: str) -> None:
    assert half_width_fault(text) is None


@given(ASCII, st.characters(min_codepoint=0x80).filter(lambda char: char.isprintable()), ASCII)
def test_every_other_character_is_named(before: str, char: str, after: str) -> None:
    """Also half-width katakana and letters that only look like ours."""
    fault = half_width_fault(before + char + after)
    assert fault is not None
    assert char in fault


@given(ASCII, WIDE, ASCII)
def test_a_full_width_character_is_called_so(before: str, char: str, after: str) -> None:
    fault = half_width_fault(before + char + after)
    assert fault is not None
    assert fault.startswith("全角文字が含まれています。半角で入力してください（")


@given(ANY)
@example("\U000f0000")  # for private use: neither wide nor printable, and no control character
@example("\xad")
@example("\u200b")
def test_what_is_accepted_as_half_width_is_ascii_without_spaces_around(text: str) -> None:
    if half_width_fault(text) is None:
        assert text.isascii()
        assert text == text.strip()
        assert text.isprintable()


@given(st.sampled_from((" ", "\t", "\n", "\u3000", "\u00a0")), ASCII)
def test_a_space_around_a_value_is_a_fault(space: str, text: str) -> None:
    assert half_width_fault(space + text) is not None
    assert line_fault(text + space, 100) == "前後に空白が含まれています。"


@given(PLAIN, UNSEEN, PLAIN)
def test_what_cannot_be_seen_or_turns_the_text_is_refused(before: str, char: str, after: str) -> None:
    assert text_fault(f"あ{before}{char}{after}", 100) == "使用できない文字が含まれています。"
    assert line_fault(f"あ{before}{char}{after}ん", 100) == "使用できない文字が含まれています。"
    assert half_width_fault(f"a{char}b") is not None


@given(PLAIN)
def test_letters_marks_and_emoji_are_text(text: str) -> None:
    usable = text.replace("\ufffd", "")
    assert text_fault(f"👩\u200d👧{usable}\nが\u3099\t", 100) is None


@given(st.integers(min_value=0, max_value=40), st.integers(min_value=1, max_value=20))
def test_the_limit_counts_characters(length: int, limit: int) -> None:
    assert (text_fault("字" * length, limit) is None) == (length <= limit)


def whole(text: str) -> str:
    """As a browser sends it: without half characters."""
    return text.encode(errors="replace").decode()


@given(st.lists(st.tuples(ANY, ANY), max_size=20))
def test_a_form_reads_back_as_it_was_sent(fields: list[tuple[str, str]]) -> None:
    wanted: dict[str, list[str]] = {}
    for name, value in fields:
        wanted.setdefault(whole(name), []).append(whole(value).replace("\r\n", "\n"))
    form = read(urlencode(fields, errors="replace").encode())
    assert form.lists == {name: tuple(values) for name, values in wanted.items()}
    assert form.values == {name: values[0] for name, values in wanted.items()}


def code_of(body: bytes) -> str | None:
    try:
        form = read(body)
    except Problem as problem:
        return problem.code
    for text in (*form.values, *form.values.values()):
        text.encode()  # no half of a character came through
    return None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_form_or_a_refusal(body: bytes) -> None:
    assert code_of(body) in (None, "VALIDATION_ERROR")


def test_a_form_at_the_limit_is_read_and_a_larger_one_refused() -> None:
    assert code_of(b"x=" + b"a" * (MAX_FORM_BYTES - 2)) is None
    assert code_of(b"x=" + b"a" * (MAX_FORM_BYTES - 1)) == "BODY_TOO_LARGE"
    assert code_of(b"x&" * 400) is None
    assert code_of(b"x&" * 600) == "VALIDATION_ERROR"


NAMES = st.one_of(
    st.sampled_from(("amazonSettings", "systemParts", "pageParts", "orders", "charges", "storefront")), ANY
)


@given(NAMES, ANY, st.one_of(st.none(), st.booleans(), ANY, st.integers()))
def test_the_trail_has_a_word_for_every_field_and_value(resource: str, field: str, value: object) -> None:
    change = {"resource": resource, "field": field, "actor": "x", "actorType": "CLIENT", "cause": None}
    assert isinstance(field_word(change), str)  # type: ignore[arg-type]
    assert value_word(change, value) != ""  # type: ignore[arg-type]
