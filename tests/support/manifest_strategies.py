"""Hypothesis strategies for handwritten manifests: any order, style, quoting, indentation, comments and blank lines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from reconciler.adapters.manifests.yaml.plain_scalars import resolve_plain

TEXTS = st.one_of(
    st.sampled_from(
        (
            "no", "on", "y", "010", "1_000", "12:30", "23:30-04:30", "2026-01-01", "~", "null", "true", "1e3", "=", "<<",
            "a: b", "a #b", "#a", "-", "- a", "? a", "'", '"', "it's", 'say "hi"', "\\n", " a", "a ", "a:", "%a", "@a",
            "&a", "*a", "!a", "{a}", "[a", "a]", ",", "...", "---", "お急ぎの方は\nこちら", "one\ntwo\n", "\n", "one\n\ntwo\n\n",
            "  in\nout", "a\n  b\n c\n", "tab\there", "全角\u3000空白", "\u3000", "end \nspace", "😀", "\u200b", "\ufeff",
            "x\r\ny", "- a\n- b\n", "# a\n# b\n", "",
        )
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=12),
    st.text("ab #:-'\"\\\n\tあ", max_size=8),
)  # fmt: skip
COMMENTS = st.sampled_from(("#", "# one", "#two", "# 要閉店: はい", "# a: b", "#  - x # y", "# {", '# "'))
PARTS = st.sampled_from(("order_area", "login_link_area", "a1"))
LABELS = st.sampled_from(("wave", "y", "no", "1", "010", "a.b", "x/y"))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "labels": st.dictionaries(LABELS, st.sampled_from(("canary", "no", "1", "0.1", "1e1", "2026-01-01"))),
    "amazon": st.fixed_dictionaries(
        {},
        optional={
            "enabled": st.booleans() | st.none(),
            "api": st.fixed_dictionaries(
                {}, optional={"seller_id": st.just("A1EXAMPLE234567") | st.none(), "mws_auth_token": st.just("pre-set")}
            ),
            "notification": st.fixed_dictionaries({}, optional={"email": st.just("a@b.example")}) | st.none(),
            "messages": st.dictionaries(
                PARTS, st.fixed_dictionaries({}, optional={"label": TEXTS, "message": TEXTS}), max_size=2
            ),
        },
    ),
    "payment": st.fixed_dictionaries(
        {}, optional={"amazon_pay": st.fixed_dictionaries({}, optional={"pre_order": st.booleans()})}
    ),
    "storefront": st.fixed_dictionaries({"status": st.sampled_from(("open", "closed"))}),
    "maintenance": st.fixed_dictionaries(
        {}, optional={"window": st.just("01:00-05:00"), "close_shop": st.sampled_from(("allow", "deny"))}
    ),
}
DATA = st.fixed_dictionaries(
    {"apiVersion": st.just("reconciler/v1"), "shop": st.just("kyoto-tea")},
    optional={**FIELDS, "group": st.just("standard")},
)


@st.composite
def manifests(draw: st.DrawFn) -> tuple[str, dict[str, Any]]:
    """The text of a file, and the values it holds."""
    data = draw(DATA)
    hand = _Hand(draw)
    if draw(st.integers(0, 9)) == 0:
        text = "\n".join((*hand.lines(0), hand.flow(data), *hand.lines(0)))
    else:
        text = "\n".join((*hand.lines(0), *hand.block(data, draw(st.sampled_from((0, 0, 0, 1))), top=True)))
    if draw(st.booleans()):
        text = draw(st.sampled_from(("---\n", "--- # begins\n", "%YAML 1.2\n---\n"))) + text
    text += draw(st.sampled_from(("\n", "\n", "", "\n...\n# after\n", "\n\n\n")))
    return (text.replace("\n", "\r\n") if draw(st.integers(0, 5)) == 0 else text), data


class _Hand:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def lines(self, margin: int) -> list[str]:
        """Blank lines and comments, mostly none."""
        draw = self.draw
        return [
            draw(st.sampled_from(("", "  ", "#"))).replace("#", " " * draw(st.integers(0, margin + 3)) + draw(COMMENTS))
            for _ in range(draw(st.sampled_from((0, 0, 0, 1, 2, 3))))
        ]

    def beside(self) -> str:
        return self.draw(st.sampled_from(("", "", "", " "))) and f" {self.draw(COMMENTS)}"

    def block(self, data: Mapping[str, Any], margin: int, *, top: bool = False) -> list[str]:
        lines: list[str] = []
        for key in self.draw(st.permutations(list(data))):
            lines += self.lines(margin) if lines or not top else []
            lines += self.entry(key, data[key], margin)
        return lines + self.lines(margin)

    def entry(self, key: str, value: Any, margin: int) -> list[str]:
        draw, head = self.draw, " " * margin + self.scalar(key, margin, one_line=True)
        if isinstance(value, Mapping):
            if value and draw(st.integers(0, 3)):
                return [f"{head}:{self.beside()}", *self.block(value, margin + draw(st.integers(1, 4)))]
            return [f"{head}: {self.flow(value)}{self.beside()}"]
        if isinstance(value, str) and "\n" in value and "\r" not in value and draw(st.booleans()):
            literal = self.literal(value, margin)
            if literal is not None:
                return [f"{head}: {literal[0]}", *literal[1:]]
        if draw(st.integers(0, 8)) == 0:
            return [
                f"{head}:{self.beside()}",
                *self.lines(0),
                f"{' ' * (margin + 1)}{self.scalar(value, margin)}{self.beside()}",
            ]
        return [f"{head}: {self.scalar(value, margin)}{self.beside()}"]

    def literal(self, value: str, margin: int) -> list[str] | None:
        lines = value.removesuffix("\n").split("\n")
        if any(not line.isprintable() for line in lines) or not lines[0] or lines[0][0] == " ":
            return None
        tail = "" if value.endswith("\n") and lines[-1] else "-" if not value.endswith("\n") else "+"
        width = self.draw(st.integers(1, 3))
        # Blank lines after a text that keeps its last ones would be its own: a comment ends it.
        end = [" " * margin + "# the text ends above"] if tail == "+" else []
        return [f"|{tail}{self.beside()}", *(" " * (margin + width) + line if line else "" for line in lines), *end]

    def scalar(self, value: Any, margin: int, *, one_line: bool = False) -> str:
        del margin, one_line
        draw = self.draw
        if not isinstance(value, str):
            return json.dumps(value)
        choices = [json.dumps(value, ensure_ascii=draw(st.booleans()) or not value.isprintable())]
        if value.isprintable():
            choices.append("'" + value.replace("'", "''") + "'")
        if value and value.isalnum() and value.isascii() and resolve_plain(value) == value:
            choices += [value, value]
        return draw(st.sampled_from(choices))

    def flow(self, data: Mapping[str, Any]) -> str:
        """With comments and line breaks inside, where they are allowed."""
        draw = self.draw
        gaps = st.sampled_from(("", " ", " # in\n   ", "\n   # alone\n     "))
        parts = []
        for key in draw(st.permutations(list(data))):
            value = data[key]
            inner = self.flow(value) if isinstance(value, Mapping) else self.scalar(value, 0)
            parts.append(f"{draw(gaps)}{self.scalar(key, 0)}: {inner}{draw(gaps)}")
        return "{" + ",".join(parts) + draw(gaps) + "}"
