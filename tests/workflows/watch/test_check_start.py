"""What keeps a watcher from starting, and what it warns of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from reconciler.adapters.git.checkout import GitCheckout
from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import Diagnostic
from reconciler.core.values import SecretRef
from reconciler.core.watch.watch_settings import WatchSettings, WebhookSecrets
from reconciler.ports import SetupError
from reconciler.ports.watch.checkout import WatchedCheckout
from reconciler.workflows.watch.check_start import check_start, webhook_secrets
from reconciler.workflows.watch.sources import WatchSources
from tests.support.example_fleet import TOKEN
from tests.support.session_harness import open_caller
from tests.workflows.watch.watched_fleet import SETTINGS, StoredStates, WorkTree, commit, git

PULLING = replace(SETTINGS, pull=True)


def check(folder: Path, settings: WatchSettings, checkout: WatchedCheckout | None = None) -> tuple[Diagnostic, ...]:
    sources = WatchSources(states=StoredStates(folder), checkout=checkout)
    return anyio.run(check_start, open_caller(folder).session, sources, settings)


@pytest.fixture
def cloned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("CI", raising=False)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder)
    return folder


def test_a_checkout_that_follows_a_remote_may_be_pulled(cloned: Path) -> None:
    assert check(cloned, PULLING, WorkTree(cloned)) == ()


def test_without_git_a_watcher_says_how_late_it_notices(folder: Path) -> None:
    (warning,) = check(folder, SETTINGS)
    assert warning.code is codes.NOT_IN_GIT
    assert "within 1h" in str(warning.summary)


def test_nothing_can_be_pulled_into_a_folder_outside_git(folder: Path) -> None:
    with pytest.raises(SetupError, match="the manifests are in no Git repository") as caught:
        check(folder, PULLING)
    assert (caught.value.code, caught.value.subject) == (codes.NOTHING_TO_PULL, "watch.pull")


def test_nothing_can_be_pulled_into_a_branch_that_follows_none(cloned: Path) -> None:
    with pytest.raises(SetupError, match="The branch main of the checkout follows no branch of a remote") as caught:
        check(cloned, PULLING, GitCheckout(cloned))
    assert caught.value.code is codes.NOTHING_TO_PULL


def test_a_store_that_ends_with_a_ci_job_is_refused(cloned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(SetupError, match="inside the work tree of a CI job") as caught:
        check(cloned, SETTINGS, WorkTree(cloned))
    assert caught.value.code is codes.WATCH_STORE


def test_secrets_of_webhooks_are_found_by_sender(folder: Path) -> None:
    session = open_caller(folder).session
    reference = SecretRef("ref+env://FLEET_TOKEN")
    found = webhook_secrets(session, replace(SETTINGS, webhooks=WebhookSecrets(github=reference)))
    assert {sender: secret.reveal() for sender, secret in found.items()} == {"github": TOKEN}


def test_a_secret_of_webhooks_that_is_missing_is_named(folder: Path) -> None:
    session = open_caller(folder).session
    webhooks = WebhookSecrets(gitlab=SecretRef("ref+env://NOT_SET_ANYWHERE"))
    with pytest.raises(SetupError, match="secret of gitlab webhooks is not available") as caught:
        webhook_secrets(session, replace(SETTINGS, webhooks=webhooks))
    assert (caught.value.code, caught.value.subject) == (codes.NO_WEBHOOK_SECRET, "watch.webhooks.gitlab")
