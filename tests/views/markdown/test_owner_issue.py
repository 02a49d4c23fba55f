"""The text and the title of an issue, whatever the values are."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from reconciler.core.findings.finding import ChangeAuthor, Finding, FindingClass, FindingKey, FindingState
from reconciler.core.findings.owner_findings import OwnerFindings, findings_by_owner
from reconciler.core.findings.runbooks import Runbooks, RunbookTeam
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.results.owner_issue_result import OwnerIssueResult
from reconciler.views import i18n
from reconciler.views.common.context import RenderContext
from reconciler.views.markdown.owner_issue import owner_issue_markdown, owner_issue_title

MARKER = "<!-- reconciler:findings:production:0123456789abcdef:0123456789abcdef -->"
OPENED, CHANGED = "2026-11-28T03:00:00Z", "2026-11-28T02:10:00Z"
HOSTILE = st.text(alphabet=st.sampled_from("`@a/!#1~&|\\\n\r<>-:$*_[]()\u202e茶 "), max_size=40)


def finding(shop: str, kind: FindingClass, severity: FindingSeverity, field: str = "", **more: object) -> Finding:
    made = Finding(
        key=FindingKey(fleet="kyoto", shop=shop, field=field, kind=kind),
        state=FindingState.OPEN,
        severity=severity,
        first_seen=OPENED,
        opened=OPENED,
        last_seen=OPENED,
        since=OPENED,
        flipped=OPENED,
        owner="@kyoto/payments",
    )
    return replace(made, **more)  # type: ignore[arg-type]  # names of fields


FINDINGS = (
    finding("uji-cups", FindingClass.SILENT_NOTIFICATIONS, FindingSeverity.HIGH),
    finding(
        "kyoto-tea",
        FindingClass.DRIFTED,
        FindingSeverity.MEDIUM,
        "amazon.notification.email",
        desired="a@kyoto-tea.example",
        observed="new@kyoto-tea.example",
        author=ChangeAuthor(actor="aoi", actor_type="MERCHANT", at=CHANGED),
        state=FindingState.FLAPPING,
    ),
    finding(
        "nara-ink",
        FindingClass.CONFLICT,
        FindingSeverity.CRITICAL,
        "amazon.api.mws_auth_token",
        desired={"digest": "k1:aaaaaaaa"},
        observed={"digest": "k1:bbbbbbbb"},
    ),
    finding(
        "A1CASE00000001", FindingClass.FOREIGN_ENDPOINT, FindingSeverity.CRITICAL, observed="https://x.example/ipn"
    ),
)


def page(*found: Finding) -> OwnerIssueResult:
    [group] = findings_by_owner(found)
    return OwnerIssueResult(marker=MARKER, environment="production", group=group)


def context(code: str = "en", budget: int | None = None) -> RenderContext:
    return RenderContext(language=i18n.language(code), budget=budget)


def test_a_text_shows_the_most_severe_first_and_no_secret(snapshot: SnapshotAssertion) -> None:
    shown = owner_issue_markdown(page(*FINDINGS), context("ja"))
    assert shown == snapshot
    assert "digest" not in shown
    assert "bbbbbbbb" not in shown


def test_a_text_is_the_same_in_any_order_and_at_each_check() -> None:
    seen = [replace(each, last_seen="2026-11-29T03:00:00Z") for each in reversed(FINDINGS)]
    assert owner_issue_markdown(page(*FINDINGS), context("ja")) == owner_issue_markdown(page(*seen), context("ja"))


def test_a_text_keeps_to_its_budget_and_shows_the_most_severe() -> None:
    many = [replace(FINDINGS[1], key=replace(FINDINGS[1].key, shop=f"shop-{nth:04}")) for nth in range(2_000)]
    shown = owner_issue_markdown(page(*many, FINDINGS[2]), context("en", 20_000))
    assert len(shown) <= 20_000
    assert shown.startswith(f"{MARKER}\n")
    assert "`nara-ink`" in shown
    assert "Omitted: " in shown
    assert "`reconciler findings list --owner @kyoto/payments`" in shown


@given(HOSTILE, HOSTILE, HOSTILE)
def test_no_value_mentions_refers_to_or_marks_anything(owner: str, value: str, actor: str) -> None:
    author = ChangeAuthor(actor=actor or "x", actor_type="MERCHANT", at=CHANGED)
    changed = replace(FINDINGS[1], owner=owner, observed=value, author=author)
    shown = owner_issue_markdown(page(changed), context())
    lines = shown.splitlines()
    assert lines[0] == MARKER
    assert not any(line.startswith(("/", "<!--")) for line in lines[1:])
    plain = _without_code(shown.removeprefix(MARKER))
    assert not set(plain) & set("@!~&$<>\u202e")
    assert plain.count("\n") == shown.count("\n")


@given(HOSTILE)
def test_a_title_is_one_line_that_calls_nobody(owner: str) -> None:
    group = OwnerFindings(owners=tuple(owner.split()), findings=FINDINGS[:1])
    title = owner_issue_title(OwnerIssueResult(marker=MARKER, environment="production", group=group), context())
    assert title.isprintable()
    assert not set(title) & set("`<>[]|\\")
    words = title.removeprefix("Drift: ").split()
    assert not any(word.startswith(("@", "#", "!", "~", "&", "$", "%")) for word in words)
    assert len(title) < 200


def test_without_an_owner_the_title_says_so() -> None:
    unowned = replace(FINDINGS[0], owner=None)
    assert owner_issue_title(page(unowned), context()) == "Drift: no owner (production)"


def _without_code(text: str) -> str:
    """What a forge looks into: everything outside of code spans."""
    parts, rest = [], text
    while "`" in rest:
        before, _, after = rest.partition("`")
        fence = "`" * (1 + len(after) - len(after.lstrip("`")))
        parts.append(before)
        inside, closed, rest = (after.lstrip("`")).partition(fence)
        while rest.startswith("`"):  # a longer run does not close it
            longer = len(rest) - len(rest.lstrip("`"))
            more, closed, rest = rest[longer:].partition(fence)
            inside += more
        assert closed, "a code span is not closed"
    return "".join(parts) + rest


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_class_has_a_link_to_its_runbook_and_each_contact_is_named_once(language: str) -> None:
    runbooks = Runbooks(
        url="https://docs.example/{language}/{page}.html#{section}",
        escalation={RunbookTeam.PAYMENTS: "payments-oncall@example.com"},
    )
    shown = owner_issue_markdown(replace(page(*FINDINGS), runbooks=runbooks), context(language))
    address = f"https://docs.example/{language}/finding-runbooks.html#"
    for kind in {each.key.kind for each in FINDINGS}:
        assert shown.count(f"]({address}{kind.value})") == 1
    assert shown.count("`payments-oncall@example.com`") == 1


def test_without_an_address_the_pages_of_the_tool_are_named_and_without_contacts_none_is() -> None:
    shown = owner_issue_markdown(page(FINDINGS[0]), context())
    assert "`docs/finding-runbooks.md#silent-notifications`" in shown
    assert "Escalate to" not in shown
