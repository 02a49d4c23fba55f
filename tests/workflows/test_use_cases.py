"""Every use case returns one kind of result: exit code, counts and outcomes agree, and no terminal is involved."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from reconciler.core.diagnostics.diagnostic import Severity
from reconciler.core.diagnostics.exit_codes import ExitCode
from reconciler.core.model.selection import Selection
from reconciler.core.results.command import CommandResult
from reconciler.core.results.history_result import HistoryResult, StepHistoryResult
from reconciler.core.results.show_result import ShopResult
from reconciler.core.results.table_result import TableResult
from reconciler.core.values import ShopKey
from reconciler.ports.interaction import Approver, Listener, Renderer, StopSignals
from reconciler.wiring.session import Settings, load_settings, open_session
from reconciler.workflows.apply.from_manifests import ApplyRequest, apply_manifests
from reconciler.workflows.apply.resume import resume_runs
from reconciler.workflows.drift.detect import DriftRequest, detect_drift
from reconciler.workflows.fmt import FormatRequest, format_manifests
from reconciler.workflows.history import HistoryRequest, list_leases, list_runs, list_steps
from reconciler.workflows.import_.manifests import ImportFolder, import_manifests
from reconciler.workflows.import_.run import ImportRequest
from reconciler.workflows.new import NewManifestRequest, create_manifest
from reconciler.workflows.onboard import OnboardRequest, onboard_table
from reconciler.workflows.plan import PlanRequest, plan_changes
from reconciler.workflows.session import Session
from reconciler.workflows.show import show_shop
from reconciler.workflows.validate import ValidateRequest, validate_manifests
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import (
    SHOPS,
    Caller,
    command_line_imports,
    merchant_edits,
    open_caller,
    rewrite,
    write_fleet,
)

FIRST, SECOND = SHOPS
UNKNOWN = ShopKey("no-such-shop")
COLUMNS = "shop,seller_id,client_id,mws_auth_token,email\n"
ROW = "nara-ink,A1NARAINK00001,amzn1.application-oa2-client.{},ref+env://FLEET_TOKEN,{}\n"
GOOD_ROW = ROW.format("0123456789abcdef" * 2, "pay@nara-ink.example")
BAD_ROW = ROW.format("0123456789abcdef" * 2, "no address")

UseCase = Callable[[Session], object]


def onboard(text: str, *, check: bool = False) -> UseCase:
    def use_case(session: Session) -> CommandResult:
        Path("new.csv").write_text(text)
        return onboard_table(session, OnboardRequest(table=Path("new.csv"), ask_backend=False, check=check))

    return use_case


def plan(*globs: str) -> UseCase:
    return lambda session: plan_changes(session, PlanRequest(selection=Selection(globs=globs)))


def apply(*globs: str) -> UseCase:
    return lambda session: apply_manifests(session, ApplyRequest(selection=Selection(globs=globs)))


def drift(*globs: str) -> UseCase:
    return lambda session: detect_drift(session, DriftRequest(selection=Selection(globs=globs)))


def validate(*globs: str) -> UseCase:
    return lambda session: validate_manifests(session, ValidateRequest(selection=Selection(globs=globs)))


def show(shop: str) -> UseCase:
    return lambda session: show_shop(session, ShopKey(shop))


def runs(session: Session) -> object:
    return list_runs(session, HistoryRequest())


def steps(session: Session) -> object:
    return list_steps(session, HistoryRequest(shop=ShopKey(FIRST)))


def fmt(*, check: bool) -> UseCase:
    return lambda session: format_manifests(session, FormatRequest(check=check))


def new(shop: str) -> UseCase:
    return lambda session: create_manifest(session, NewManifestRequest(shop=ShopKey(shop)))


def take_over(*shops: str, check: bool = False) -> UseCase:
    request = ImportRequest(globs=shops, check=check)
    return lambda session: import_manifests(session, request, folder=ImportFolder(path=Path("taken")))


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLEET_TOKEN", TOKEN)
    monkeypatch.chdir(tmp_path)
    return write_fleet(tmp_path / "fleet")


@pytest.fixture
def applied(fleet: Path) -> Path:
    answer(open_caller(fleet), apply())
    return fleet


@pytest.fixture
def broken(applied: Path) -> Path:
    """A fleet that was applied, and in which the second manifest is not valid any more."""
    rewrite(applied, SECOND, "enabled: true", "enabled: perhaps")
    return applied


@pytest.fixture
def drifted(applied: Path) -> Path:
    """A fleet that was applied, and in which a merchant changed the first shop."""
    merchant_edits(applied, FIRST, notificationEmail="merchant@kyoto-tea.example")
    return applied


def answer(caller: Caller, use_case: UseCase) -> CommandResult:
    """What the use case returns, awaited where that is needed; checked for what holds of every result."""
    result = use_case(caller.session)
    if inspect.isawaitable(result):
        result = caller.run(lambda _session: result)
    assert isinstance(result, CommandResult)
    assert result.kind
    assert result.requests == tuple(caller.listener.requests)
    assert set(result.diagnostics) <= set(result.all_diagnostics)
    check_exit_code(result)
    return result


def check_exit_code(result: CommandResult) -> None:
    """An error is never success, and there is no failure without an error."""
    errors = [each for each in result.all_diagnostics if each.severity is Severity.ERROR]
    if errors:
        assert result.exit_code not in {ExitCode.DONE, ExitCode.DIFFERENCES}
    else:
        assert result.exit_code not in {ExitCode.ERROR, ExitCode.UNREACHABLE}


DONE, ERROR, DIFFERENCES, REFUSED = ExitCode.DONE, ExitCode.ERROR, ExitCode.DIFFERENCES, ExitCode.REFUSED
BOTH = dict.fromkeys(SHOPS, "imported")


@dataclass(frozen=True, slots=True)
class Case:
    """What a use case answers in a state of the fleet. `counts` None: each shop is counted once, under its outcome."""

    state: str
    use_case: UseCase
    exit_code: ExitCode
    outcomes: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] | None = None


CASES = {
    "validate": Case("fleet", validate(), DONE, {FIRST: "valid", SECOND: "valid"}),
    "validate, broken": Case("broken", validate(), ERROR, {FIRST: "valid", SECOND: "broken"}),
    "validate, unknown": Case("fleet", validate(UNKNOWN), ERROR),
    "plan": Case("fleet", plan(), DONE, {FIRST: "changed", SECOND: "changed"}),
    "plan, in sync": Case("applied", plan(), DONE, {FIRST: "unchanged", SECOND: "unchanged"}),
    "plan, broken": Case("broken", plan(), ERROR, {FIRST: "unchanged"}),
    "plan, unknown": Case("fleet", plan(UNKNOWN), ERROR),
    "apply": Case("fleet", apply(), DONE, {FIRST: "applied", SECOND: "applied"}),
    "apply, in sync": Case("applied", apply(), DONE, {FIRST: "unchanged", SECOND: "unchanged"}),
    "apply, broken": Case("broken", apply(), ERROR, {FIRST: "unchanged"}),
    "apply, unknown": Case("fleet", apply(UNKNOWN), ERROR),
    "drift": Case("drifted", drift(), DIFFERENCES, {FIRST: "drifted", SECOND: "in-sync"}),
    "drift, in sync": Case("applied", drift(), DONE, {FIRST: "in-sync", SECOND: "in-sync"}),
    "drift, broken": Case("broken", drift(), ERROR, {FIRST: "in-sync"}),
    "drift, unknown": Case("fleet", drift(UNKNOWN), ERROR),
    "resume": Case("applied", resume_runs, DONE),
    "show": Case("applied", show(FIRST), DONE),
    "show, unknown": Case("fleet", show(UNKNOWN), ERROR),
    "history": Case("applied", runs, DONE),
    "history, none": Case("fleet", runs, DONE),
    "steps": Case("applied", steps, DONE),
    "leases": Case("applied", list_leases, DONE),
    "fmt": Case("fleet", fmt(check=False), DONE, counts={"changed": 2}),
    "fmt, checked": Case("fleet", fmt(check=True), REFUSED, counts={"changed": 2}),
    "fmt, broken": Case("broken", fmt(check=False), ERROR, counts={"changed": 1}),
    "new": Case("fleet", new("nara-ink"), DONE, {"nara-ink": "created"}, counts={}),
    "new, existing": Case("fleet", new(FIRST), REFUSED, {FIRST: "refused"}, counts={}),
    "onboard": Case("fleet", onboard(COLUMNS + GOOD_ROW), DONE, {"nara-ink": "created"}),
    "onboard, checked": Case("fleet", onboard(COLUMNS + GOOD_ROW, check=True), DIFFERENCES, {"nara-ink": "created"}),
    "onboard, bad row": Case("fleet", onboard(COLUMNS + GOOD_ROW + BAD_ROW), ERROR),
    "import": Case("fleet", take_over(), DONE, BOTH, {"shops": 2, "files": 3}),
    "import, one": Case("applied", take_over(FIRST), DONE, {FIRST: "imported"}, {"shops": 1, "files": 1, "secrets": 1}),
    "import, checked": Case("fleet", take_over(check=True), DIFFERENCES, BOTH, {"shops": 2, "files": 3}),
    "import, unknown": Case("fleet", take_over(UNKNOWN), ERROR),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_exit_code_counts_and_outcomes_agree(
    case: Case, request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> None:
    """And nothing is printed: a result is all that a caller gets."""
    result = answer(open_caller(request.getfixturevalue(case.state)), case.use_case)
    counted = {name: count for name, count in result.counts.items() if count}
    assert (result.exit_code, dict(result.outcomes)) == (case.exit_code, case.outcomes)
    assert counted == (Counter(case.outcomes.values()) if case.counts is None else case.counts)
    assert capfd.readouterr() == ("", "")


def test_what_is_shown_and_listed(applied: Path) -> None:
    shown = answer(open_caller(applied), show(FIRST))
    assert isinstance(shown, ShopResult)
    assert shown.observed.shop == FIRST
    listed = answer(open_caller(applied), runs)
    assert isinstance(listed, HistoryResult)
    assert [(run.command, run.shops) for run in listed.runs] == [("apply", 2)]
    done = answer(open_caller(applied), steps)
    assert isinstance(done, StepHistoryResult)
    assert [(run.run, bool(records)) for run, records in done.runs] == [(listed.runs[0].run, True)]
    held = answer(open_caller(applied), list_leases)
    assert isinstance(held, TableResult)
    assert held.rows == ()


def test_a_use_case_that_checks_writes_no_file(fleet: Path) -> None:
    before = {file: file.read_bytes() for file in fleet.rglob("*.yaml")}
    for use_case in (fmt(check=True), onboard(COLUMNS + GOOD_ROW, check=True), take_over(check=True), plan(), drift()):
        answer(open_caller(fleet), use_case)
    assert {file: file.read_bytes() for file in fleet.rglob("*.yaml")} == before
    assert not Path("taken").exists()


def test_a_session_without_people_approves_listens_to_nothing_and_is_never_asked_to_stop(fleet: Path) -> None:
    settings = load_settings(fleet / "reconciler.yaml")
    assert isinstance(settings, Settings)
    session = open_session(settings)
    partners: tuple[Approver, Listener, StopSignals] = (session.approver, session.listener, session.stop_signals)
    result = anyio.run(apply_manifests, session, ApplyRequest())
    assert (result.exit_code, len(partners)) == (ExitCode.DONE, 3)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_session_renders_results_within_a_budget(fleet: Path, language: str) -> None:
    settings = load_settings(fleet / "reconciler.yaml")
    assert isinstance(settings, Settings)
    session = open_session(settings)
    renderer: Renderer = session.renderer
    result = validate_manifests(session, ValidateRequest())
    whole = renderer.render(result, "text", language)
    assert renderer.render(result, "text", language, len(whole)) == whole
    with pytest.raises(ValueError, match="too small"):
        renderer.render(result, "json", language, 5)


def test_the_command_line_is_not_imported() -> None:
    assert command_line_imports(Path(__file__)) == []
