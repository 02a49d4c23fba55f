"""Values are set and removed in a file that is not formatted: every other line stays the same."""

from __future__ import annotations

from difflib import ndiff
from typing import Any

import pytest
import yaml

from reconciler.adapters.manifests.documents.shop import ShopDocument
from reconciler.adapters.manifests.editing.compose import comment_out, compose_source
from reconciler.adapters.manifests.editing.edit import remove_value, set_value
from reconciler.adapters.manifests.editing.parse import read_source
from reconciler.adapters.manifests.editing.serialise import serialise_source
from reconciler.adapters.manifests.editing.tree import SourceFile, holds

TEXT = """\
shop:   'a'      # its key
apiVersion: reconciler/v1

# the settings
amazon:
    # the ids
    api:   # entered by hand
        client_id: "amzn1.application-oa2-client.0123456789abcdef0123456789abcdef"
        # from the mail of 3 March
        seller_id: 'A1EXAMPLE234567'  # checked
    messages:
        order_area: {label: "Pay", message: "Now"}   # short
        a1:
            message: |
                one
                  two

# last
labels: {wave: canary}
"""


def page() -> SourceFile:
    read = read_source(TEXT.encode(), "a.yaml", ShopDocument)
    assert isinstance(read, SourceFile)
    return read


def changes(after: SourceFile) -> list[str]:
    lines = ndiff(TEXT.splitlines(), serialise_source(after).decode().splitlines())
    changes = [line for line in lines if line[:2] in ("+ ", "- ")]
    return sorted(changes, key=lambda line: line[0] == "+")


SETS: list[tuple[str, Any, list[str]]] = [
    (
        "amazon.api.seller_id",
        "A2EXAMPLE234567",
        ["-         seller_id: 'A1EXAMPLE234567'  # checked", "+         seller_id: A2EXAMPLE234567 # checked"],
    ),
    ("amazon.enabled", True, ["+     enabled: true # 利用設定 (要閉店)"]),
    ("amazon.api.seller_id", "A1EXAMPLE234567", []),
    (
        "amazon.messages.order_area.label",
        "はい",
        [
            '-         order_area: {label: "Pay", message: "Now"}   # short',
            "+         order_area: # short",
            "+           label: はい",
            "+           message: Now",
        ],
    ),
    ("amazon.messages.a1.message", "three", ["-             message: |", "-                 one", "-                   two",
                                             "+             message: three"]),
    ("group", "standard", ["+ group: standard"]),
    ("payment.amazon_pay.pre_order", False, ["+ payment: # 設定>決済>Amazon Pay設定", "+   amazon_pay:",
                                             "+     pre_order: false # 予約販売"]),
]  # fmt: skip


@pytest.mark.parametrize(("place", "value", "wanted"), SETS, ids=[f"{place}={value}" for place, value, _ in SETS])
def test_a_value_is_set_in_place(place: str, value: Any, wanted: list[str]) -> None:
    assert changes(set_value(page(), place.split("."), value, ShopDocument)) == wanted


def test_a_new_key_takes_its_place_in_the_order() -> None:
    text = serialise_source(set_value(page(), ("group",), "standard", ShopDocument)).decode()
    assert text.index("group: standard") > text.index("apiVersion")
    assert text.index("group: standard") < text.index("# the settings")


def test_a_value_that_is_taken_out_takes_its_own_comment_and_leaves_those_above() -> None:
    assert changes(remove_value(page(), ("amazon", "api", "seller_id"))) == [
        "-         seller_id: 'A1EXAMPLE234567'  # checked"
    ]


def test_a_mapping_that_holds_nothing_any_more_goes_as_well() -> None:
    after = remove_value(remove_value(page(), ("amazon", "api", "seller_id")), ("amazon", "api", "client_id"))

    assert not holds(after, ("amazon", "api"))
    assert "# the ids" in serialise_source(after).decode()
    assert "# from the mail of 3 March" in serialise_source(after).decode()


def test_what_is_not_there_is_taken_out_without_a_trace() -> None:
    for path in (("group",), ("labels", "none"), ("shop", "deeper"), ("amazon", "notification", "email")):
        same = page()
        assert remove_value(same, path) is same


def test_a_mapping_that_gives_way_to_a_value_leaves_its_comments() -> None:
    after = set_value(page(), ("amazon", "api"), None, ShopDocument)

    assert yaml.safe_load(serialise_source(after))["amazon"]["api"] is None
    for comment in ("# entered by hand", "# from the mail of 3 March", "# checked"):
        assert comment in serialise_source(after).decode()


def test_a_file_with_the_line_ends_of_windows_keeps_them() -> None:
    read = read_source(TEXT.replace("\n", "\r\n").encode(), "a.yaml", ShopDocument)
    assert isinstance(read, SourceFile)

    text = serialise_source(
        set_value(set_value(read, ("group",), "one", ShopDocument), ("labels", "wave"), "two", ShopDocument)
    )

    assert text.count(b"\n") == text.count(b"\r\n")


def test_blank_lines_that_are_part_of_a_text_stay_with_it() -> None:
    texts = "    a1:\n      label: |+\n        one\n\n\n      message: two\n"
    text = f"apiVersion: reconciler/v1\nshop: a\namazon:\n  messages:\n{texts}"
    read = read_source(text.encode(), "a.yaml", ShopDocument)
    assert isinstance(read, SourceFile)

    after = serialise_source(remove_value(read, ("amazon", "messages", "a1", "message")))

    assert yaml.safe_load(after)["amazon"]["messages"]["a1"] == {"label": "one\n\n\n"}


def test_a_file_without_a_last_line_end_gets_one_where_it_changes() -> None:
    """A text that becomes a block would lose its own line end with it."""
    read = read_source(TEXT.rstrip("\n").encode(), "a.yaml", ShopDocument)
    assert isinstance(read, SourceFile)
    assert serialise_source(read) == TEXT.rstrip("\n").encode()

    for changed in (set_value(read, ("group",), "one", ShopDocument), remove_value(read, ("labels",))):
        assert serialise_source(changed).endswith(b"\n")


def test_placeholders_are_where_the_values_belong() -> None:
    data = {
        "apiVersion": "reconciler/v1",
        "shop": "a",
        "amazon": {"enabled": False, "api": {"seller_id": "A1EXAMPLE234567"}, "notification": {"email": "a@b.example"}},
    }
    paths = frozenset({("amazon", "api", "seller_id"), ("amazon", "notification", "email")})

    text = serialise_source(comment_out(compose_source(data, ShopDocument), paths)).decode()

    assert text == (
        "apiVersion: reconciler/v1\nshop: a\namazon: # 設定>連携サービス>Amazon設定\n"
        "  enabled: false # 利用設定 (要閉店)\n"
        "  # api: # Amazon API情報\n  #   seller_id: A1EXAMPLE234567 # SellerId(出品者ID)\n"
        "  # notification: # Amazon通知設定\n  #   email: a@b.example # 通知メールアドレス\n"
    )
