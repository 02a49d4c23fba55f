"""The files of attestations: what is written is read back, an edit leaves everything else, and none is taken for a manifest."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.adapters.manifests.attestations import AttestationFolders
from reconciler.adapters.manifests.loading.loader import ManifestFolder
from reconciler.core.diagnostics import codes
from reconciler.core.model.selection import Selection
from reconciler.core.onboarding.attestations import Attestation, AttestedItem
from reconciler.core.values import Origin, ShopKey
from tests.support.manual_clock import HandClock

CLOCK = HandClock(datetime(2026, 11, 28, 16, 0, tzinfo=UTC))
"""In Japan it is the 29th."""
KYOTO = ShopKey("kyoto-tea")
EVERY = Selection()
MANIFEST = "apiVersion: reconciler/v1\nshop: {shop}\namazon:\n  enabled: false\n"


@pytest.fixture
def roots(tmp_path):
    for name in ("east", "west"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def folders(roots):
    write_manifest(roots, "east/kyoto-tea.yaml")
    return folders_of(roots)


def folders_of(roots) -> AttestationFolders:
    return AttestationFolders(
        ((roots / "east", "east"), (roots / "west", "west")), roots / "schemas" / "attestations.schema.json", CLOCK
    )


def write_manifest(roots, name: str) -> None:
    path = roots / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MANIFEST.format(shop=path.stem))


def write_attestations(roots, name: str, entries: str, shop: str = "kyoto-tea"):
    path = roots / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"apiVersion: reconciler/v1\nshop: {shop}\nattested:\n{entries}")
    return path


def attested(item=AttestedItem.SHOP_NAME, shop=KYOTO, **words) -> Attestation:
    usual = {"by": "Hanako Sato <hanako@example.jp>", "on": "2026-11-29"}
    return Attestation(shop=shop, item=item, origin=Origin("-"), **usual | words)


def attest(folders: AttestationFolders, *entries: Attestation) -> None:
    for each in entries:
        change = folders.change(each)
        assert not isinstance(change, tuple), change
        change.path.parent.mkdir(parents=True, exist_ok=True)
        change.path.write_bytes(change.after)


def values(folders: AttestationFolders, selection: Selection = EVERY) -> list[tuple]:
    read = folders.read(selection)
    assert read.diagnostics == ()
    return [as_written(each) for each in read.attestations]


def as_written(each: Attestation) -> tuple:
    return each.shop, each.item, each.by, each.on, each.expires, each.note


def faults(folders: AttestationFolders) -> list[tuple]:
    return [(each.code, each.origin.line, str(each.summary)) for each in folders.read(EVERY).diagnostics if each.origin]


def test_without_a_folder_nothing_is_attested(folders):
    assert values(folders) == []


def test_entries_are_added_and_replaced_in_the_folder_of_the_manifest(folders, roots):
    name, order = attested(note="asked the shop: yes #1"), attested(AttestedItem.TEST_ORDER, expires="2027-11-29")
    attest(folders, order, name)
    assert values(folders) == [as_written(name), as_written(order)]
    again = attested(by="Taro")
    attest(folders, again)
    assert values(folders) == [as_written(again), as_written(order)]
    assert [path.name for path in (roots / "east" / "_attestations").iterdir()] == ["kyoto-tea.yaml"]
    assert folders.place(KYOTO) == "east/_attestations/kyoto-tea.yaml"


def test_comments_and_other_entries_stay(folders, roots):
    path = write_attestations(
        roots,
        "east/_attestations/kyoto-tea.yaml",
        "  # checked with the merchant\n  shop-name:  # on the phone\n    by: Hanako\n    date: '2026-11-01'  # Sunday\n"
        "    note: old\n  test-order: {by: Taro, date: '2026-11-02'}\n# end\n",
    )
    attest(folders, attested(by="Jiro"))
    text = path.read_text()
    for kept in ("# checked with the merchant", "# on the phone", "# end", "{by: Taro, date: '2026-11-02'}"):
        assert kept in text
    assert "old" not in text
    assert [each[2] for each in values(folders)] == ["Jiro", "Taro"]


def test_a_withdrawn_entry_is_removed_and_the_others_stay(folders):
    attest(folders, attested(), attested(AttestedItem.TEST_ORDER))
    change = folders.withdrawal(KYOTO, AttestedItem.SHOP_NAME)
    change.path.write_bytes(change.after)
    assert [each[1] for each in values(folders)] == [AttestedItem.TEST_ORDER]
    assert folders.withdrawal(KYOTO, AttestedItem.SHOP_NAME) is None
    assert folders.withdrawal(ShopKey("uji-cups"), AttestedItem.SHOP_NAME) is None


def test_the_last_entry_can_be_withdrawn(folders):
    attest(folders, attested())
    change = folders.withdrawal(KYOTO, AttestedItem.SHOP_NAME)
    change.path.write_bytes(change.after)
    assert values(folders) == []


def test_a_divided_tree_and_several_folders_are_one_fleet(roots):
    write_manifest(roots, "east/ky/kyoto-tea.yaml")
    write_manifest(roots, "west/kansai/uji-cups.yaml")
    folders = folders_of(roots)
    attest(folders, attested(), attested(shop=ShopKey("uji-cups")))
    assert {file.relative_to(roots).as_posix() for file in roots.rglob("_attestations/**/*.yaml")} == {
        "east/_attestations/ky/kyoto-tea.yaml",
        "west/_attestations/kansai/uji-cups.yaml",
    }
    assert [each[0] for each in values(folders, Selection(globs=("uji-*",)))] == ["uji-cups"]


def test_a_file_that_was_moved_within_its_folder_is_found_and_changed_where_it_is(folders, roots):
    path = write_attestations(
        roots, "west/_attestations/old/kyoto-tea.yaml", "  shop-name: {by: A, date: '2026-11-01'}\n"
    )
    attest(folders, attested(AttestedItem.TEST_ORDER))
    assert len(values(folders)) == 2
    assert "test-order" in path.read_text()


def test_attestations_are_not_taken_for_manifests_nor_for_shared_files(folders, roots):
    attest(folders, attested())
    read = ManifestFolder(roots / "east", shown_as="east").read(EVERY)
    assert (read.names, read.findings) == (("kyoto-tea",), ())


def test_a_changed_attestation_selects_its_shop(folders, roots):
    changed = frozenset({"_attestations/kyoto-tea.yaml"})
    write_manifest(roots, "east/uji-cups.yaml")
    affected = ManifestFolder(roots / "east", shown_as="east").affected_by([changed])
    assert affected.by_change == (frozenset({"kyoto-tea"}),)


def test_a_shop_that_left_keeps_its_attestations(folders, roots):
    attest(folders, attested(AttestedItem.REVOKED_AT_AMAZON))
    (roots / "east" / "kyoto-tea.yaml").unlink()
    assert [each[1] for each in values(folders)] == [AttestedItem.REVOKED_AT_AMAZON]
    assert folders.place(KYOTO) == "east/_attestations/kyoto-tea.yaml"


def test_a_shop_without_manifest_and_file_has_no_place(folders):
    assert folders.place(ShopKey("nowhere")) is None


@pytest.mark.parametrize(
    ("entry", "code", "line", "text"),
    [
        ("  shop-nme: {by: A, date: '2026-11-01'}", codes.UNKNOWN_KEY, 4, "shop-nme"),
        ("  shop-name: {date: '2026-11-01'}", codes.MISSING_KEY, 4, "by"),
        ("  shop-name: {by: A, date: 2026-11-01}", codes.AMBIGUOUS, 4, "2026-11-01"),
        ("  shop-name: {by: A, date: '2026-02-30'}", codes.BAD_ATTESTATION, 4, "2026-02-30 is not a day"),
        ("  shop-name:\n    by: A\n    date: '2026-11-30'", codes.BAD_ATTESTATION, 6, "2026-11-30 is in the future"),
        (
            "  shop-name:\n    by: A\n    date: '2026-11-02'\n    expires: '2026-11-01'",
            codes.BAD_ATTESTATION,
            7,
            "2026-11-01 is before the day of the check, 2026-11-02",
        ),
        ("  shop-name: {by: A, date: '2026-11-01', expires: null}", codes.WRONG_TYPE, 4, "expires"),
        (
            "  shop-name: {by: A, date: '2026-11-01', note: 'amzn.mws.4ea38b7b-f563-7709-4bae-87aea15c0000'}",
            codes.PLAINTEXT_TOKEN,
            4,
            "MWSAuthToken",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place(roots, entry, code, line, text):
    folders = folders_of(roots)
    write_attestations(roots, "east/_attestations/kyoto-tea.yaml", entry + "\n")
    ((found, at, summary),) = faults(folders)
    assert (found, at) == (code, line)
    assert text in summary
    assert "4ea38b7b" not in summary


def test_a_wrong_file_does_not_hide_the_others_and_is_not_changed(folders, roots):
    write_attestations(roots, "east/_attestations/kyoto-tea.yaml", "  nothing: {}\n")
    write_attestations(
        roots, "west/_attestations/uji-cups.yaml", "  shop-name: {by: A, date: '2026-11-01'}\n", "uji-cups"
    )
    read = folders.read(EVERY)
    assert [each.shop for each in read.attestations] == ["uji-cups"]
    assert {each.shop for each in read.diagnostics} == {"kyoto-tea"}
    assert folders.change(attested()) == read.diagnostics


def test_two_files_of_one_shop_are_an_error_at_both(folders, roots):
    for name in ("east/_attestations/kyoto-tea.yaml", "west/_attestations/kyoto-tea.yaml"):
        write_attestations(roots, name, "  shop-name: {by: A, date: '2026-11-01'}\n")
    read = folders.read(EVERY)
    assert read.attestations == ()
    assert [(each.code, str(each.origin)) for each in read.diagnostics] == [
        (codes.TWO_FILES, "east/_attestations/kyoto-tea.yaml:1:1"),
        (codes.TWO_FILES, "west/_attestations/kyoto-tea.yaml:1:1"),
    ]


def test_the_file_is_named_after_its_shop(folders, roots):
    write_attestations(roots, "east/_attestations/kyoto-tea.yaml", "  {}\n", shop="uji-cups")
    assert [(code, line) for code, line, _ in faults(folders)] == [(codes.WRONG_NAME, 2)]


WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=80
).filter(str.strip)
DAYS = st.dates(max_value=datetime(2026, 11, 29).date(), min_value=datetime(1990, 1, 1).date()).map(str)  # noqa: DTZ001
LATER = st.none() | st.dates(min_value=datetime(2026, 11, 29).date()).map(str)  # noqa: DTZ001  # a day has no zone


@given(st.lists(st.tuples(st.sampled_from(AttestedItem), WORDS, DAYS, LATER, st.none() | WORDS), max_size=6))
def test_any_words_are_read_back_as_they_were_written(tmp_path_factory, entries):
    roots = tmp_path_factory.mktemp("fleet")
    write_manifest(roots, "east/kyoto-tea.yaml")
    folders = folders_of(roots)
    made = [attested(item, by=by, on=on, expires=end, note=note) for item, by, on, end, note in entries]
    attest(folders, *made)
    latest = {each.item: each for each in made}
    assert values(folders) == [as_written(latest[item]) for item in AttestedItem if item in latest]
