"""`reconciler.yaml`: its content, the defaults, and what is reported about a wrong one."""

from pathlib import Path

import pytest

from reconciler.adapters.settings.console import ConsoleProxySettings, ConsoleSettings
from reconciler.adapters.settings.settings import (
    BackendSettings,
    EmbeddedSettings,
    Environment,
    Timeouts,
    read_settings,
)
from reconciler.core.planning.guards import Limits
from reconciler.core.planning.plan import RequestPace
from reconciler.core.values import SecretRef

FULL = """\
manifests: fleet
backend:
  url: https://admin.example/
  kind: http
  client_id: operator
  client_secret: ref+env://RECONCILER_CLIENT_SECRET
embedded:
  database: var/world.db
  seed: demo/world.json
  site_url: http://127.0.0.1:8766/amazon-pay/{shop_key}
environment: sandbox
limits: {fleet_share: 50%, fleet_share_from: 3, closed_at_once: 0, closed_seconds: 60}
pace: {requests_per_second: 2.5, in_flight: 4}
timeouts: {connect: 1, read: 2.5}
"""

AS_CLIENT = "backend: {{url: https://x.example, client_id: {}, client_secret: ref+env://X}}\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def findings(here, text):
    (here / "reconciler.yaml").write_text(text)
    reported = read_settings(None)
    assert isinstance(reported, tuple)
    assert {finding.code.number for finding in reported} == {"S201"}
    return reported


def test_everything(here):
    (here / "reconciler.yaml").write_text(FULL)
    settings = read_settings(None)
    assert settings.manifests == here / "fleet"
    assert settings.manifests_shown_as == "fleet"
    assert settings.backend == BackendSettings(
        kind="http",
        url="https://admin.example/",
        client_id="operator",
        client_secret=SecretRef("ref+env://RECONCILER_CLIENT_SECRET"),
    )
    assert settings.embedded == EmbeddedSettings(
        database=here / "var/world.db",
        seed=here / "demo/world.json",
        site_url="http://127.0.0.1:8766/amazon-pay/{shop_key}",
    )
    assert settings.environment is Environment.SANDBOX
    assert settings.limits == Limits(fleet_share=50, fleet_from=3, closed_at_once=0)
    assert settings.longest_closed == 60
    assert (settings.requests_per_second, settings.in_flight) == (2.5, 4)
    assert settings.pace == RequestPace(seconds_per_request=0.4)
    assert settings.timeouts == Timeouts(connect=1.0, read=2.5)


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n", "{}\n", "backend: embedded\n", "limits: {}\npace:\n"])
def test_what_holds_without_it(here, text):
    if text is not None:
        (here / "reconciler.yaml").write_text(text)
    settings = read_settings(None)
    assert settings.root == here
    assert settings.manifests == here / "shops"
    assert settings.backend == BackendSettings(kind="embedded")
    assert settings.embedded == EmbeddedSettings(database=here / ".reconciler/embedded.db", seed=None)
    assert settings.environment is Environment.PRODUCTION
    assert settings.limits == Limits()
    assert settings.in_flight == 16
    assert settings.pace == RequestPace(seconds_per_request=1.0)
    assert settings.timeouts == Timeouts(connect=5.0, read=30.0)


def test_paths_start_at_the_file(here):
    (here / "prod").mkdir()
    (here / "prod" / "settings.yaml").write_text("manifests: ../fleet\n")
    settings = read_settings(Path("prod/settings.yaml"))
    assert settings.root == here / "prod"
    assert settings.manifests == here / "prod/../fleet"
    assert settings.manifests_shown_as == "fleet"


def test_paths_below_the_current_folder_are_relative_however_they_were_named(here):
    (here / "prod").mkdir()
    (here / "prod" / "settings.yaml").write_text("manifests: ../fleet\n")
    settings = read_settings(here / "prod" / "settings.yaml")
    assert settings.manifests_shown_as == "fleet"

    (here / "prod" / "settings.yaml").write_text("manifest: ../fleet\n")
    (finding,) = read_settings(here / "prod" / "settings.yaml")
    assert finding.origin.file == "prod/settings.yaml"


def test_absolute_paths_stay(here):
    (here / "reconciler.yaml").write_text("manifests: /srv/fleet\n")
    settings = read_settings(None)
    assert settings.manifests == Path("/srv/fleet")
    assert settings.manifests_shown_as == "/srv/fleet"


def test_a_file_that_was_named_must_exist(here):
    (finding,) = read_settings(Path("other.yaml"))
    assert finding.code.number == "S201"
    assert "other.yaml" in str(finding.summary)
    assert finding.origin is None


def test_an_address_alone(here):
    (here / "reconciler.yaml").write_text("backend: https://admin.example\n")
    assert read_settings(None).backend == BackendSettings(kind="http", url="https://admin.example")


