"""File names, shop keys, links: which file may declare which shop."""

import pytest

HEAD = "apiVersion: reconciler/v1\nshop: {}\n"


def test_a_file_whose_name_is_not_the_shops_key(folder, places):
    folder.write("kyoto.yaml", HEAD.format("kyoto-tea"))
    manifest = folder.read()
    assert places(manifest) == ["M007 shops/kyoto.yaml:2:7"]
    assert "kyoto-tea.yaml" in str(manifest.findings[0].hint)
    assert manifest.broken == ("kyoto",)


def test_two_files_for_one_shop_in_different_folders(folder, places):
    for name in ("a.yaml", "x/a.yaml", "b.yaml"):
        folder.write(name, HEAD.format(name[-6]))
    manifest = folder.read()
    assert places(manifest) == ["M008 shops/a.yaml:1:1", "M008 shops/x/a.yaml:1:1"]
    assert [shop.shop for shop in manifest.shops] == ["b"]
    assert manifest.broken == ("a",)
    assert "shops/x/a.yaml" in str(manifest.findings[0].summary)


@pytest.mark.parametrize("name", ["kyoto-tea.yml", "kyoto-tea.YAML", "x/kyoto-tea.Yml", "_defaults.yml"])
def test_another_ending(folder, places, name):
    folder.write(name, HEAD.format("kyoto-tea"))
    folder.shop(key="nara")
    manifest = folder.read()
    assert places(manifest) == [f"M007 shops/{name}:1:1"]
    assert ".yaml" in str(manifest.findings[0].hint)


@pytest.mark.parametrize(
    "key", ["../kyoto-tea", "a/b", "Kyoto", "kyoto_tea", "-kyoto", "京都", "a" * 41, " kyoto ", '"a\\n"']
)
def test_a_shop_key_of_another_form(folder, key):
    folder.write("kyoto-tea.yaml", HEAD.format(key if key.startswith('"') else f"'{key}'"))
    (finding,) = folder.read().findings
    assert finding.code.number == "M105"
    assert str(finding.origin) == "shops/kyoto-tea.yaml:2:7"
    assert finding.subject == "shop"


def test_a_file_name_that_is_no_shop_key(folder):
    folder.write("Kyoto Tea.yaml", HEAD.format("kyoto-tea"))
    manifest = folder.read()
    assert [finding.code.number for finding in manifest.findings] == ["M007"]
    assert manifest.broken == ("shops/Kyoto Tea.yaml",)


def test_a_file_name_that_is_not_utf_8_can_be_printed(folder):
    (folder.root / b"caf\xe9.yaml".decode("utf-8", "surrogateescape")).write_bytes(b"[")
    (finding,) = folder.read().findings
    assert str(finding.origin).encode() == b"shops/caf\\xe9.yaml:2:1"


def test_a_number_as_shop_key_is_answered_with_quotes(folder):
    folder.write("123.yaml", HEAD.format(123))
    (finding,) = folder.read().findings
    assert finding.code.number == "M102"
    assert "quotes" in str(finding.hint)


def test_a_link_out_of_the_tree(folder, tmp_path, places):
    outside = tmp_path / "kyoto-tea.yaml"
    outside.write_text(HEAD.format("kyoto-tea"))
    (folder.root / "kyoto-tea.yaml").symlink_to(outside)
    assert places(folder.read()) == ["M006 shops/kyoto-tea.yaml:1:1"]


def test_a_link_to_a_folder_out_of_the_tree(folder, tmp_path, places):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "kyoto-tea.yaml").write_text(HEAD.format("kyoto-tea"))
    (folder.root / "more").symlink_to(tmp_path / "other")
    manifest = folder.read()
    assert places(manifest) == ["M006 shops/more:1:1"]
    assert manifest.broken == ("shops/more",)


@pytest.mark.parametrize("name", ["_defaults.yaml", "_groups"])
def test_shared_files_cannot_be_links_out_of_the_tree(folder, tmp_path, places, name):
    target = tmp_path / "secrets"
    target.mkdir() if name == "_groups" else target.write_text("root: x\n")
    (folder.root / name).symlink_to(target)
    folder.shop()
    assert f"M006 shops/{name}:1:1" in places(folder.read())


def test_a_link_within_the_tree_is_the_file_it_leads_to(folder, places):
    folder.write("x/real.txt", HEAD.format("kyoto-tea"))
    (folder.root / "kyoto-tea.yaml").symlink_to("x/real.txt")
    assert [shop.shop for shop in folder.read().shops] == ["kyoto-tea"]


def test_links_in_a_circle_end(folder):
    folder.shop()
    (folder.root / "x").mkdir()
    (folder.root / "x" / "up").symlink_to(folder.root)
    (folder.root / "loop").symlink_to("loop")
    (folder.root / "loop.yaml").symlink_to("loop.yaml")
    manifest = folder.read()
    assert [shop.shop for shop in manifest.shops] == ["kyoto-tea"]
    assert {finding.origin.file for finding in manifest.findings} <= {"shops/loop.yaml", "shops/x/up"}


def test_a_file_of_another_name_declares_the_shop_as_well(folder, places):
    folder.shop(key="kyoto-tea")
    folder.write("x/other.yaml", HEAD.format("kyoto-tea"))
    manifest = folder.read()
    twice = ["M008 shops/kyoto-tea.yaml:1:1", "M008 shops/x/other.yaml:1:1"]
    assert places(manifest) == [*twice, "M007 shops/x/other.yaml:2:7"]
    assert manifest.shops == ()


