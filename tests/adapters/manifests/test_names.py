"""File names, shop keys, links: which file may declare which shop."""

import pytest

HEAD = "apiVersion: reconciler/v1\nshop: {}\n"


def test_a_file_whose_name_is_not_the_shops_key(folder, places):
    folder.write("kyoto.yaml", HEAD.format("kyoto-tea"))
    manifest = folder.read()
    assert places(manifest) == ["M007 shops/kyoto.yaml:2:7"]
    assert "kyoto-tea.yaml" in str(manifest.findings[0].way_on)
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
    assert ".yaml" in str(manifest.findings[0].way_on)


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
    assert "quotes" in str(finding.way_on)


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