@pytest.mark.parametrize(
    "url", ["http://[::1]:8765/", "https://x.example:65535/a/b", "http://localhost:1", "https://x"]
)
def test_an_address_with_a_port(here, url):
    (here / "reconciler.yaml").write_text(f"backend: '{url}'\n")
    assert read_settings(None).backend.url == url


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("manifest: shops\n", "1:1", "Did you mean `manifests`?"),
        ("backend: embeded\n", "1:10", "`embedded`, or an address"),
        ("backend: true\n", "1:10", "`embedded`, or an address"),
        ("backend: {client_id: a}\n", "1:1", "`backend.url` is missing"),
        ("backend: {url: ftp://x}\n", "1:16", "an address such as https://"),
        ("backend: {url: https://x.example, client_id: a}\n", "1:46", "without its counterpart"),
        ("backend: https://x.example:99999\n", "1:10", "a port is a number from 1 to 65535"),
        ("backend: {url: 'http://127.0.0.1:0/'}\n", "1:16", "a port is a number from 1 to 65535"),
        ("backend: {url: 'https://x.example:443a'}\n", "1:16", "a port is a number from 1 to 65535"),
        (AS_CLIENT.format("'a:b'"), "1:46", "without a colon"),
        (AS_CLIENT.format('"a\\tb"'), "1:46", "printable ASCII"),
        (AS_CLIENT.format("''"), "1:46", "printable ASCII"),
        ("embedded: {database: 'sqlite:///world.db'}\n", "1:22", "the path of a file"),
        ("embedded: {database: 'postgresql://db.example/world'}\n", "1:22", "the path of a file"),
        ("embedded: {site_url: 'https://x.example/ipn'}\n", "1:22", "an address that contains `{shop_key}` once"),
        ("embedded: {site_url: 'https://x.example/{shop}'}\n", "1:22", "an address that contains `{shop_key}` once"),
        ("embedded: {site_url: 'https://{shop_key}/'}\n", "1:22", "an address that contains `{shop_key}` once"),
        ("embedded: {site_url: 'https://x.example/{shop_key}{shop_key}'}\n", "1:22", "`{shop_key}` once"),
        ("environment: prod\n", "1:14", "Did you mean `production`?"),
        ("limits: {fleet_share: 30}\n", "1:23", "a share from 0% to 100%"),
        ("limits: {fleet_share: 101%}\n", "1:23", "a share from 0% to 100%"),
        ("limits: {closed_at_once: -1}\n", "1:26", "0 or more"),
        ("limits: {closed_at_once: many}\n", "1:26", "a whole number"),
        ("pace: {in_flight: many}\n", "1:19", "Write a number in digits, such as 10"),
        ("pace: {in_flight: '8'}\n", "1:19", "Write the number without quotes"),
        ("ipn: {topics: a}\n", "1:15", "Write each value on a line of its own"),
        ("pace: {requests_per_second: 0}\n", "1:29", "more than 0"),
        ("pace: {in_flight: 1.0}\n", "1:19", "a whole number"),
        ("pace: {in_flight: 5000}\n", "1:19", "1024 or less"),
        ("timeouts: {read: .inf}\n", "1:18", "a number"),
        ("timeouts: {read: 1_0}\n", "1:18", "YAML 1.1"),
        ("timeouts: {read: 1, read: 2}\n", "1:21", "it is already on line"),
        ("- a\n", "1:1", "a mapping"),
        ("a: b: c\n", "1:5", "The line is not valid YAML"),
    ],
)
def test_a_wrong_file(here, text, place, says):
    (finding,) = findings(here, text)
    assert str(finding.origin) == f"reconciler.yaml:{place}"
    assert says in " ".join(map(str, (finding.summary, finding.expected, finding.hint)))


def test_all_faults_at_once(here):
    reported = findings(here, "manifests: 1\nlimits: {fleet: 1}\nenvironment: x\n")
    assert [finding.origin.line for finding in reported] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "backend: {url: https://x.example, client_id: a, client_secret: hunter2}\n",
        "backend: {url: https://x.example, client_id: a, client_secret: [hunter2]}\n",
        "backend: {url: 'https://user:hunter2@x.example'}\n",
        "backend: https://user:hunter2@x.example\n",
        "backend: https://user:hun/hunter2@x.example\n",
        "backend: {url: 'https://x.example/?key=hunter2'}\n",
        "backend: {url: 'https://x.example/#hunter2'}\n",
        "backend: https://x.example:hunter2/\n",
        "backend: hunter2\n",
        "backend: {url: hunter2}\n",
        "backend: {url: 'x.example?key=hunter2'}\n",
        "backend: {url: https://x.example, client_id: 'a:hunter2', client_secret: ref+env://X}\n",
        "backend: {url: https://x.example, client_id: a, client_secret: 'env://hunter2'}\n",
        "store: mysql://user:hunter2@x.example/a\n",
        "store: mysql://x.example/a?k=hunter2\n",
        "embedded: {database: 'postgresql://user:hunter2@x.example/a'}\n",
        "embedded: {seed: 'postgresql://user:hunter2@x.example/a'}\n",
        "manifests: https://user:hunter2@x.example/\n",
        "timeouts: {read: hunter2}\n",
        "pace: {in_flight: hunter2}\n",
        "limits: hunter2\n",
        "pace: hunter2\n",
    ],
)
def test_a_secret_is_not_quoted(here, text):
    for finding in findings(here, text):
        assert "hunter2" not in " ".join(map(str, (finding.summary, finding.expected, finding.hint, finding.subject)))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (AS_CLIENT.format("amzn1.oa2-cs.v1.0123456789abcdef"), "1:46"),
        (AS_CLIENT.replace("ref+env://X", "ref+env://amzn1.oa2-cs.v1.0123456789abcdef").format("a"), "1:64"),
        ("backend: {url: https://x.example/amzn1.oa2-cs.v1.0123456789abcdef}\n", "1:16"),
        ("manifests: amzn1.oa2-cs.v1.0123456789abcdef\n", "1:12"),
        ("amzn1.oa2-cs.v1.0123456789abcdef: x\n", "1:1"),
    ],
)
def test_a_credential_is_found_wherever_it_was_pasted(here, text, place):
    (finding,) = findings(here, text)
    assert str(finding.origin) == f"reconciler.yaml:{place}"
    assert "0123456789abcdef" not in " ".join(map(str, (finding.summary, finding.expected, finding.hint)))


