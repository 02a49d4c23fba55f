"""Secrets by reference: what is found, and what is reported about missing ones."""

import os
import sys
import traceback
from importlib.metadata import entry_points

import pytest

from reconciler.adapters.secrets import SecretResolver, environment, file
from reconciler.core.values import SecretRef
from reconciler.ports import SecretMissing
from tests.support.drop_root import modes_count


@pytest.fixture
def store(tmp_path):
    return SecretResolver(tmp_path)


def missing(store, uri):
    with pytest.raises(SecretMissing) as raised:
        store.resolve(SecretRef(uri))
    assert raised.value.hint is not None
    return raised.value


class TestInstalledSchemes:
    @pytest.mark.parametrize("uri", ["ref+env://NOT_SET_ANYWHERE", "ref+file://not/there"])
    def test_an_installed_scheme_is_known_without_reading_the_secret(self, store, uri):
        store.check_scheme(SecretRef(uri))

    @pytest.mark.parametrize(
        ("uri", "hint"),
        [
            ("ref+evn://X", "Did you mean ref+env://?"),
            ("ref+quantum://kv/mise", "Use one of awssecrets, credential, env, file, gcpsecrets, sops, vault"),
        ],
    )
    def test_one_that_is_not_installed_is_named(self, store, uri, hint):
        with pytest.raises(SecretMissing) as raised:
            store.check_scheme(SecretRef(uri))
        assert raised.value.code.number == "S102"
        assert str(raised.value.hint).startswith(hint)


class TestEnvironment:
    def test_a_variable_that_is_set(self, store, monkeypatch):
        monkeypatch.setenv("KYOTO_TEA_MWS_AUTH_TOKEN", "s3cret")
        secret = store.resolve(SecretRef("ref+env://KYOTO_TEA_MWS_AUTH_TOKEN"))
        assert secret.reveal() == "s3cret"
        assert secret.source == SecretRef("ref+env://KYOTO_TEA_MWS_AUTH_TOKEN")

    def test_a_variable_that_is_not_set(self, store, monkeypatch):
        monkeypatch.delenv("NO_SUCH_TOKEN", raising=False)
        error = missing(store, "ref+env://NO_SUCH_TOKEN")
        assert error.code.number == "S101"
        assert "NO_SUCH_TOKEN is not set" in str(error.text)

    def test_an_empty_variable_counts_as_missing(self, store, monkeypatch):
        monkeypatch.setenv("EMPTY_TOKEN", "")
        assert "EMPTY_TOKEN is empty" in str(missing(store, "ref+env://EMPTY_TOKEN").text)

    def test_a_variable_that_was_probably_meant(self, store, monkeypatch):
        monkeypatch.setenv("KYOTO_TEA_MWS_AUTH_TOKEN", "s3cret")
        error = missing(store, "ref+env://KYOTO_TEA_MWS_TOKEN")
        assert "KYOTO_TEA_MWS_AUTH_TOKEN" in str(error.hint)
        assert "s3cret" not in str(error.hint)

    @pytest.mark.parametrize(
        ("meant", "written", "guessed"),
        [
            ("RECONCILER_BACKEND_SECRET", "RECONCILER_BACKEND_SECERT", True),
            ("RECONCILER_BACKEND_SECRET", "RECONCILER_BACKENDSECRET", True),
            ("RECONCILER_BACKEND_PORT", "RECONCILER_BACKEND_SECRET", False),
            ("SHOP_1_TOKEN_OLD", "SHOP_1_TOKEN_NEW", False),
        ],
    )
    def test_another_word_in_the_name_is_no_misspelling(self, store, monkeypatch, meant, written, guessed):
        monkeypatch.setenv(meant, "s3cret")
        assert (f"Did you mean {meant}" in str(missing(store, f"ref+env://{written}").hint)) is guessed


