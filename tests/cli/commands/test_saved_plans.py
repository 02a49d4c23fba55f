"""A plan that is saved, shown and applied: the reviewed plan is applied, or the shop is refused with the reason."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest

from reconciler.adapters.clock import SystemClock
from reconciler.embedded import World
from reconciler.wiring import plan_files, session
from reconciler.wiring.schemas import schemas
from tests.cli.conftest import Copy, Run, turn_off, without_run, write_fleet, write_shop
from tests.support.example_fleet import MANIFEST, TOKEN
from tests.support.plan_samples import EXAMPLES

THEIR_TOKEN = "amzn.mws.0b0b0b0b-0000-4000-8000-00000badbabe"
OTHER_TOKEN = "amzn.mws.0a0a0a0a-0000-4000-8000-0000000badda"


@pytest.fixture
def two(fleet: Path) -> Path:
    """Two open shops that may be closed."""
    write_shop(fleet, "uji-cups")
    return fleet


@pytest.fixture
def applied(copy_of: Copy, run: Run) -> Path:
    """The same two, as their manifests want them."""

    def applied(made: Path) -> None:
        write_fleet(made)
        write_shop(made, "uji-cups")
        assert run("apply", "--auto-approve").exit_code == 0

    return copy_of(applied)


def world(fleet: Path) -> World:
    return World.open(fleet / ".reconciler" / "embedded.db")


def edited(fleet: Path, shop: str, **changes: object) -> None:
    """By the merchant."""
    opened = world(fleet)
    opened.merchant_edits(shop, changes)
    opened.close()


def changes_of(fleet: Path, shop: str) -> int:
    opened = world(fleet)
    try:
        return len(opened.changes(shop))
    finally:
        opened.close()


def saved(run: Run, *words: str) -> str:
    assert run("plan", *words, "--out", "a.plan.json").exit_code == 0
    return json.loads(Path("a.plan.json").read_text())["plan"]["fingerprint"]


def outcomes(output: str) -> dict[str, str]:
    return {shop["shop"]: shop["outcome"] for shop in json.loads(output)["shops"]}


def slugs(output: str, shop: str) -> list[str]:
    (one,) = [one for one in json.loads(output)["shops"] if one["shop"] == shop]
    return [finding["slug"] for finding in one["diagnostics"]]


def labels(output: str) -> dict[str, str]:
    (shop,) = json.loads(output)["shops"]
    return {entry["field"]: entry["drift"] for entry in shop["entries"]}


class TestSaving:
    def test_a_plan_is_saved_and_says_how_it_is_applied(self, two: Path, run: Run) -> None:
        result = run("plan", "--out", "a.plan.json")
        assert result.exit_code == 0
        assert "reconciler apply a.plan.json" in result.stderr
        document = json.loads((two / "a.plan.json").read_text())
        jsonschema.Draft202012Validator(schemas()["saved-plan"]()).validate(document)
        assert TOKEN not in (two / "a.plan.json").read_text()

    def test_what_is_printed_is_the_same_with_and_without(self, two: Path, run: Run) -> None:
        saved = run("plan", "-o", "json", "--out", "a.plan.json").stdout
        assert without_run(run("plan", "-o", "json").stdout) == without_run(saved)

    def test_half_of_what_was_asked_for_is_not_saved(self, two: Path, run: Run) -> None:
        (two / "shops" / "uji-cups.yaml").write_text("shop: uji-cups\n")
        result = run("plan", "--out", "a.plan.json")
        assert result.exit_code == 1
        assert "The plan was not saved" in result.stderr
        assert not (two / "a.plan.json").exists()

    def test_a_place_that_cannot_be_written(self, two: Path, run: Run) -> None:
        result = run("plan", "--out", "nowhere/a.plan.json")
        assert result.exit_code == 1
        assert "nowhere/a.plan.json" in result.stderr

    def test_a_manifest_is_not_written_over(self, two: Path, run: Run) -> None:
        before = (two / "shops" / "kyoto-tea.yaml").read_bytes()
        result = run("plan", "--out", "shops/kyoto-tea.yaml")
        assert result.exit_code == 1
        assert "shops/kyoto-tea.yaml" in result.stderr
        assert "Use another file, or move that one" in result.stderr
        assert (two / "shops" / "kyoto-tea.yaml").read_bytes() == before

    def test_a_plan_of_nothing_is_a_plan(self, applied: Path, run: Run) -> None:
        assert run("plan", "--out", "a.plan.json").exit_code == 0
        assert run("apply", "a.plan.json").exit_code == 0


class TestShowing:
    @pytest.mark.parametrize("output", ["text", "json", "markdown"])
    def test_it_reads_as_the_plan_did(self, output: str, two: Path, run: Run) -> None:
        planned = run("plan", "--out", "a.plan.json", "-o", output)
        shown = run("show-plan", "a.plan.json", "-o", output)
        plan, _, leaves = shown.stdout.partition("\nLeaves, for `apply --expect-leaves FILE`:\n")
        assert [line.split()[0] for line in leaves.splitlines()] == (
            ["kyoto-tea", "uji-cups"] if output == "text" else []
        )
        assert re.sub(r',\s+"digest": "[0-9a-f]+"', "", without_run(plan)) == without_run(planned.stdout)
        assert (planned.exit_code, shown.exit_code) == (0, 0)
        assert "`apply` checks its seal" in shown.stderr

    def test_it_needs_no_settings_no_network_and_no_secrets(
        self, two: Path, run: Run, tmp_path_factory, monkeypatch
    ) -> None:
        saved(run)
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        (elsewhere / "b.json").write_bytes((two / "a.plan.json").read_bytes())
        (elsewhere / "reconciler.yaml").write_text("this: is wrong\n")
        monkeypatch.chdir(elsewhere)
        monkeypatch.setattr("socket.socket.connect", None)
        result = run("show-plan", "b.json", FLEET_TOKEN="")
        assert result.exit_code == 0
        assert "kyoto-tea" in result.stdout
        assert sorted(file.name for file in elsewhere.iterdir()) == ["b.json", "reconciler.yaml"]

    def test_an_edit_is_reported_with_its_place(self, two: Path, run: Run) -> None:
        saved(run)
        text = (two / "a.plan.json").read_text()
        (two / "a.plan.json").write_text(text.replace("amazon-pay@uji-cups.example", "evil@uji-cups.example"))
        result = run("show-plan", "a.plan.json")
        assert result.exit_code == 3
        assert "a.plan.json cannot be used as a plan" in result.stderr
        assert "edited" in result.stderr
        assert "Create the plan again" in result.stderr
        assert result.stdout == ""

    def test_a_newer_format_is_reported_with_its_number(self, two: Path, run: Run) -> None:
        saved(run)
        document = json.loads((two / "a.plan.json").read_text())
        (two / "a.plan.json").write_text(json.dumps({**document, "version": 99}))
        result = run("show-plan", "a.plan.json")
        assert result.exit_code == 1
        assert "99" in result.stderr
        assert "version of the tool that wrote it" in result.stderr

    @pytest.mark.parametrize("content", [b"", b"{}", b"shop: kyoto-tea\n", b"\xff\xfe", b"[]"])
    def test_what_is_no_plan(self, content: bytes, two: Path, run: Run) -> None:
        (two / "b.json").write_bytes(content)
        for words in (("show-plan", "b.json"), ("apply", "b.json", "--auto-approve")):
            result = run(*words)
            assert result.exit_code == 1
            assert "b.json" in result.stderr
            assert "Create one with plan --out FILE" in result.stderr

    def test_a_file_that_is_not_there(self, two: Path, run: Run) -> None:
        for words in (("show-plan", "b.json"), ("apply", "b.json")):
            result = run(*words)
            assert result.exit_code == 1
            assert "b.json cannot be read" in result.stderr


class TestApplying:
    def test_what_was_reviewed_is_applied(self, two: Path, run: Run) -> None:
        fingerprint = saved(run)
        result = run("apply", "a.plan.json", "--expect", fingerprint, "--auto-approve", "-o", "json")
        assert result.exit_code == 0
        assert outcomes(result.stdout) == {"kyoto-tea": "applied", "uji-cups": "applied"}
        assert json.loads(result.stdout)["fingerprint"] == fingerprint
        assert run("plan").exit_code == 0

    def test_no_manifest_is_read(self, two: Path, run: Run) -> None:
        saved(run)
        for manifest in (two / "shops").iterdir():
            manifest.unlink()
        assert run("apply", "a.plan.json", "--auto-approve").exit_code == 0

    def test_it_needs_an_approval(self, two: Path, run: Run) -> None:
        saved(run)
        result = run("apply", "a.plan.json")
        assert result.exit_code == 3
        assert "Cannot prompt for approval: stdin is not" in result.stdout
        assert changes_of(two, "kyoto-tea") == 0

    def test_another_fingerprint_than_the_expected_one_sends_nothing(self, two: Path, run: Run) -> None:
        fingerprint = saved(run)
        result = run("apply", "a.plan.json", "--auto-approve", "-v", "--expect", "sha256:" + "0" * 64)
        assert result.exit_code == 3
        assert fingerprint in result.stdout
        assert "sha256:" + "0" * 64 in result.stdout
        assert "/admin-api/" not in result.output
        assert changes_of(two, "kyoto-tea") == 0

    def test_an_edited_plan_sends_nothing(self, two: Path, run: Run) -> None:
        saved(run)
        text = (two / "a.plan.json").read_text()
        (two / "a.plan.json").write_text(text.replace("amazon-pay@uji-cups.example", "evil@uji-cups.example"))
        result = run("apply", "a.plan.json", "--auto-approve", "-v")
        assert result.exit_code == 3
        assert "edited" in result.stderr
        assert "/admin-api/" not in result.output
        assert changes_of(two, "uji-cups") == 0

    def test_a_plan_of_another_key_sends_nothing(self, two: Path, run: Run) -> None:
        saved(run)
        result = run("apply", "a.plan.json", "--auto-approve", RECONCILER_PLAN_KEY="a key of another machine")
        assert result.exit_code == 3
        assert "RECONCILER_PLAN_KEY" in result.stderr
        assert changes_of(two, "kyoto-tea") == 0

    def test_a_field_that_moved_refuses_its_shop_with_all_three_values_and_the_others_go_on(
        self, two: Path, run: Run
    ) -> None:
        run("plan")
        edited(two, "uji-cups", notificationEmail="old@uji-cups.example")
        saved(run)
        edited(two, "uji-cups", notificationEmail="now@uji-cups.example")
        before = changes_of(two, "uji-cups")

        result = run("apply", "a.plan.json", "--auto-approve", "-o", "json")

        assert result.exit_code == 5
        assert outcomes(result.stdout) == {"kyoto-tea": "applied", "uji-cups": "refused"}
        assert slugs(result.stdout, "uji-cups") == ["stale"]
        for value in ("old@uji-cups.example", "now@uji-cups.example", "amazon-pay@uji-cups.example"):
            assert value in result.stdout
        assert changes_of(two, "uji-cups") == before

    @pytest.mark.parametrize("more", [(), ("--take", "git:kyoto-tea")], ids=["plain", "git taken"])
    def test_a_plan_that_git_itself_overtook_is_stale_and_no_conflict(
        self, more: tuple[str, ...], two: Path, run: Run
    ) -> None:
        """Only Git changed since then: a conflict of both sides would be wrong."""
        manifest = two / "shops" / "kyoto-tea.yaml"
        text = manifest.read_text()
        run("apply", "--auto-approve")
        manifest.write_text(text.replace("amazon-pay@", "one@"))
        saved(run)
        manifest.write_text(text.replace("amazon-pay@", "two@"))
        assert run("apply", "--auto-approve").exit_code == 0

        result = run("apply", "a.plan.json", "--auto-approve", *more, "-o", "json")

        assert result.exit_code == 3
        assert slugs(result.stdout, "kyoto-tea") == ["stale"]
        (finding,) = next(s for s in json.loads(result.stdout)["shops"] if s["shop"] == "kyoto-tea")["diagnostics"]
        line = 1 + next(number for number, words in enumerate(text.splitlines()) if "email:" in words)
        assert (finding["location"]["file"], finding["location"]["line"]) == ("shops/kyoto-tea.yaml", line)
        assert run("drift").exit_code == 0

    def test_a_stale_plan_is_refused_before_the_prompt(self, two: Path, run: Run) -> None:
        run("plan")
        edited(two, "uji-cups", notificationEmail="old@uji-cups.example")
        saved(run, "uji-cups")
        edited(two, "uji-cups", notificationEmail="now@uji-cups.example")
        result = run("apply", "a.plan.json", "-o", "json")
        assert slugs(result.stdout, "uji-cups") == ["stale"]
        assert json.loads(result.stdout)["diagnostics"] == []

    def test_what_moved_elsewhere_does_not_matter(self, two: Path, run: Run) -> None:
        saved(run)
        edited(two, "uji-cups", **{"LOGIN_LINK_AREA.label": "theirs"})
        assert run("apply", "a.plan.json", "--auto-approve").exit_code == 0

    def test_another_secret_behind_the_reference(self, two: Path, run: Run) -> None:
        saved(run)
        result = run("apply", "a.plan.json", "--auto-approve", "-o", "json", FLEET_TOKEN=OTHER_TOKEN)
        assert result.exit_code == 3
        assert set(outcomes(result.stdout).values()) == {"refused"}
        assert slugs(result.stdout, "uji-cups") == ["stale"]
        assert "ref+env://FLEET_TOKEN" in result.stdout
        assert OTHER_TOKEN not in result.output
        assert changes_of(two, "uji-cups") == 0

    def test_a_secret_that_is_missing(self, two: Path, run: Run) -> None:
        saved(run)
        result = run("apply", "a.plan.json", "--auto-approve", "-o", "json", FLEET_TOKEN="")
        assert result.exit_code == 1
        assert slugs(result.stdout, "uji-cups") == ["secret-missing"]
        assert changes_of(two, "uji-cups") == 0

    def test_a_plan_for_another_environment(self, two: Path, run: Run) -> None:
        saved(run)
        (two / "reconciler.yaml").write_text("environment: sandbox\nembedded: {seed: seed.json}\n")
        result = run("apply", "a.plan.json", "--auto-approve")
        assert result.exit_code == 3
        assert "The plan was created for embedded (production)" in result.stdout
        assert "embedded (sandbox)" in result.stdout
        assert changes_of(two, "kyoto-tea") == 0

    def test_a_plan_for_another_backend(self, two: Path, run: Run) -> None:
        saved(run)
        (two / "reconciler.yaml").write_text(
            "backend: {url: 'http://127.0.0.1:9/', client_id: c, client_secret: ref+env://FLEET_TOKEN}\n"
        )
        result = run("apply", "a.plan.json", "--auto-approve")
        assert result.exit_code == 3
        assert "http://127.0.0.1:9/" in result.stdout

    def test_a_plan_for_another_embedded_world(self, two: Path, run: Run) -> None:
        """With the same shops in the same state."""
        saved(run)
        for file in (two / ".reconciler").glob("embedded.db*"):
            file.unlink()
        result = run("apply", "a.plan.json", "--auto-approve", "-v")
        assert result.exit_code == 3
        assert "refused[A111]: The plan was created for embedded (production), fleet" in result.stdout
        assert "/admin-api/" not in result.output
        assert changes_of(two, "kyoto-tea") == 0

    @pytest.mark.usefixtures("impatient")
    @pytest.mark.parametrize("client", ["shiga", "kyoto"])
    def test_a_plan_for_the_fleet_of_another_client_of_one_backend(self, client: str, two: Path, run: Run) -> None:
        place = "backend: {{url: 'http://127.0.0.1:9/', client_id: {0}, client_secret: ref+env://FLEET_TOKEN}}\n"
        (two / "reconciler.yaml").write_text(place.format("kyoto"))
        settings = session.load_settings(None)
        plan_files.save_plan(settings, two / "a.plan.json", EXAMPLES["every-field"].plan, ())
        (two / "reconciler.yaml").write_text(place.format(client))
        result = run("apply", "a.plan.json", "--auto-approve")
        reported = " ".join(result.stdout.split())
        if client == "kyoto":
            assert result.exit_code == 4, "it goes on to ask the backend, which does not answer"
        else:
            assert result.exit_code == 3
            assert "The plan was created for http://127.0.0.1:9/ (production), fleet kyoto" in reported
            assert "fleet shiga, as in the settings" in reported

    def test_guards_are_those_of_the_hour_in_which_it_is_applied(self, two: Path, run: Run) -> None:
        saved(run)
        (two / "reconciler.yaml").write_text("limits: {fleet_share: 0, fleet_shops: 0}\nembedded: {seed: seed.json}\n")
        result = run("apply", "a.plan.json", "--auto-approve")
        assert result.exit_code in (1, 3)
        assert changes_of(two, "kyoto-tea") == 0

    def test_what_was_allowed_when_it_was_saved_stays_allowed(self, applied: Path, run: Run) -> None:
        turn_off(applied, "kyoto-tea")
        assert run("plan", "--out", "held.json").exit_code == 3
        held = run("apply", "held.json", "--auto-approve", "-o", "json")
        assert held.exit_code == 3
        assert slugs(held.stdout, "kyoto-tea") == ["turning-off"]
        saved(run, "--allow", "turning-off:kyoto-tea")
        assert run("apply", "a.plan.json", "--auto-approve").exit_code == 0

    @pytest.mark.parametrize(
        "words",
        [
            ("apply", "a.json", "b.json"),
            ("apply", "a.json", "--label", "wave=canary"),
            ("apply", "a.json", "--group", "x"),
        ],
        ids=" ".join,
    )
    def test_words_that_do_not_go_together(self, words: tuple[str, ...], two: Path, run: Run) -> None:
        result = run(*words)
        assert result.exit_code == 1
        assert "Usage:" in result.stderr

    def test_without_a_file_the_plan_made_again_has_to_be_the_expected_one(self, two: Path, run: Run) -> None:
        fingerprint = json.loads(run("plan", "-o", "json").stdout)["fingerprint"]
        other = run("apply", "--expect", "sha256:00", "--auto-approve")
        assert other.exit_code == 3
        assert "A111" in other.output
        assert changes_of(two, "kyoto-tea") == 0
        assert run("apply", "--expect", fingerprint, "--auto-approve").exit_code == 0
        assert changes_of(two, "kyoto-tea") > 0

    def test_a_plan_is_narrowed_to_some_of_its_shops(self, two: Path, run: Run) -> None:
        saved(run)
        fingerprint = json.loads((two / "a.plan.json").read_text())["plan"]["fingerprint"]
        narrowed = run("apply", "a.plan.json", "kyoto-*", "--expect", fingerprint, "--auto-approve")
        assert narrowed.exit_code == 0
        assert "uji-cups" not in narrowed.stdout
        assert (changes_of(two, "kyoto-tea") > 0, changes_of(two, "uji-cups")) == (True, 0)

    def test_a_shop_that_the_plan_does_not_have(self, two: Path, run: Run) -> None:
        saved(run)
        result = run("apply", "a.plan.json", "kyoto-tee", "--auto-approve")
        assert result.exit_code == 1
        assert "No shop of the saved plan matches 'kyoto-tee'" in result.output
        assert changes_of(two, "kyoto-tea") == 0

    def test_twice_changes_nothing_more(self, two: Path, run: Run) -> None:
        saved(run)
        assert run("apply", "a.plan.json", "--auto-approve").exit_code == 0
        before = changes_of(two, "kyoto-tea")
        assert run("apply", "a.plan.json", "--auto-approve").exit_code == 0
        assert changes_of(two, "kyoto-tea") == before


class TestUndoing:
    def test_every_apply_writes_the_plan_that_takes_it_back(self, two: Path, run: Run) -> None:
        before = run("show", "kyoto-tea", "-o", "json").stdout
        applied = run("apply", "kyoto-tea", "--auto-approve", "--lang", "en")
        named = re.search(r"To undo this run:\n  reconciler apply (\S+)", applied.stderr)
        assert named is not None
        (file,) = (two / ".reconciler" / "undo").iterdir()
        assert file.stem[:8] in run("history").stdout
        assert named[1] == f".reconciler/undo/{file.name}"

        result = run("apply", named[1], "--auto-approve", "--allow", "turning-off", "-o", "json")

        assert result.exit_code == 0, result.output
        after = json.loads(run("show", "kyoto-tea", "-o", "json").stdout)
        assert after != json.loads(before), "the secret, which nobody can read, is not taken back"
        assert run("plan", "kyoto-tea", "--detailed-exitcode").exit_code == 2

    def test_what_can_be_brought_back_is_brought_back(self, applied: Path, run: Run) -> None:
        before = run("show", "kyoto-tea", "-o", "json").stdout
        manifest = MANIFEST.format(shop="kyoto-tea", wave="canary", closing="allow")
        (applied / "shops" / "kyoto-tea.yaml").write_text(manifest.replace("amazon-pay@", "new@"))
        kept = set((applied / ".reconciler" / "undo").iterdir())
        assert run("apply", "kyoto-tea", "--auto-approve").exit_code == 0
        (undo,) = set((applied / ".reconciler" / "undo").iterdir()) - kept

        assert run("apply", str(undo), "--auto-approve").exit_code == 0

        texts = (before, run("show", "kyoto-tea", "-o", "json").stdout)
        values = [re.sub(r'"version":.*', "", without_run(text)) for text in texts]
        assert values[0] == values[1]

    def test_it_is_live_bound_as_any_other(self, two: Path, run: Run) -> None:
        run("apply", "kyoto-tea", "--auto-approve")
        (undo,) = (two / ".reconciler" / "undo").iterdir()
        edited(two, "kyoto-tea", storefront="CLOSED")
        result = run("apply", str(undo), "--auto-approve", "--allow", "turning-off", "-o", "json")
        assert result.exit_code == 3
        assert "stale" in slugs(result.stdout, "kyoto-tea")

    def test_nothing_done_nothing_to_undo(self, applied: Path, run: Run) -> None:
        kept = set((applied / ".reconciler" / "undo").iterdir())
        result = run("apply", "--auto-approve")
        assert "To undo" not in result.stderr
        assert set((applied / ".reconciler" / "undo").iterdir()) == kept


class TestConflicts:
    @pytest.fixture
    def both_moved(self, applied: Path, run: Run) -> Path:
        """Git and the merchant, each to a value of their own."""
        manifest = MANIFEST.format(shop="kyoto-tea", wave="canary", closing="allow")
        (applied / "shops" / "kyoto-tea.yaml").write_text(manifest.replace("amazon-pay@", "git@"))
        edited(applied, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
        return applied

    def test_it_waits_for_a_person_and_names_the_word(self, both_moved: Path, run: Run) -> None:
        result = run("apply", "--auto-approve", "-o", "json")
        assert result.exit_code == 3
        assert slugs(result.stdout, "kyoto-tea") == ["both-moved"]
        assert "--take git:kyoto-tea" in result.stdout
        assert "conflict" in run("drift", "kyoto-tea").stdout

    @pytest.mark.parametrize("side", ["git", "git:kyoto-*"])
    def test_git_is_taken(self, side: str, both_moved: Path, run: Run) -> None:
        assert run("apply", "--auto-approve", "--take", side).exit_code == 0
        assert run("plan").exit_code == 0

    def test_taken_for_another_shop_only(self, both_moved: Path, run: Run) -> None:
        assert run("apply", "--auto-approve", "--take", "git:uji-*").exit_code == 3

    def test_another_side_is_no_side(self, both_moved: Path, run: Run) -> None:
        result = run("apply", "--take", "backend")
        assert result.exit_code == 1
        assert "git:SHOP" in result.stderr

    def test_a_saved_plan_waits_as_well_and_is_saved_with_what_was_said(self, both_moved: Path, run: Run) -> None:
        run("plan", "--out", "held.json")
        assert run("apply", "held.json", "--auto-approve").exit_code == 3
        assert run("plan", "--take", "git", "--out", "taken.json").exit_code == 0
        assert run("apply", "taken.json", "--auto-approve").exit_code == 0

    @pytest.fixture
    def tokens_moved(self, applied: Path, run: Run) -> Path:
        """The same with the token: none is shown in plaintext, and both sides differ from the applied one."""
        edited(applied, "kyoto-tea", mwsAuthToken=THEIR_TOKEN)
        return applied

    def test_a_token_that_both_moved_waits_for_a_person(self, tokens_moved: Path, run: Run) -> None:
        result = run("apply", "kyoto-tea", "--auto-approve", "-o", "json", FLEET_TOKEN=OTHER_TOKEN)
        assert result.exit_code == 3
        assert slugs(result.stdout, "kyoto-tea") == ["both-moved", "secret-rotation"]
        drift = run("drift", "kyoto-tea", "-o", "json", FLEET_TOKEN=OTHER_TOKEN)
        assert labels(drift.stdout) == {"amazon_settings.mws_auth_token": "conflict"}
        for word in (OTHER_TOKEN, THEIR_TOKEN, "digest", "seal"):
            assert word not in result.output + drift.output
        words = ("--take", "git", "--allow", "secret-rotation")
        taken = run("apply", "kyoto-tea", "--auto-approve", *words, FLEET_TOKEN=OTHER_TOKEN)
        assert taken.exit_code == 0
        assert run("plan", "kyoto-tea", FLEET_TOKEN=OTHER_TOKEN).exit_code == 0

    def test_so_does_one_of_a_saved_plan(self, tokens_moved: Path, run: Run) -> None:
        run("plan", "kyoto-tea", "--allow", "secret-rotation", "--out", "held.json", FLEET_TOKEN=OTHER_TOKEN)
        result = run("apply", "held.json", "--auto-approve", "-o", "json", FLEET_TOKEN=OTHER_TOKEN)
        assert slugs(result.stdout, "kyoto-tea") == ["both-moved"]

    @pytest.mark.parametrize(
        ("theirs", "ours", "label"), [(None, OTHER_TOKEN, "pending"), (OTHER_TOKEN, TOKEN, "drifted")]
    )
    def test_of_a_token_that_one_side_changed_the_side_is_shown(
        self, theirs: str | None, ours: str, label: str, applied: Path, run: Run
    ) -> None:
        if theirs:
            edited(applied, "kyoto-tea", mwsAuthToken=theirs)
        reported = run("drift", "kyoto-tea", "-o", "json", FLEET_TOKEN=ours).stdout
        assert labels(reported) == {"amazon_settings.mws_auth_token": label}
        assert run("apply", "kyoto-tea", "--auto-approve", FLEET_TOKEN=ours).exit_code == 3
        allowed = ("--allow", "secret-rotation:kyoto-tea")
        assert run("apply", "kyoto-tea", "--auto-approve", *allowed, FLEET_TOKEN=ours).exit_code == 0

    def test_what_converged_by_hand_is_what_the_next_drift_is_held_against(self, applied: Path, run: Run) -> None:
        """An apply remembers what it saw equal, though it had nothing to write."""
        manifest = MANIFEST.format(shop="kyoto-tea", wave="canary", closing="allow")
        (applied / "shops" / "kyoto-tea.yaml").write_text(manifest.replace("amazon-pay@", "both@"))
        edited(applied, "kyoto-tea", notificationEmail="both@kyoto-tea.example", mwsAuthToken=OTHER_TOKEN)
        both = {"amazon_settings.mws_auth_token", "amazon_settings.notification_email"}
        reported = run("drift", "kyoto-tea", "-o", "json", FLEET_TOKEN=OTHER_TOKEN).stdout
        assert labels(reported) == dict.fromkeys(both, "converged-by-hand")

        assert run("apply", "kyoto-tea", "--auto-approve", FLEET_TOKEN=OTHER_TOKEN).exit_code == 0
        assert labels(run("drift", "kyoto-tea", "-o", "json", FLEET_TOKEN=OTHER_TOKEN).stdout) == {}
        edited(applied, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example", mwsAuthToken=THEIR_TOKEN)
        reported = run("drift", "kyoto-tea", "-o", "json", FLEET_TOKEN=OTHER_TOKEN).stdout
        assert labels(reported) == dict.fromkeys(both, "drifted")

    def test_values_before_the_first_apply_are_recorded_too(self, applied: Path, run: Run) -> None:
        (applied / ".reconciler" / "journal.db").unlink()
        assert run("apply", "--auto-approve").exit_code == 0
        edited(applied, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example", mwsAuthToken=THEIR_TOKEN)
        assert set(labels(run("drift", "kyoto-tea", "-o", "json").stdout).values()) == {"drifted"}

    def test_a_saved_plan_records_nothing_about_shops_that_it_does_not_read(self, two: Path, run: Run) -> None:
        run("plan", "--out", "later.json")
        run("apply", "uji-cups", "--auto-approve")
        run("plan", "uji-cups", "--out", "empty.json")
        edited(two, "uji-cups", notificationEmail="merchant@uji-cups.example")
        run("apply", "empty.json", "--auto-approve")
        assert set(labels(run("drift", "uji-cups", "-o", "json").stdout).values()) == {"drifted"}

    def test_what_only_the_merchant_moved_is_no_conflict(self, applied: Path, run: Run) -> None:
        edited(applied, "kyoto-tea", notificationEmail="merchant@kyoto-tea.example")
        assert run("apply", "--auto-approve").exit_code == 0


@pytest.mark.parametrize(
    ("limits", "days", "expired"), [("{}", 6, False), ("{}", 8, True), ("{plan_age: 10}", 8, False)]
)
def test_a_saved_plan_expires(limits: str, days: int, expired: bool, fleet: Path, run: Run, monkeypatch) -> None:  # noqa: PLR0917  # cases
    class Later(SystemClock):
        def now(self):
            return super().now() + timedelta(days=days)

    with (fleet / "reconciler.yaml").open("a") as settings:
        settings.write(f"limits: {limits}\n")
    assert run("plan", "kyoto-tea", "--out", "saved.json").exit_code == 0
    monkeypatch.setattr("reconciler.adapters.clock.SystemClock", Later)
    result = run("apply", "./saved.json", "--auto-approve")
    assert result.exit_code == (3 if expired else 0)
    assert ("A114" in result.output) is expired


@pytest.mark.parametrize(("minutes", "refused"), [(3, False), (60, True)])
def test_a_plan_of_a_clock_that_is_ahead(minutes: int, refused: bool, fleet: Path, run: Run, monkeypatch) -> None:
    class Ahead(SystemClock):
        def now(self):
            return super().now() + timedelta(minutes=minutes)

    with monkeypatch.context() as other_machine:
        other_machine.setattr("reconciler.adapters.clock.SystemClock", Ahead)
        assert run("plan", "kyoto-tea", "--out", "saved.json").exit_code == 0
    result = run("apply", "./saved.json", "--auto-approve")
    assert result.exit_code == (3 if refused else 0)
    assert ("but this machine's clock says" in result.output) is refused
    assert ("then create the plan again" in result.output) is refused
    assert (changes_of(fleet, "kyoto-tea") == 0) is refused