def test_the_address_of_a_store_may_hold_a_password(here):
    address = "postgresql://operator:hunter2@db.example/journal"
    (here / "reconciler.yaml").write_text(f"store: {address}\nipn: {{inbox: '{address}'}}\n")
    settings = read_settings(None)
    assert not isinstance(settings, tuple), settings
    assert settings.store == address


@pytest.mark.parametrize(
    ("text", "store", "retention"),
    [
        ("", ".reconciler/journal.db", None),
        ("store: var/journal.db\n", "var/journal.db", None),
        ("store: {retention: 180}\n", ".reconciler/journal.db", 180),
        ("store: {database: var/journal.db}\n", "var/journal.db", None),
        ("store: {database: var/journal.db, retention: 1}\n", "var/journal.db", 1),
    ],
)
def test_a_store_may_have_a_retention(here, text, store, retention):
    (here / "reconciler.yaml").write_text(text)
    settings = read_settings(None)
    assert not isinstance(settings, tuple), settings
    assert (settings.store, settings.retention) == (str(here / store), retention)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("store: {retention: 0}\n", "1:20"),
        ("store: {retention: 180d}\n", "1:20"),
        ("store: {retention: -1}\n", "1:20"),
        ("store: {url: journal.db}\n", "1:9"),
        ("store: {database: 'mysql://db/x'}\n", "1:19"),
        ("store: [journal.db]\n", "1:1"),
    ],
)
def test_a_store_that_is_written_wrongly_is_refused_with_its_place(here, text, place):
    (finding,) = findings(here, text)
    assert str(finding.origin) == f"reconciler.yaml:{place}"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("timeouts: {read: 30s}\n", "`30s`"),
        ("limits: {closed_at_once: many}\n", "`man...`"),
        ("backend: embeded\n", "`emb...`"),
        ("backend: {url: 'https://user@x.example:8443/a?b=c'}\n", "`https://(not shown)@x.example:8443/a?(not shown)`"),
    ],
)
def test_the_safe_part_of_a_wrong_value_is_shown(here, text, quoted):
    (finding,) = findings(here, text)
    assert quoted in str(finding.summary)


@pytest.mark.parametrize("text", ["hunter2", "ref+env://amzn1.oa2-cs.v1.0123456789abcdef"])
def test_a_password_in_the_place_of_its_reference(here, text):
    (finding,) = findings(here, f"ipn: {{mail: {{host: smtp.example, username: u, password: {text}}}}}\n")
    assert "may be the secret itself" in str(finding.summary)
    assert "a reference such as ref+env://NAME" in str(finding.expected)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("watch: {webhooks: {backend: hunter2}}", "RECONCILER_WATCH_WEBHOOKS_BACKEND_SECRET"),
        ("watch: {webhooks: {gitlab: hunter2}}", "RECONCILER_WATCH_WEBHOOKS_GITLAB_SECRET"),
        ("embedded: {webhook: {url: 'http://127.0.0.1:1/', secret: hunter2}}", "RECONCILER_EMBEDDED_WEBHOOK_SECRET"),
        ("console: {token: hunter2}", "RECONCILER_CONSOLE_TOKEN"),
    ],
)
def test_the_variable_that_is_proposed_for_a_secret_names_its_setting(here, text, name):
    """No name that another secret, or an option of the command line, has."""
    (finding,) = findings(here, f"{text}\n")
    assert f"write ref+env://{name} here" in str(finding.hint)


def test_who_may_read_the_console(here):
    (here / "reconciler.yaml").write_text(
        "console:\n  token: ref+env://TOKEN\n  hosts: [Console.Kyoto.Example]\n"
        "  proxy: {addresses: [10.0.0.0/8, '2001:db8::1'], header: X-Forwarded-User}\n"
    )
    proxy = ConsoleProxySettings(addresses=("10.0.0.0/8", "2001:db8::1"), header="X-Forwarded-User")
    assert read_settings(None).console == ConsoleSettings(
        token=SecretRef("ref+env://TOKEN"), proxy=proxy, hosts=frozenset({"console.kyoto.example"})
    )
    (here / "reconciler.yaml").write_text("")
    assert read_settings(None).console == ConsoleSettings()
