"""The folders of a divided tree: laws over any set of shops, and examples."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.discovery.entries import ManifestPath
from reconciler.adapters.manifests.discovery.shards import FOLDER_LIMIT, ShardLayout

KEYS = st.from_regex(r"[a-c]([a-c-]{0,5}[a-c])?", fullmatch=True)
FOLDERS = st.sampled_from(["", "kansai", "ab", "kansai/ab"])
TREES = st.dictionaries(KEYS, FOLDERS, min_size=1, max_size=60)


def file(folder: str, shop: str) -> ManifestPath:
    path = f"{folder}/{shop}.yaml" if folder else f"{shop}.yaml"
    return ManifestPath(stem=shop, path=f"/tree/{path}", display_path=f"shops/{path}")


def layout(placed: dict[str, str]) -> ShardLayout:
    return ShardLayout("/tree", [file(folder, shop) for shop, folder in placed.items()])


def moved(placed: dict[str, str]) -> dict[str, str]:
    return dict(zip(placed, layout(placed).folders(), strict=True))


@given(TREES)
def test_a_second_division_moves_nothing(placed: dict[str, str]) -> None:
    once = moved(placed)
    assert moved(once) == once


@given(st.dictionaries(KEYS, st.sampled_from(["", "kansai", "kansai/east"]), min_size=1, max_size=60))
def test_a_shop_stays_below_the_folder_that_people_chose(placed: dict[str, str]) -> None:
    for shop, folder in moved(placed).items():
        assert folder in {placed[shop], f"{placed[shop]}/{shop[:2]}".strip("/")}


def test_the_first_two_characters_then_two_more_beyond_the_limit() -> None:
    few = {f"kyoto-{number}": "" for number in range(10)}
    assert set(moved(few).values()) == {"ky"}
    many = {f"kyoto-{number:04}": "" for number in range(FOLDER_LIMIT + 1)}
    assert set(moved(many).values()) == {"ky/ot/o-/00", "ky/ot/o-/01", "ky/ot/o-/02", *_hundreds(range(3, 21))}


def _hundreds(numbers: range) -> set[str]:
    return {f"ky/ot/o-/{number:02}" for number in numbers}


def test_many_shops_of_one_prefix_leave_no_folder_with_more_entries_than_its_limit() -> None:
    count = 100_000
    folders = Counter(moved({f"shop-{number:06}": "" for number in range(count)}).values())
    assert max(folders.values()) <= FOLDER_LIMIT
    assert set(folders) == {f"sh/op/-0/{number:02}" for number in range(100)}


def test_a_divided_folder_stays_divided_when_shops_leave() -> None:
    many = {f"ky-{number:04}": "" for number in range(FOLDER_LIMIT + 1)}
    divided = moved(many)
    left = {shop: folder for shop, folder in divided.items() if shop < "ky-0400"}
    assert moved(left) == left


def test_a_folder_of_people_is_divided_only_when_it_is_full() -> None:
    few = {f"ky-{number:04}": "kansai" for number in range(FOLDER_LIMIT)}
    assert set(moved(few).values()) == {"kansai"}
    assert moved({**few, "ky-9999": "kansai"})["ky-9999"] == "kansai/ky/-9"


def test_a_short_key_lies_where_its_characters_end() -> None:
    assert moved({"k": "", "ky": "", "kyo": ""}) == {"k": "", "ky": "ky", "kyo": "ky"}


def test_a_new_shop_follows_the_layout_of_most() -> None:
    assert layout({"aa": "", "bb": "", "cc": "cc"}).folder_for_new("kyoto") == ""
    assert layout({"aa": "aa", "bb": "bb", "cc": ""}).folder_for_new("kyoto") == "ky"
    assert layout({}).folder_for_new("kyoto") == ""


def test_new_shops_go_deeper_where_a_folder_is_divided_or_full() -> None:
    full = {f"ky-{number:04}": "ky" for number in range(FOLDER_LIMIT)}
    assert layout(full).folder_for_new("kyoto") == "ky/ot"
    assert layout({"kyoto": "ky/ot", "uji-tea": "uj"}).folder_for_new("ky-tea") == "ky/-t"
    many = ShardLayout("/tree", [file("aa", "aa")])
    places = Counter(many.folder_for_new(f"kyo{number:04}") for number in range(FOLDER_LIMIT + 50))
    assert places["ky"] == FOLDER_LIMIT
    assert sum(count for folder, count in places.items() if folder.startswith("ky/o")) == 50
