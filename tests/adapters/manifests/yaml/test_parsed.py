"""Places of keys and values in a file that was read."""

from __future__ import annotations

from reconciler.adapters.manifests.yaml.reader import parse_with_libyaml, read_yaml

KEYS = 15_000


def test_each_of_very_many_keys_is_found_without_reading_all_of_them_again() -> None:
    """With a search for each key this takes minutes."""
    parsed = read_yaml("".join(f"key-{number}: {number}\n" for number in range(KEYS)).encode(), "shop.yaml")
    for number in range(KEYS):
        place = parsed.key_origin((f"key-{number}",))
        assert (place.line, place.column) == (number + 1, 1)


def test_of_equal_keys_the_first_is_found() -> None:
    parsed = parse_with_libyaml(b"shop: kyoto-tea\nshop: uji-cups\n", "shop.yaml")
    assert parsed.key_origin(("shop",)).line == 1


def test_a_key_that_is_not_there_has_the_place_above_it() -> None:
    parsed = read_yaml(b"amazon:\n  enabled: true\n", "shop.yaml")
    place = parsed.origin(("amazon", "api", "seller_id"))
    assert (place.line, place.column) == (1, 1)