class TestFile:
    @pytest.mark.parametrize(
        ("content", "secret"),
        [("s3cret", "s3cret"), ("s3cret\n", "s3cret"), ("s3cret\r\n", "s3cret"), ("a\n\n", "a\n")],
    )
    def test_the_content_without_one_line_end(self, store, tmp_path, content, secret):
        (tmp_path / "token").write_bytes(content.encode())
        assert store.resolve(SecretRef("ref+file://token")).reveal() == secret

    def test_paths_start_at_the_settings_files_folder(self, store, tmp_path, monkeypatch):
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets" / "token").write_text("s3cret")
        monkeypatch.chdir("/")
        assert store.resolve(SecretRef("ref+file://secrets/token")).reveal() == "s3cret"
        assert store.resolve(SecretRef(f"ref+file://{tmp_path}/secrets/token")).reveal() == "s3cret"

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (None, "does not exist"),
            (b"", "is empty"),
            (b"\n", "is empty"),
            (b"s3cr\xff", "is not text"),
            (b"x" * 70_000, "too large"),
        ],
    )
    def test_what_is_no_secret(self, store, tmp_path, content, says):
        if content is not None:
            (tmp_path / "token").write_bytes(content)
        error = missing(store, "ref+file://token")
        assert error.code.number == "S101"
        assert str(error.text).startswith("The file token")
        assert says in str(error.text)
        assert error.__cause__ is None or isinstance(error.__cause__, OSError)

    def test_a_folder(self, store, tmp_path):
        (tmp_path / "token").mkdir()
        assert "is a folder" in str(missing(store, "ref+file://token").text)

    def test_a_pipe_is_not_waited_for(self, store, tmp_path):
        os.mkfifo(tmp_path / "token")
        error = missing(store, "ref+file://token")
        assert "token is a device, socket or pipe" in str(error.text)
        assert error.hint is not None

    def test_a_device(self, store):
        assert "is a device, socket or pipe" in str(missing(store, "ref+file:///dev/zero").text)

    def test_a_link_is_followed_as_mounted_secrets_are_links(self, store, tmp_path):
        (tmp_path / "..data").mkdir()
        (tmp_path / "..data" / "token").write_text("s3cret")
        (tmp_path / "token").symlink_to("..data/token")
        assert store.resolve(SecretRef("ref+file://token")).reveal() == "s3cret"


class TestSchemes:
    def test_both_come_as_entry_points_too(self):
        points = {point.name: point.load() for point in entry_points(group="reconciler.secrets")}
        assert points["env"] is environment
        assert points["file"] is file

    def test_file_alone_starts_at_the_current_folder(self, tmp_path, monkeypatch):
        (tmp_path / "token").write_text("s3cret\n")
        monkeypatch.chdir(tmp_path)
        assert file("token") == "s3cret"

    @pytest.mark.parametrize(("uri", "guess"), [("ref+envs://A", "ref+env://"), ("ref+fil://a", "ref+file://")])
    def test_an_unknown_scheme_that_was_probably_meant(self, store, uri, guess):
        error = missing(store, uri)
        assert error.code.number == "S102"
        assert guess in str(error.hint)

    def test_an_unknown_scheme(self, store):
        error = missing(store, "ref+quantum://A")
        assert error.code.number == "S102"
        assert "env, file" in str(error.hint)


