"""`reconciler.yaml`: what it says, what holds without it, and what is said of a wrong one."""

from pathlib import Path

import pytest

from reconciler.adapters.settings import BackendSettings, EmbeddedSettings, Environment, Timeouts, load
from reconciler.core.guards import Limits
from reconciler.core.plan import Pace
from reconciler.core.values import SecretRef

FULL = """\
manifests: fleet
backend:
  url: https://admin.example/
  kind: http
  client_id: operator
  client_secret: ref+env://RECONCILER_CLIENT_SECRET
embedded: {database: var/world.db, seed: demo/world.json}
environment: sandbox
limits: {fleet_share: 50%, fleet_share_from: 3, closed_at_once: 0}
pace: {requests_per_second: 2.5, in_flight: 4}
timeouts: {connect: 1, read: 2.5}
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def findings(here, text):
    (here / "reconciler.yaml").write_text(text)
    told = load(None)
    assert isinstance(told, tuple)
    assert {finding.code.number for finding in told} == {"S201"}
    return told


def test_everything(here):
    (here / "reconciler.yaml").write_text(FULL)
    settings = load(None)
    assert settings.manifests == here / "fleet"
    assert settings.manifests_shown_as == "fleet"
    assert settings.backend == BackendSettings(
        kind="http",
        url="https://admin.example/",
        client_id="operator",
        client_secret=SecretRef("ref+env://RECONCILER_CLIENT_SECRET"),
    )
    assert settings.embedded == EmbeddedSettings(database=here / "var/world.db", seed=here / "demo/world.json")
    assert settings.environment is Environment.SANDBOX
    assert settings.limits == Limits(fleet_share=50, fleet_from=3, closed_at_once=0)
    assert (settings.requests_per_second, settings.in_flight) == (2.5, 4)
    assert settings.pace == Pace(seconds_per_request=0.4)
    assert settings.timeouts == Timeouts(connect=1.0, read=2.5)


@pytest.mark.parametrize("text", [None, "", "# nothing yet\n", "{}\n", "backend: embedded\n", "limits: {}\npace:\n"])
def test_what_holds_without_it(here, text):
    if text is not None:
        (here / "reconciler.yaml").write_text(text)
    settings = load(None)
    assert settings.root == here
    assert settings.manifests == here / "shops"
    assert settings.backend == BackendSettings(kind="embedded")
    assert settings.embedded == EmbeddedSettings(database=here / ".reconciler/embedded.db", seed=None)
    assert settings.environment is Environment.PRODUCTION
    assert settings.limits == Limits()
    assert settings.in_flight == 16
    assert settings.pace == Pace(seconds_per_request=1.0)


def test_paths_start_at_the_file(here):
    (here / "prod").mkdir()
    (here / "prod" / "settings.yaml").write_text("manifests: ../fleet\n")
    settings = load(Path("prod/settings.yaml"))
    assert settings.root == here / "prod"
    assert settings.manifests == here / "prod/../fleet"
    assert settings.manifests_shown_as == "fleet"


def test_absolute_paths_stay(here):
    (here / "reconciler.yaml").write_text("manifests: /srv/fleet\n")
    settings = load(None)
    assert settings.manifests == Path("/srv/fleet")
    assert settings.manifests_shown_as == "/srv/fleet"


def test_a_file_that_was_named_must_exist(here):
    (finding,) = load(Path("other.yaml"))
    assert finding.code.number == "S201"
    assert str(finding.origin) == "other.yaml:1:1"


def test_an_address_alone(here):
    (here / "reconciler.yaml").write_text("backend: https://admin.example\n")
    assert load(None).backend == BackendSettings(kind="http", url="https://admin.example")


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("manifest: shops\n", "1:1", "Did you mean `manifests`?"),
        ("backend: embeded\n", "1:10", "`embedded`, or an address"),
        ("backend: true\n", "1:10", "`embedded`, or an address"),
        ("backend: {client_id: a}\n", "1:1", "`backend.url` is missing"),
        ("backend: {url: ftp://x}\n", "1:16", "an address such as https://"),
        ("backend: {url: https://x.example, client_id: a}\n", "1:46", "without its other half"),
        ("environment: prod\n", "1:14", "Did you mean `production`?"),
        ("limits: {fleet_share: 30}\n", "1:23", "a share from 0% to 100%"),
        ("limits: {fleet_share: 101%}\n", "1:23", "a share from 0% to 100%"),
        ("limits: {closed_at_once: -1}\n", "1:26", "0 or more"),
        ("limits: {closed_at_once: many}\n", "1:26", "a whole number"),
        ("pace: {requests_per_second: 0}\n", "1:29", "more than 0"),
        ("pace: {in_flight: 1.0}\n", "1:19", "a whole number"),
        ("pace: {in_flight: 5000}\n", "1:19", "1024 or less"),
        ("timeouts: {read: .inf}\n", "1:18", "a number"),
        ("timeouts: {read: 1_0}\n", "1:18", "YAML 1.1"),
        ("timeouts: {read: 1, read: 2}\n", "1:21", "stands here again"),
        ("- a\n", "1:1", "a mapping"),
        ("a: b: c\n", "1:5", "cannot be read as YAML"),
    ],
)
def test_a_wrong_file(here, text, place, says):
    (finding,) = findings(here, text)
    assert str(finding.origin) == f"reconciler.yaml:{place}"
    assert says in " ".join(map(str, (finding.summary, finding.expected, finding.way_on)))


def test_all_faults_at_once(here):
    told = findings(here, "manifests: 1\nlimits: {fleet: 1}\nenvironment: x\n")
    assert [finding.origin.line for finding in told] == [1, 2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "backend: {url: https://x.example, client_id: a, client_secret: hunter2}\n",
        "backend: {url: https://x.example, client_id: a, client_secret: [hunter2]}\n",
        "backend: {url: 'https://user:hunter2@x.example'}\n",
        "backend: https://user:hunter2@x.example\n",
    ],
)
def test_a_secret_is_not_quoted(here, text):
    for finding in findings(here, text):
        assert "hunter2" not in " ".join(map(str, (finding.summary, finding.expected, finding.way_on, finding.subject)))
