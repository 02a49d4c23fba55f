"""docs/screens-*.md fails here for each text that its screen does not show, and for a name on a screen that it does not have."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded.pages.document import (
    admin_frame_acts,
    admin_record_acts,
    admin_settings_acts,
    seller_central_acts,
    shop_acts,
    shop_fault_acts,  # noqa: F401  # more states of the screens of shop_acts
    shop_page_acts,
)
from tests.embedded.pages.document.screens_document import FIRST, ScreenTexts, read_document
from tests.embedded.pages.document.shown_words import ShownWords, Wanted
from tests.embedded.pages.document.stage import DocumentedScreen, Stage

PAGES = {
    "screens-admin.md": (*admin_frame_acts.SCREENS, *admin_settings_acts.SCREENS, *admin_record_acts.SCREENS),
    "screens-seller.md": seller_central_acts.SCREENS,
    "screens-shop.md": (*shop_acts.SHOP_SCREENS, *shop_page_acts.SHOP_SCREENS),
    "screens-amazon.md": (*shop_acts.AMAZON_SCREENS, *shop_page_acts.AMAZON_SCREENS),
}
FRAMES = {
    "screens-admin.md": "Every admin page",
    "screens-seller.md": "SC0 Every page",
    "screens-shop.md": "Every page of the shop",
    "screens-amazon.md": "Every page of the practice Amazon",
}
"""The section of what all screens of a document share."""
DOCUMENTS = {name: read_document(name) for name in PAGES}


def cases() -> Iterator[object]:
    for page, screens in PAGES.items():
        for screen in screens:
            for state in screen.states:
                yield pytest.param(page, screen, state, id=f"{screen.heading}-{state}")


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Stage:
    names = ("sign_in", "visitor", "world", "clock", "api", "app", "receiver")
    return Stage(**{name: request.getfixturevalue(name) for name in names})


def shown_in(html: str) -> ShownWords:
    shown = ShownWords()
    shown.add(html)
    return shown


def shown_by(stage: Stage, screen: DocumentedScreen, state: str) -> ShownWords:
    return shown_in(screen.states[state](stage).html)


@pytest.mark.parametrize(("page", "screen", "state"), list(cases()))
def test_a_screen_shows_what_the_document_says_and_nothing_unnamed(stage, page: str, screen, state: str) -> None:
    texts = DOCUMENTS[page][screen.heading].by_state[state]
    shown = shown_by(stage, screen, state)
    if state == FIRST:
        assert list(shown.out_of_order(texts)) == []
    assert [wanted.text for wanted in texts if shown.place_of(wanted) is None] == []
    assert not any(wanted.bare for wanted in texts) or shown.names & screen.entered
    headings = filter(None, (screen.heading, screen.also, FRAMES[page]))
    documented = [DOCUMENTS[page][heading] for heading in headings]
    names = sorted(shown.names - screen.entered)
    assert [name for name in names if not any(each.knows(name) for each in documented)] == []


@pytest.mark.parametrize("page", list(PAGES))
def test_every_screen_and_state_of_the_document_is_opened(page: str) -> None:
    opened = {screen.heading: set(screen.states) for screen in PAGES[page]}
    assert opened == {heading: set(screen.by_state) for heading, screen in DOCUMENTS[page].items()}


HTML = (
    "<h1>設定</h1><p><label>氏名 <span>必須</span></label></p><p>保存しました。<br>続けますか?</p><button>次へ</button>"
)


@pytest.mark.parametrize(("text", "sentence", "found"), [
    ("設定", False, True), ("設", False, False), ("氏名", False, True), ("必須", False, True), ("氏名 必須", False, False),
    ("続けますか?", True, True), ("{誰}ますか?", True, True), ("続けます。", True, False), ("{誰}へ", False, True),
])  # fmt: skip
def test_a_label_is_a_whole_token_and_a_sentence_a_part_of_a_line(text: str, sentence: bool, found: bool) -> None:
    assert (shown_in(HTML).place_of(Wanted(text, sentence)) is not None) is found


def test_texts_in_another_order_are_found() -> None:
    texts = [Wanted("設定", False), Wanted("次へ", False), Wanted("氏名", False)]
    assert list(shown_in(HTML).out_of_order(texts)) == ["氏名"]


def test_a_name_that_the_document_lacks_is_found() -> None:
    screen = ScreenTexts({FIRST: [Wanted("設定", False), Wanted("氏{字}", False), Wanted("{商品}", False)]})
    assert [name for name in sorted(shown_in(HTML).names) if not screen.knows(name)] == ["必須", "次へ"]