@pytest.mark.parametrize(
    "content",
    [
        HEAD.format("kyoto-tea"),
        'apiVersion: reconciler/v1\n"shop": "kyoto-tea"\n',
        "{apiVersion: reconciler/v1, shop: kyoto-tea}\n",
        "apiVersion: reconciler/v1\nshop: # which?\n  kyoto-tea\n",
        "apiVersion: reconciler/v1\nshop: >-\n  kyoto-tea\n",
        'apiVersion: reconciler/v1\nshop: "kyoto\\u002dtea"\n',
        'apiVersion: reconciler/v1\n"sh\\u006fp": kyoto-tea\n',
        HEAD.format("kyoto-tea") + "amazon: {enabled: maybe}\n",
    ],
)
@pytest.mark.parametrize("glob", ["kyoto-tea", "kyoto-*"])
def test_choosing_a_shop_does_not_hide_the_other_file_that_declares_it(folder, content, glob):
    folder.shop(key="kyoto-tea")
    folder.write("x/other.yaml", content)
    folder.shop(key="nara")
    manifest = folder.read(globs=(glob,))
    assert manifest.shops == ()
    assert "kyoto-tea" in manifest.broken
    twice = [finding for finding in manifest.findings if finding.code.number == "M008"]
    assert [finding.origin.file for finding in twice] == ["shops/kyoto-tea.yaml", "shops/x/other.yaml"]
    assert {finding.shop for finding in twice} == {"kyoto-tea"}


def test_two_files_of_other_names_declare_the_shop_that_is_chosen(folder):
    for name in ("a.yaml", "b.yaml"):
        folder.write(name, HEAD.format("kyoto-tea"))
    assert [finding.code.number for finding in folder.read(globs=("kyoto-tea",)).findings] == ["M008", "M008"]


def test_a_word_in_another_shops_text_declares_nothing(folder):
    folder.shop(key="kyoto-tea")
    folder.shop("labels: {note: 'shop: kyoto-tea'}\n# shop: kyoto-tea\n", key="nara")
    manifest = folder.read(globs=("kyoto-tea",))
    assert manifest.findings == ()
    assert [shop.shop for shop in manifest.shops] == ["kyoto-tea"]


def test_errors_of_an_unselected_shop_are_not_reported(folder):
    folder.shop(key="kyoto-tea")
    folder.shop("amazon: {enabled: maybe}\n", key="nara")
    for name in ("a.yaml", "b.yaml"):
        folder.write(name, HEAD.format("osaka-books"))
    manifest = folder.read(globs=("kyoto-tea",))
    assert (manifest.findings, manifest.broken) == ((), ())


NEARLY_DEFAULTS = [
    "_Defaults.yaml",
    "_default.yaml",
    "_DEFAULTS.YAML",
    "_default.yml",
    "__defaults.yaml",
    "_deafults.yaml",
    "_defaults",
]
DEEPER = ["kansai/_defaults.yaml", "kansai/_defaults.yml", "kansai/deep/_Default.yaml", "_groups/_defaults.yaml"]


@pytest.mark.parametrize("name", NEARLY_DEFAULTS + DEEPER)
@pytest.mark.parametrize("globs", [(), ("kyoto-tea",)])
def test_what_is_nearly_the_defaults_is_an_error(folder, places, name, globs):
    folder.write(name, "maintenance: {close_shop: deny}\n")
    folder.shop()
    manifest = folder.read(globs=globs)
    assert places(manifest) == [f"M009 shops/{name}:1:1"]
    (finding,) = manifest.findings
    assert "_defaults.yaml" in str(finding.expected)
    assert finding.hint is not None
    if name in NEARLY_DEFAULTS:
        assert str(finding.hint) == "Rename it to _defaults.yaml"


@pytest.mark.parametrize("name", ["_group", "_Groups", "_gruops", "kansai/_groups", "kansai/_group"])
@pytest.mark.parametrize("globs", [(), ("kyoto-tea",)])
def test_what_is_nearly_the_groups_is_an_error(folder, places, name, globs):
    folder.write(f"{name}/standard.yaml", "labels: {a: x}\n")
    folder.shop()
    manifest = folder.read(globs=globs)
    assert places(manifest) == [f"M009 shops/{name}:1:1"]
    assert "_groups" in str(manifest.findings[0].expected)
    assert manifest.broken == (f"shops/{name}",)


def test_the_groups_are_no_file(folder, places):
    folder.write("_groups", "labels: {a: x}\n")
    folder.write("_groups.yaml", "labels: {a: x}\n")
    folder.shop()
    assert places(folder.read()) == ["M009 shops/_groups:1:1", "M009 shops/_groups.yaml:1:1"]


@pytest.mark.parametrize("name", ["_groups/sub", "_groups/Standard.yaml", "_groups/my group.yaml"])
def test_a_group_that_no_shop_can_name(folder, places, name):
    folder.write(name if name.endswith(".yaml") else f"{name}/standard.yaml", "labels: {a: x}\n")
    folder.shop()
    assert places(folder.read()) == [f"M009 shops/{name}:1:1"]


@pytest.mark.parametrize(
    "name",
    [
        "_archive/_defaults.yaml",
        "_notes.yaml",
        "_defaults-old.yaml",
        "_defaults.yaml.bak",
        ".defaults.yaml",
        "_groups/_old.yaml",
    ],
)
def test_what_was_parked_is_left_alone(folder, name):
    folder.write(name, "anything: goes\n")
    folder.shop()
    manifest = folder.read()
    assert manifest.findings == ()
    assert [shop.shop for shop in manifest.shops] == ["kyoto-tea"]
