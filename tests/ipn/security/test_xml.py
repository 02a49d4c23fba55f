"""Checklist I: XML documents that would say something else to another reader, or cost too much."""

import json
import time

import pytest

from reconciler.ipn.verify import notification as notice
from reconciler.ipn.verify.notification import CaptureNotification
from reconciler.ipn.verify.reasons import Refused, RejectReason
from tests.support.sns_signer import CAPTURE, NAMESPACE, capture_xml, refund_xml, v1_message

GOOD = capture_xml(state="Pending")
COMPLETED = capture_xml(state="Completed")


def read(data: object, kind: str = "PaymentCapture") -> CaptureNotification:
    found = notice.read(v1_message(kind, data))
    assert isinstance(found, CaptureNotification)
    return found


def ground_of(data: object, kind: str = "PaymentCapture") -> RejectReason:
    with pytest.raises(Refused) as refusal:
        read(data, kind)
    return refusal.value.ground


def with_part(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


def with_doctype(subset: str, state: str) -> str:
    declaration, _, rest = with_part("<State>Pending</State>", f"<State>{state}</State>").partition("?>")
    return f"{declaration}?><!DOCTYPE CaptureNotification {subset}>{rest}"


def test_i_a_good_document_is_read():
    assert (read(GOOD).state, read(COMPLETED).state) == ("Pending", "Completed")


@pytest.mark.parametrize(
    ("subset", "state"),
    [
        ('[<!ENTITY c "Completed">]', "&c;"),
        ('[<!ENTITY c SYSTEM "file:///etc/passwd">]', "&c;"),
        ('[<!ENTITY c SYSTEM "http://169.254.169.254/">]', "&c;"),
        ('[<!ENTITY % p SYSTEM "http://169.254.169.254/"> %p;]', "Pending"),
        ('SYSTEM "http://169.254.169.254/x.dtd"', "Pending"),
        ("", "Pending"),
        ('[<!ATTLIST State x CDATA "y">]', "Pending"),
    ],
)
def test_i_any_document_type_is_refused(subset, state):
    assert ground_of(with_doctype(subset, state)) is RejectReason.BAD_XML


def test_i_billion_laughs_are_refused_at_once():
    entities = '<!ENTITY l0 "lol">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    start = time.perf_counter()
    assert ground_of(with_doctype(f"[{entities}]", "&l11;")) is RejectReason.BAD_XML
    assert ground_of(with_doctype(f'[<!ENTITY q "{"q" * 50_000}">]', "&q;" * 5_000)) is RejectReason.BAD_XML
    assert time.perf_counter() - start < 1


def test_i_an_undeclared_entity_is_refused():
    assert ground_of(with_part("<State>Pending", "<State>&nbsp;Pending")) is RejectReason.BAD_XML


def test_i_a_character_reference_is_the_character():
    assert read(with_part("<State>Pending", "<State>&#80;ending")).state == "Pending"


def test_i_a_blank_before_the_declaration_is_refused():
    assert ground_of(" " + GOOD) is RejectReason.BAD_XML
    assert ground_of("\ufeff\n" + GOOD) is RejectReason.BAD_XML


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1", "UTF-7", "cp932", "ibm037", "nonsense"])
def test_i_the_encoding_that_a_text_claims_has_no_say(encoding):
    """It was signed as text; a reader that believed the claim would see other letters."""
    assert read(with_part('encoding="UTF-8"', f'encoding="{encoding}"')) == read(GOOD)


@pytest.mark.parametrize(
    "namespace",
    [
        "https://mws-eu.amazonservices.com/ipn/OffAmazonPayments/2013-01-01",
        "https://mws.amazonservices.jp/ipn/OffAmazonPayments/2013-01-01",
    ],
)
def test_i_the_namespaces_of_other_marketplaces_are_amazons_too(namespace):
    assert read(capture_xml(namespace=namespace)) == read(COMPLETED)


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        "https://evil.example/",
        "https://invalid.amazonservices.com/ipn/OffAmazonPayments/2013-01-01",
        NAMESPACE + "/",
        NAMESPACE + " ",
    ],
)
def test_i_other_namespaces_and_none_are_not(namespace):
    assert ground_of(capture_xml(namespace=namespace)) is RejectReason.BAD_XML


