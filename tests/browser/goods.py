"""Members of the shop osaka-books, and accounts at the practice Amazon."""

from __future__ import annotations

from typing import Any, Final

from tests.embedded.harness import OSAKA

PASSWORD: Final = "a password"
MARI: Final = "mari@mail.example"
MEMBER: Final = "森 真理"
AIKO: Final = "aiko@mail.example"

_SECRET: Final = {"value": PASSWORD}
GOODS: Final[dict[str, Any]] = {
    "members": [
        {"shopKey": OSAKA, "loginId": "mari", "password": _SECRET, "name": MEMBER, "email": MARI},
        {"shopKey": OSAKA, "loginId": "jun", "password": _SECRET, "name": "原 純", "email": "jun@mail.example"},
    ],
    "amazonBuyers": [
        {
            "email": MARI,
            "password": _SECRET,
            "name": MEMBER,
            "addresses": [
                ["530-0001", "大阪府大阪市北区梅田1-1-1", "森 真理"],
                ["600-8001", "京都府京都市下京区1", "森 花"],
            ],
        },
        {
            "email": AIKO,
            "password": _SECRET,
            "name": "秋田 愛子",
            "addresses": [["630-8213", "奈良県奈良市登大路町1-2-3", "秋田 愛子"]],
        },
    ],
}
