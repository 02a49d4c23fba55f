"""`init`, `config show` and `doctor`: a folder from nothing to a plan, and what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from reconciler.adapters.store.db.database import open_store
from reconciler.core.runs.events import ShopStarted, StepDone, StepStarted
from reconciler.embedded import EmbeddedConfig, World, create_app
from reconciler.wiring.schemas import schemas
from tests.adapters.store.fakes import CLOSE, SHOP, journal, tell
from tests.cli.conftest import Run, write_shop
from tests.contract.conftest import served
from tests.support.sns_signer import TOPIC_PATTERN


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rows(text: str, schema: str) -> list[dict[str, str | None]]:
    document = json.loads(text)
    jsonschema.Draft202012Validator(schemas()[schema]()).validate(document)
    found: list[dict[str, str | None]] = document["rows"]
    return found


def problems(run: Run, *words: str) -> list[tuple[str | None, str | None]]:
    found = rows(run("doctor", *words, "-o", "json").stdout, "checks")
    return [(row["area"], row["fix"]) for row in found if row["status"] == "problem"]


def test_a_folder_that_is_set_up_has_a_plan(empty: Path, run: Run) -> None:
    made = run("init", "nara-ink", "--owner", "@example/payments", "-o", "json")
    assert made.exit_code == 0
    created = {row["file"]: row["action"] for row in rows(made.stdout, "init")}
    assert set(created.values()) == {"created"}
    assert {"reconciler.yaml", "world.json", "CODEOWNERS", ".gitignore", "shops/nara-ink.yaml"} <= set(created)
    assert (empty / ".gitignore").read_text() == ".reconciler/\n"
    assert "/shops/ @example/payments" in (empty / "CODEOWNERS").read_text()
    assert run("validate").exit_code == 0
    assert run("plan", "--detailed-exitcode").exit_code == 2


def test_existing_files_are_kept(empty: Path, run: Run) -> None:
    (empty / "reconciler.yaml").write_text("embedded: {seed: world.json}\n")
    (empty / ".gitignore").write_text("*.log")
    made = run("init", "-o", "json")
    actions = {row["file"]: row["action"] for row in rows(made.stdout, "init")}
    assert (actions["reconciler.yaml"], actions[".gitignore"], actions["world.json"]) == ("kept", "changed", "created")
    assert (empty / ".gitignore").read_text() == "*.log\n.reconciler/\n"
    assert "CODEOWNERS" not in actions
    again = {row["file"]: row["action"] for row in rows(run("init", "-o", "json").stdout, "init")}
    assert set(again.values()) == {"kept"}


def test_init_again_keeps_the_manifest_and_names_another_next_step(empty: Path, run: Run) -> None:
    first, again = run("init"), run("init")
    assert (empty / "shops" / "my-shop.yaml").is_file()
    assert [line.split() for line in again.stdout.splitlines() if "my-shop" in line] == [["shops/my-shop.yaml", "kept"]]
    assert "Next: fill in shops/my-shop.yaml" in first.stderr
    assert "fill in" not in again.stderr
    assert "Next: run `reconciler validate`" in again.stderr


def test_init_creates_no_example_shop_beside_manifests(empty: Path, run: Run) -> None:
    (empty / "shops").mkdir()
    write_shop(empty, "nara-ink")
    made = run("init")
    assert made.exit_code == 0
    assert [file.name for file in (empty / "shops").iterdir()] == ["nara-ink.yaml"]
    assert "The folder has manifests (1), so none was created" in made.stderr
    assert run("init", "uji-cups").exit_code == 0
    assert (empty / "shops" / "uji-cups.yaml").is_file()


def test_init_reports_why_it_created_no_manifest(empty: Path, run: Run) -> None:
    (empty / "shops").mkdir()
    (empty / "shops" / "_defaults.yaml").write_text("unknown: 1\n")
    made = run("init")
    assert made.exit_code == 1
    assert "shops/_defaults.yaml:1:1" in made.stderr
    assert "my-shop" not in made.stderr


def test_a_backend_of_its_own(empty: Path, run: Run) -> None:
    assert run("init", "--backend", "https://admin.example").exit_code == 0
    assert "url: https://admin.example" in (empty / "reconciler.yaml").read_text()
    assert not (empty / "world.json").exists()


def test_a_folder_of_another_backend_gets_no_seed(empty: Path, run: Run) -> None:
    assert run("init", "--backend", "https://admin.example").exit_code == 0
    assert run("init", "uji-cups").exit_code == 0
    assert (empty / "shops" / "uji-cups.yaml").exists()
    assert not (empty / "world.json").exists()


def test_a_further_shop_is_missing_in_the_seed(empty: Path, run: Run) -> None:
    assert run("init").exit_code == 0
    made = run("init", "uji-cups")
    assert "world.json has no shop uji-cups: add it under `shops`" in " ".join(made.stderr.split())
    assert "has no shop" not in run("init", "my-shop").stderr
    (empty / "world.json").unlink()
    assert "has no shop" not in run("init", "uji-cups").stderr
    assert '"uji-cups"' in (empty / "world.json").read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written(empty: Path, run: Run) -> None:
    (empty / "schemas").write_text("")
    result = run("init")
    assert result.exit_code == 1
    assert "schemas/shop.schema.json" in result.stderr


def test_settings_are_shown_with_their_source(fleet: Path, run: Run) -> None:
    found = {row["setting"]: row for row in rows(run("config", "show", "-o", "json").stdout, "settings-in-use")}
    assert (found["embedded.seed"]["value"], found["embedded.seed"]["source"]) == ("seed.json", "reconciler.yaml:2:9")
    assert (found["pace.in_flight"]["value"], found["pace.in_flight"]["source"]) == ("16", "default")
    (fleet / "reconciler.yaml").write_text("backend: https://admin.example\nstore: postgresql://ann:pass@db/x\n")
    found = {row["setting"]: row for row in rows(run("config", "show", "-o", "json").stdout, "settings-in-use")}
    assert found["backend.url"]["source"] == "reconciler.yaml:1:10"
    assert "pass" not in str(found["store"]["value"])


def test_a_healthy_fleet(fleet: Path, run: Run) -> None:
    result = run("doctor")
    assert (result.exit_code, problems(run)) == (0, [])
    assert "No problems found" in result.stderr
    assert [row["area"] for row in rows(run("doctor", "store", "-o", "json").stdout, "checks")] == ["store"]


def test_each_problem_has_its_fix(fleet: Path, run: Run) -> None:
    assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
    (fleet / ".reconciler" / "plan.key").chmod(0o644)
    found = rows(run("doctor", "-o", "json", FLEET_TOKEN="").stdout, "checks")
    wrong = [row for row in found if row["status"] == "problem"]
    assert run("doctor", "secrets", FLEET_TOKEN="").exit_code == 1
    assert {row["area"] for row in wrong} >= {"secrets", "permissions"}
    assert all(row["fix"] for row in wrong)
    assert "Run `chmod 600 .reconciler/plan.key`" in [row["fix"] for row in wrong]


def test_a_folder_without_anything(empty: Path, run: Run) -> None:
    assert ("settings", "Run `reconciler init`") in problems(run)
    assert {area for area, _ in problems(run)} == {"settings", "backend"}


def test_a_store_that_is_lost_with_the_job(fleet: Path, run: Run) -> None:
    (fleet / ".git").mkdir()
    found = rows(run("doctor", "store", "-o", "json", CI="true").stdout, "checks")
    assert [row["status"] for row in found] == ["ok", "problem"]


def test_a_store_is_said_to_be_created_only_while_it_is_missing(fleet: Path, run: Run) -> None:
    assert "The store (history of runs) does not exist yet; the first apply creates it" in run("doctor", "store").stdout
    open_store(str(fleet / ".reconciler" / "journal.db")).close()
    assert "no run is recorded in it" in run("doctor", "store").stdout
    run("apply", "kyoto-tea", "--auto-approve")
    shown = run("doctor", "store").stdout
    assert "The store can be read" in shown
    assert "no run is recorded" not in shown


@pytest.mark.usefixtures("impatient")
def test_a_backend_that_is_not_there(fleet: Path, run: Run) -> None:
    (fleet / "reconciler.yaml").write_text(
        "backend: {url: 'http://127.0.0.1:1', client_id: c, client_secret: ref+env://FLEET_TOKEN}\n"
    )
    [(area, fix)] = problems(run, "backend")
    assert (area, "`backend` in the settings" in str(fix)) == ("backend", True)
    [(area, fix)] = [found for found in problems(run, "backend") if found[0] == "backend"]
    assert fix is not None


def test_a_secret_of_the_backend_that_is_missing(fleet: Path, run: Run) -> None:
    """Both areas need the backend."""
    (fleet / "reconciler.yaml").write_text(
        "backend: {url: 'https://admin.example', client_id: c, client_secret: ref+env://UNSET}\n"
        f"ipn: {{topics: ['{TOPIC_PATTERN}']}}\n"
    )
    [(_, of_backend)] = problems(run, "backend")
    [(_, of_ipn)] = problems(run, "ipn")
    assert of_backend == of_ipn
    assert str(of_backend).startswith("Set UNSET in the environment")


def test_notifications_cannot_be_judged_without_the_backend(fleet: Path, run: Run) -> None:
    """Their addresses are those that it has for the shops."""
    (fleet / "reconciler.yaml").write_text(
        "backend: {url: 'http://127.0.0.1:1', client_id: c, client_secret: ref+env://FLEET_TOKEN}\n"
        f"ipn: {{topics: ['{TOPIC_PATTERN}']}}\n"
    )
    [(area, fix)] = problems(run, "ipn")
    assert (area, "`backend` in the settings" in str(fix)) == ("ipn", True)


def test_a_backend_that_shows_no_shop(fleet: Path, run: Run) -> None:
    application = create_app(EmbeddedConfig(database=fleet / "world.db", seed={"shops": []}))
    World.of(application).ensure_client("c", "the secret of a client")
    with served(application) as url:
        (fleet / "reconciler.yaml").write_text(
            f"backend: {{kind: http, url: '{url}', client_id: c, client_secret: ref+env://CLIENT}}\n"
        )
        found = rows(run("doctor", "backend", "-o", "json", CLIENT="the secret of a client").stdout, "checks")
    assert [(row["status"], row["check"]) for row in found] == [("problem", "The backend has no shops")]


def test_a_store_that_is_none(fleet: Path, run: Run) -> None:
    (fleet / ".reconciler").mkdir()
    (fleet / ".reconciler" / "journal.db").write_text("a page of a diary\n" * 300)
    [row] = rows(run("doctor", "store", "-o", "json").stdout, "checks")
    assert row["status"] == "problem"
    assert "it is not a store" in str(row["check"])


def test_a_shop_that_a_killed_run_left_closed(fleet: Path, run: Run) -> None:
    (fleet / ".reconciler").mkdir()
    opened = open_store(str(fleet / ".reconciler" / "journal.db"))
    closing = [StepStarted(shop=SHOP, step=CLOSE, key="k"), StepDone(shop=SHOP, step=CLOSE)]
    tell(journal(opened), [ShopStarted(shop=SHOP), *closing])
    opened.close()
    assert problems(run, "store") == [("store", "Run `reconciler resume`")]
    assert "A run did not finish in kyoto-tea" in run("doctor", "store").stdout


def test_of_many_missing_secrets_the_first_twenty_are_named(fleet: Path, run: Run) -> None:
    for number in range(23):
        write_shop(fleet, f"shop-{number}")
    found = [row["check"] for row in rows(run("doctor", "secrets", "-o", "json", FLEET_TOKEN="").stdout, "checks")]
    assert (len(found), found[-1]) == (21, "5 more secrets cannot be resolved")
    assert all("S101" in str(text) for text in found[:-1])


def test_an_unknown_area(fleet: Path, run: Run) -> None:
    result = run("doctor", "stor")
    assert result.exit_code == 1
    assert "unknown area 'stor'. Did you mean 'store'?" in result.stderr
    assert "Available: settings, store" in run("doctor", "zzz").stderr


@pytest.mark.parametrize("words", [("init",), ("import", "--init")])
@pytest.mark.parametrize("address", ["ftp://x", "admin.example", "https://user:password-1@admin.example/", ""])
def test_a_wrong_address_of_the_backend_names_the_option_and_writes_nothing(
    words: tuple[str, ...], address: str, empty: Path, run: Run
) -> None:
    refused = run(*words, "--backend", address)
    assert refused.exit_code == 1
    assert "Invalid value for '--backend': not the address of a backend" in refused.stderr
    assert "https://admin.example/" in refused.stderr
    assert "password-1" not in refused.output
    assert list(empty.iterdir()) == []


def test_hints_of_a_wrong_zone_and_of_a_missing_plural(fleet: Path, run: Run) -> None:
    manifest = fleet / "shops" / "kyoto-tea.yaml"
    manifest.write_text(manifest.read_text().replace("maintenance:\n", "maintenance:\n  time_zone: JST\n"))
    said = run("validate", "kyoto-tea").output
    assert "MST" not in said
    assert "Asia/Tokyo" in said
    settings = fleet / "reconciler.yaml"
    settings.write_text(f"{settings.read_text()}watch: {{webhook: {{}}}}\n")
    said = run("validate").output
    assert "Did you mean `webhooks`?" in said
    assert "belongs elsewhere" not in said
