"""What a drift check says of findings: which differences are some, and what a check could have seen."""

from dataclasses import replace

from reconciler.core.diagnostics import codes
from reconciler.core.diagnostics.diagnostic import diagnostic
from reconciler.core.diagnostics.messages import msg
from reconciler.core.drift.audit import AuditEntry
from reconciler.core.drift.drift import Drift, DriftEntry, ShopDrift
from reconciler.core.drift.foreign_endpoints import ForeignEndpoints
from reconciler.core.drift.label import DriftLabel
from reconciler.core.drift.missed_notifications import NotificationState
from reconciler.core.drift.payment_problems import PaymentProblem
from reconciler.core.drift.unmanaged import UnmanagedShop, UnmanagedShops
from reconciler.core.findings.finding import FindingClass
from reconciler.core.findings.sightings import SightingContext, scope_of, sightings_of
from reconciler.core.model.canonical import DigestKey
from reconciler.core.model.kinds import KINDS
from reconciler.core.model.policy import FindingSeverity
from reconciler.core.model.state import FieldRef
from reconciler.core.values import Origin, SealedSecret, Secret, SecretRef, ShopKey

MAIL = FieldRef("amazon_settings", "notification_email")
TOKEN = FieldRef("amazon_settings", "mws_auth_token")
BUTTONS = FieldRef("amazon_settings", "buttons_visible")
CONTEXT = SightingContext(fleet="fleet", key=DigestKey(b"key"))


def entry(label: DriftLabel, ref=MAIL, desired="git", observed="live", **words) -> DriftEntry:
    return DriftEntry(ref=ref, desired=desired, observed=observed, label=label, origin=Origin("x.yaml"), **words)


def shop(*entries: DriftEntry, key="kyoto-tea", **words) -> ShopDrift:
    return ShopDrift(shop=ShopKey(key), origin=Origin(f"shops/{key}.yaml"), entries=entries, **words)


def seen(*shops: ShopDrift, context=CONTEXT, **words):
    return list(sightings_of(Drift(shops=shops, **words), context))


def test_pending_and_converged_are_no_findings():
    classes = {label: [each.key.kind for each in seen(shop(entry(label)))] for label in DriftLabel}
    assert classes == {
        DriftLabel.PENDING: [],
        DriftLabel.CONVERGED: [],
        DriftLabel.DRIFTED: [FindingClass.DRIFTED],
        DriftLabel.DIFFERS: [FindingClass.DRIFTED],
        DriftLabel.CONFLICT: [FindingClass.CONFLICT],
        DriftLabel.NOT_FOLLOWING: [FindingClass.NOT_FOLLOWING],
    }


def test_a_sighting_has_the_place_the_values_and_the_author():
    changed = AuditEntry(at="2026-04-01T03:00:00Z", actor="tanaka", actor_type="MERCHANT", field=MAIL, name="mail")
    (one,) = seen(shop(entry(DriftLabel.DRIFTED, changed=changed)))
    assert (one.key.shop, one.key.field, one.file) == ("kyoto-tea", "amazon.notification.email", "shops/kyoto-tea.yaml")
    assert (one.desired, one.observed, one.severity) == ("git", "live", FindingSeverity.MEDIUM)
    assert one.author is not None
    assert (one.author.actor, one.author.at) == ("tanaka", "2026-04-01T03:00:00Z")


def test_a_secret_is_a_digest_only():
    token = Secret("amzn.mws.very-secret", SecretRef("ref+env://TOKEN"))
    (one,) = seen(shop(entry(DriftLabel.DRIFTED, TOKEN, token, SealedSecret("00", "ff"))))
    assert isinstance(one.desired, dict)
    assert isinstance(one.observed, dict)
    assert set(one.desired) == {"sensitive", "source", "digest"}
    assert set(one.observed) == {"sensitive", "digest"}
    assert "very-secret" not in repr(one)
    assert one.severity is FindingSeverity.CRITICAL


def test_a_derived_field_has_its_own_name():
    (one,) = seen(shop(entry(DriftLabel.NOT_FOLLOWING, BUTTONS, True, False)))
    assert one.key.field == "amazon_settings.buttons_visible"


