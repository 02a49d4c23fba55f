"""システムパーツ: their words, and what cannot be written."""

import pytest

from tests.embedded.harness import KYOTO, Api, fields, refusal


def parts(*each: dict) -> dict:
    return {"parts": list(each)}


def test_both_parts_are_always_there(api: Api) -> None:
    assert api.get(KYOTO, "system-parts").json() == {
        "shopKey": KYOTO,
        "output": False,
        "parts": [
            {"part": "ORDER_AREA", "name": "ご注文手続きエリア(Amazon)", "label": None, "message": None},
            {"part": "LOGIN_LINK_AREA", "name": "ログイン連携エリア", "label": None, "message": None},
        ],
    }


def test_a_label_is_set_and_the_message_left_alone(api: Api) -> None:
    api.patch(KYOTO, "system-parts", parts({"part": "ORDER_AREA", "label": "Amazonで支払う", "message": "安心"}))
    answer = api.patch(KYOTO, "system-parts", parts({"part": "ORDER_AREA", "label": "Amazon Pay"}))
    order, login = answer.json()["parts"]
    assert (order["label"], order["message"]) == ("Amazon Pay", "安心")
    assert (login["label"], login["message"]) == (None, None)


def test_the_same_words_again_change_nothing(api: Api) -> None:
    body = parts({"part": "LOGIN_LINK_AREA", "message": ""})
    first = api.patch(KYOTO, "system-parts", body)
    assert api.patch(KYOTO, "system-parts", body).headers["ETag"] == first.headers["ETag"]
    assert len(api.changes(KYOTO)) == 1


def test_an_unknown_part_is_refused_and_nothing_is_stored(api: Api) -> None:
    body = parts({"part": "ORDER_AREA", "label": "x"}, {"part": "FOOTER", "label": "y"})
    answer = api.patch(KYOTO, "system-parts", body)
    assert refusal(answer) == (422, "UNKNOWN_PART")
    assert fields(answer) == {"parts.1.part": "UNKNOWN_PART"}
    assert api.get(KYOTO, "system-parts").json()["parts"][0]["label"] is None


def test_output_cannot_be_written(api: Api) -> None:
    assert refusal(api.patch(KYOTO, "system-parts", {"output": True, "parts": [{"part": "ORDER_AREA"}]})) == (
        422,
        "DERIVED_FIELD",
    )


BODIES = [
    {},
    {"parts": []},
    {"parts": None},
    {"parts": [{}]},
    parts({"part": "ORDER_AREA", "label": None}),
    parts({"part": "ORDER_AREA", "name": "x"}),
    parts({"part": "ORDER_AREA", "label": "a"}, {"part": "ORDER_AREA", "label": "b"}),
]


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_another_shape_is_refused(api: Api, body: dict) -> None:
    assert refusal(api.patch(KYOTO, "system-parts", body)) == (422, "VALIDATION_ERROR")