def test_i_a_prefixed_namespace_is_the_same_document():
    prefixed = GOOD.replace("</", "\x00").replace("<", "<a:").replace("\x00", "</a:").replace("<a:?", "<?")
    assert read(prefixed.replace("xmlns=", "xmlns:a=")) == read(GOOD)


def test_i_a_state_of_another_namespace_is_none():
    assert ground_of(with_part("<State>", '<State xmlns="https://evil.example/">')) is RejectReason.BAD_XML


@pytest.mark.parametrize(
    "name",
    ["State", "AmazonCaptureId", "LastUpdateTimestamp", "Amount", "CurrencyCode", "CaptureStatus", "CaptureAmount"],
)
def test_i_a_duplicate_or_missing_element_is_refused(name):
    begin = GOOD.index(f"<{name}>")
    end = GOOD.index(f"</{name}>") + len(f"</{name}>")
    whole = GOOD[begin:end]
    assert ground_of(GOOD[:begin] + whole + GOOD[begin:]) is RejectReason.BAD_XML
    assert ground_of(GOOD[:begin] + GOOD[end:]) is RejectReason.BAD_XML


def test_i_two_details_are_refused():
    inside = GOOD[GOOD.index("<CaptureDetails>") : GOOD.index("</CaptureNotification>")]
    assert ground_of(GOOD.replace("</CaptureNotification>", inside + "</CaptureNotification>")) is RejectReason.BAD_XML


def test_i_a_duplicate_reason_is_refused_and_none_is_none():
    assert ground_of(
        with_part("<ReasonDescription>", "<ReasonCode>A</ReasonCode><ReasonCode>B</ReasonCode><ReasonDescription>")
    ) is (RejectReason.BAD_XML)
    for none in ("<ReasonCode>None</ReasonCode>", "<ReasonCode/>", ""):
        assert read(with_part("<ReasonDescription>", f"{none}<ReasonDescription>")).reason is None
    assert read(capture_xml(reason="AmazonRejected")).reason == "AmazonRejected"
    assert ground_of(capture_xml(reason="two words\nand lines")) is RejectReason.BAD_XML


@pytest.mark.parametrize(
    "decoy", ["<State>Completed</State>", "<CaptureStatus><State>Completed</State></CaptureStatus>"]
)
@pytest.mark.parametrize("note", ["SellerCaptureNote", "SoftDescriptor", "CaptureReferenceId"])
def test_i_a_decoy_inside_a_note_is_ignored(note, decoy):
    assert read(with_part(f"<{note}>", f"<{note}>{decoy}")).state == "Pending"


def test_i_a_decoy_at_another_depth_is_ignored():
    assert (
        read(with_part("<CaptureDetails>", "<State>Completed</State><CaptureDetails><State>Completed</State>")).state
        == "Pending"
    )


@pytest.mark.parametrize(
    "state",
    [
        "Com<!-- -->pleted",
        "<!-- -->Completed",
        "Com<?x y?>pleted",
        "Completed<!-- -->",
        "Completed<x/>",
        "<x>Completed</x>",
        "Com<x/>pleted",
    ],
)
def test_i_a_value_with_something_in_it_is_refused(state):
    assert ground_of(with_part("<State>Pending", f"<State>{state}")) is RejectReason.BAD_XML


def test_i_comments_between_elements_do_not_matter():
    assert read(with_part("<CaptureStatus>", "<!-- State --><?x y?><CaptureStatus><!-- x -->")) == read(GOOD)


def test_i_cdata_is_the_text_it_holds():
    assert read(with_part("<State>Pending", "<State><![CDATA[Pend]]>ing")).state == "Pending"
    assert read(with_part("内緒", "<![CDATA[<State>Completed</State>]]>")).state == "Pending"


def test_i_ids_and_states_padded_with_blanks_are_the_ids_and_states():
    padded = GOOD.replace(CAPTURE, f"\n\t  {CAPTURE}\n ").replace("Pending", " \r\nPending\n")
    assert read(padded) == read(GOOD)


@pytest.mark.parametrize("blank", ["\u3000", "\u00a0", "\u200b", "\u2028"])
def test_i_other_blanks_are_not_taken_off(blank):
    assert ground_of(GOOD.replace(CAPTURE, CAPTURE + blank)) is RejectReason.BAD_ID


