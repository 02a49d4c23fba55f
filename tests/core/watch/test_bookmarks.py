"""How far a source was read is saved only when every shop it named was looked at, whatever the order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.core.watch.bookmarks import Bookmarks

SHOPS = st.sampled_from(["kyoto-tea", "uji-cups", "nara-books"])


def test_a_place_is_saved_once_its_shops_were_looked_at():
    marks = Bookmarks({"feed": "1"})
    marks.advance("feed", "2", ["kyoto-tea", "uji-cups"])
    assert (marks.place("feed"), marks.to_save()) == ("2", {})
    marks.looked_at(["kyoto-tea"])
    assert marks.to_save() == {}
    marks.looked_at(["uji-cups"])
    assert marks.to_save() == {"feed": "2"}
    marks.mark_saved({"feed": "2"})
    assert marks.to_save() == {}


def test_a_later_place_waits_for_the_shops_of_an_earlier_one():
    marks = Bookmarks({})
    marks.advance("feed", "1", ["kyoto-tea"])
    marks.advance("feed", "2", [])
    assert marks.to_save() == {}
    marks.looked_at(["kyoto-tea"])
    assert marks.to_save() == {"feed": "2"}


def test_shops_that_are_gone_are_not_waited_for():
    marks = Bookmarks({})
    marks.advance("feed", "1", ["kyoto-tea"])
    marks.keep_only(["uji-cups"])
    assert marks.to_save() == {"feed": "1"}


def test_sources_do_not_wait_for_each_other():
    marks = Bookmarks({})
    marks.advance("feed", "1", ["kyoto-tea"])
    marks.advance("commit", "abc", [])
    assert (marks.to_save(), marks.place("journal")) == ({"commit": "abc"}, None)


@given(st.lists(st.one_of(st.sets(SHOPS), SHOPS), max_size=30))
def test_what_is_saved_is_never_ahead_of_the_looks(acts: list[set[str] | str]):
    """A set is a page of the feed, a name is a look. A model keeps which pages nobody has looked at."""
    marks, unseen = Bookmarks({}), list[set[str]]()
    for act in acts:
        if isinstance(act, set):
            marks.advance("feed", str(len(unseen)), act)
            unseen.append(set(act))
        else:
            marks.looked_at([act])
            for page in unseen:
                page.discard(act)
        reached = -1
        while reached + 1 < len(unseen) and not unseen[reached + 1]:
            reached += 1
        assert marks.to_save() == ({} if reached < 0 else {"feed": str(reached)})