def test_what_keeps_payments_from_working_is_a_finding_of_the_shop():
    found = seen(shop(problems=tuple(PaymentProblem), missed_notifications=True))
    assert [(each.key.kind, each.key.field, each.severity) for each in found] == [
        (FindingClass.CREDENTIALS_REFUSED, "", FindingSeverity.CRITICAL),
        (FindingClass.BUTTONS_HIDDEN, "", FindingSeverity.CRITICAL),
        (FindingClass.SILENT_NOTIFICATIONS, "", FindingSeverity.HIGH),
    ]


def test_a_shop_that_was_left_closed():
    context = replace(CONTEXT, left_closed=[ShopKey("kyoto-tea")])
    assert [each.key.kind for each in seen(shop(), context=context)] == [FindingClass.LEFT_CLOSED]


def test_a_foreign_endpoint_belongs_to_the_seller():
    urls = ("https://a.example/ipn", "https://b.example/ipn")
    foreign = (ForeignEndpoints(shop=ShopKey("kyoto-tea"), seller="A1EXAMPLE234567", urls=urls),)
    (one,) = seen(shop(), foreign=foreign)
    assert (one.key.shop, one.key.kind) == ("A1EXAMPLE234567", FindingClass.FOREIGN_ENDPOINT)
    assert one.observed == list(urls)
    assert one.file == "shops/kyoto-tea.yaml"


def test_labels_and_group_are_those_of_the_shop():
    labels, words = {"tier": "gold"}, {"missed_notifications": True, "group": "standard"}
    foreign = (ForeignEndpoints(shop=ShopKey("kyoto-tea"), seller="A1EXAMPLE234567", urls=("https://a.example/ipn",)),)
    found = seen(shop(entry(DriftLabel.DRIFTED), labels=labels, **words), foreign=foreign)
    assert [each.key.kind for each in found] == [
        FindingClass.DRIFTED,
        FindingClass.SILENT_NOTIFICATIONS,
        FindingClass.FOREIGN_ENDPOINT,
    ]
    assert {(tuple(each.labels.items()), each.group) for each in found} == {((("tier", "gold"),), "standard")}


def test_only_a_shop_that_was_managed_is_missed():
    shops = (UnmanagedShop(shop=ShopKey("a")), UnmanagedShop(shop=ShopKey("b"), applied="2026-04-01T03:00:00Z"))
    assert [each.key.shop for each in seen(unmanaged=UnmanagedShops(shops=shops))] == ["b"]


def test_the_owner_is_the_code_owner_or_else_the_label():
    context = replace(CONTEXT, owner_of={"shops/kyoto-tea.yaml": "@pay"}.get)
    drifted = entry(DriftLabel.DRIFTED)
    labelled = {"owner": "desk", "severity": "high"}
    found = seen(shop(drifted, labels=labelled), shop(drifted, key="uji-cups", labels=labelled), context=context)
    assert [(each.owner, each.severity) for each in found] == [
        ("@pay", FindingSeverity.HIGH),
        ("desk", FindingSeverity.HIGH),
    ]


UNREAD = shop(
    key="down",
    findings=(diagnostic(codes.UNREACHABLE, msg("No answer")),),
    unread_kinds=frozenset(kind.name for kind in KINDS),
)


def test_the_scope_of_a_check():
    heard = shop(key="heard", notifications=NotificationState())
    cut_off = (diagnostic(codes.UNEXPECTED, msg("not understood")),)
    partly = shop(key="partly", findings=cut_off, unread_kinds=frozenset({"system_parts"}))
    drift = Drift(shops=(shop(), heard, UNREAD, partly), sellers=frozenset({"A1"}))
    scope = scope_of(drift, replace(CONTEXT, complete=True, journal=True))
    assert scope.compared == {"kyoto-tea", "heard", "partly"}
    assert scope.unread_kinds == {("partly", "system_parts")}
    assert scope.unread == {"down"}
    assert scope.heard == {"heard"}
    assert scope.sellers == {"A1"}
    assert scope.complete
    assert scope.journal
    assert not scope.listed


def test_with_a_manifest_that_cannot_be_read_the_check_is_not_complete():
    broken = (diagnostic(codes.UNKNOWN_KEY, msg("unknown key")),)
    assert not scope_of(Drift(shops=(), findings=broken), replace(CONTEXT, complete=True)).complete
    note = (diagnostic(codes.NO_TRAIL, msg("no trail")),)
    assert scope_of(Drift(shops=(), findings=note), replace(CONTEXT, complete=True)).complete