def test_i_the_case_of_a_state_is_not_corrected():
    """It is read unchanged, and an unknown state has no effect."""
    assert read(with_part("Pending", "CLOSED")).state == "CLOSED"


@pytest.mark.parametrize("state", ["", " ", "完了", "Com pleted", "Pending\nX-Header: 1", "x" * 65])
def test_i_a_state_that_is_no_word_is_refused(state):
    assert ground_of(with_part("<State>Pending", f"<State>{state}")) is RejectReason.BAD_XML


@pytest.mark.parametrize(
    "updated",
    [
        "",
        "yesterday",
        "2026-11-23",
        "2026-11-23T03:00:00",
        "2026-13-23T03:00:00Z",
        "2026-11-23T25:00:00.000Z",
        "２０２６-11-23T03:00:00Z",
        "9999-12-31T23:59:59.000Z",
        "0001-01-01T00:00:00Z",
    ],
)
def test_i_a_moment_has_its_one_form(updated):
    begin, end = GOOD.index("<LastUpdateTimestamp>"), GOOD.index("</LastUpdateTimestamp>")
    assert ground_of(GOOD[:begin] + "<LastUpdateTimestamp>" + updated + GOOD[end:]) is RejectReason.BAD_XML


def test_i_two_hundred_thousand_nested_elements_are_refused_at_once():
    start = time.perf_counter()
    assert ground_of(with_part("<IdList/>", "<a>" * 200_000 + "</a>" * 200_000)) is RejectReason.BAD_XML
    assert ground_of(with_part("<IdList/>", "<a/>" * 200_000)) is RejectReason.BAD_XML
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("beside", [0, 40])
@pytest.mark.parametrize("levels", range(28, 36))
def test_i_more_than_32_levels_are_refused_whatever_else_is_in_the_document(levels, beside):
    inside = "<X>" * (levels - 3) + "<X/>" + "</X>" * (levels - 3)  # below the root and its details
    details = f"<CaptureDetails>{inside}{'<Y/>' * beside}</CaptureDetails>"
    document = f'<CaptureNotification xmlns="{NAMESPACE}">{details}</CaptureNotification>'
    with pytest.raises(Refused) as refusal:
        read(document)
    assert refusal.value.ground is RejectReason.BAD_XML
    assert ("nested too deeply" in refusal.value.detail) == (levels > 32)


def test_i_a_root_of_another_kind_is_refused():
    assert ground_of(refund_xml()) is RejectReason.BAD_XML
    assert ground_of(GOOD, "PaymentRefund") is RejectReason.BAD_XML
    assert ground_of(GOOD.replace("CaptureDetails", "RefundDetails")) is RejectReason.BAD_XML
    assert ground_of(GOOD.replace("CaptureNotification", "RefundNotification")) is RejectReason.BAD_XML


@pytest.mark.parametrize(
    "data",
    ["", " ", "<", "plain", "<a>", GOOD[:-5], GOOD + "<a/>", GOOD.replace("<State>", "<State\x00>"), "\x0b" + GOOD],
)
def test_i_what_is_no_xml_is_refused(data):
    assert ground_of(data) is RejectReason.BAD_XML


@pytest.mark.parametrize("data", [None, 5, {"CaptureNotification": {}}, [], False])
def test_i_notification_data_that_is_no_text_is_refused(data):
    assert ground_of(data) is RejectReason.BAD_NOTICE


def test_i_v1_without_notification_data_is_refused():
    with pytest.raises(Refused):
        notice.read(
            json.dumps(
                {
                    key: value
                    for key, value in json.loads(v1_message("PaymentCapture", GOOD)).items()
                    if key != "NotificationData"
                }
            )
        )


def test_i_nothing_of_the_document_is_quoted_when_it_is_refused():
    with pytest.raises(Refused) as refusal:
        read(with_part("<State>Pending", "<State>山田花子 様"))
    assert "山田" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_i_a_notice_holds_nothing_of_the_buyer():
    assert "内緒" not in repr(read(GOOD))


def test_i_a_notification_that_was_read_is_not_parsed_again_and_a_refused_one_is_refused_again():
    message = v1_message("PaymentCapture", GOOD)
    assert notice.read(message) is notice.read(message[:1] + message[1:])
    assert [ground_of("no document") for _ in range(2)] == [RejectReason.BAD_XML] * 2