PLUGIN = """
from reconciler.core.diagnostics.messages import msg
from reconciler.ports import SecretMissing
from tests.support.drop_root import modes_count

def good(locator):
    return "from-" + locator

def leaky(locator):
    raise RuntimeError("the password hunter2 was refused")

def polite(locator):
    raise SecretMissing(msg("The vault has no {name}", name=locator), hint=msg("Store it"))

def empty(locator):
    return ""

def odd(locator):
    return 42
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """A package that declares schemes of its own, as an installed one would."""
    site = tmp_path / "site"
    info = site / "vault_plugin-1.dist-info"
    info.mkdir(parents=True)
    (site / "vault_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vault-plugin\nVersion: 1\n")
    names = ("good", "leaky", "polite", "empty", "odd")
    points = [f"{name} = vault_plugin:{name}" for name in names] + ["broken = vault_plugin:no_such_name"]
    (info / "entry_points.txt").write_text("[reconciler.secrets]\n" + "\n".join(points) + "\n")
    monkeypatch.syspath_prepend(str(site))
    yield
    sys.modules.pop("vault_plugin", None)


@pytest.mark.usefixtures("plugin")
class TestSchemesOfOthers:
    def test_one_that_works(self, store):
        assert store.resolve(SecretRef("ref+good://a/b#c")).reveal() == "from-a/b#c"

    def test_one_that_knows_no_such_secret(self, store):
        assert str(missing(store, "ref+polite://x").text) == "The vault has no x"

    def test_the_message_of_one_that_fails_is_not_passed_on(self, store):
        error = missing(store, "ref+leaky://x")
        assert "hunter2" not in f"{error} {error.text} {error.hint} {error.__cause__}"
        assert "RuntimeError" in str(error.text)

    @pytest.mark.parametrize("scheme", ["empty", "odd"])
    def test_one_that_gives_nothing(self, store, scheme):
        assert "does not exist" in str(missing(store, f"ref+{scheme}://x").text)

    def test_one_that_cannot_be_loaded(self, store):
        error = missing(store, "ref+broken://x")
        assert error.code.number == "S102"
        assert "vault_plugin:no_such_name" in str(error.hint)


def test_a_file_that_may_not_be_read(store, tmp_path):
    (tmp_path / "token").write_text("s3cret")
    (tmp_path / "token").chmod(0)
    with modes_count():
        assert "Permission denied for the file" in str(missing(store, "ref+file://token").text)


TOKEN = "amzn.mws.4ea38b7b-f563-7709-4bae-87aeafa6e9d1"
KEY = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY0"


class TestWhereTheSecretItselfWasWritten:
    @pytest.mark.parametrize(
        "uri",
        [
            f"ref+env://{TOKEN}",
            f"ref+env://{TOKEN.removeprefix('amzn.mws.')}",
            f"ref+file://secrets/{TOKEN}",
            f"ref+{TOKEN}://x",
            f"ref+vault://{TOKEN}@vault.example/a",
            "ref+vault://user:hunter2@vault.example/a",
            "ref+env://Atza|IwEBIJ0123",
        ],
    )
    def test_a_reference_that_holds_a_credential_is_refused(self, store, monkeypatch, uri):
        monkeypatch.setenv(uri.partition("://")[2], "s3cret")
        error = missing(store, uri)
        assert error.code.number == "S103"
        reported = f"{error} {error.text} {error.hint}"
        assert "4ea38b7b" not in reported
        assert "hunter2" not in reported

    @pytest.mark.parametrize("scheme", ["env", "file", "quantum"])
    @pytest.mark.parametrize("locator", [KEY, f"{KEY}?token=hunter2", "vault.example/a?t=hunter2"])
    def test_what_may_be_a_secret_is_not_quoted(self, store, scheme, locator):
        error = missing(store, f"ref+{scheme}://{locator}")
        reported = "".join(traceback.format_exception(error)) + f"{error.text} {error.hint}"
        assert "hunter2" not in reported
        assert KEY not in reported

    @pytest.mark.parametrize(
        "locator", ["run/secrets/Kyoto-Tea-2-mws-auth-token", "KYOTO_TEA_2_MWS_AUTH_TOKEN_OF_PRODUCTION", "a.b-c"]
    )
    def test_the_names_that_people_give_are_shown(self, store, locator):
        assert locator in str(missing(store, f"ref+file://{locator}").text)
        assert "/" in locator or locator in str(missing(store, f"ref+env://{locator}").text)

    def test_a_path_of_a_secret_file_is_in_no_traceback(self, store):
        error = missing(store, f"ref+file://{KEY}")
        assert KEY not in "".join(traceback.format_exception(error))
