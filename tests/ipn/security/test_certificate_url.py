"""Checklist E: the one address at which certificates of the topic's region are kept, and everything that resembles it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.ipn.verify.certificate_url import PARTITIONS, certificate_host, check_address, region_of, signing_name
from reconciler.ipn.verify.envelope import EnvelopePolicy
from reconciler.ipn.verify.reasons import Refused, RejectReason
from tests.ipn.verify_pipeline import SIGNER, accept, read
from tests.support.sns_signer import Signer, as_body, certificate_url

HASH = "0123456789abcdef0123456789abcdef"
FILE = f"SimpleNotificationService-{HASH}.pem"
REGIONS = frozenset[str]().union(*PARTITIONS.values())
HOST = "sns.us-west-2.amazonaws.com"


def refused_address(url: object) -> RejectReason:
    with pytest.raises(Refused) as refusal:
        read(as_body({**SIGNER.notification("x"), "SigningCertURL": url}))
    return refusal.value.ground


def test_e_the_one_address_is_accepted():
    assert read(as_body({**SIGNER.notification("x"), "SigningCertURL": f"https://{HOST}/{FILE}"})).region == "us-west-2"


@pytest.mark.parametrize(
    "url",
    [
        f"http://{HOST}/{FILE}",
        f"HTTPS://{HOST}/{FILE}",
        f"ftp://{HOST}/{FILE}",
        f"//{HOST}/{FILE}",
        f"file:///{FILE}",
        f"https://{HOST}.evil.com/{FILE}",
        f"https://{HOST}.com/{FILE}",
        f"https://evil{HOST}/{FILE}",
        f"https://evil.com/{HOST}/{FILE}",
        f"https://sni.us-west-2.amazonaws.com/{FILE}",
        f"https://sns.us.amazonaws.com/{FILE}",
        f"https://sns.amazonaws.com/{FILE}",
        f"https://sns.ap-northeast-9.amazonaws.com/{FILE}",
        f"https://user:password@{HOST}/{FILE}",
        f"https://{HOST}@evil.com/{FILE}",
        f"https://evil.com\\@{HOST}/{FILE}",
        f"https://{HOST}\\@evil.com/{FILE}",
        f"https://{HOST}:443/{FILE}",
        f"https://{HOST}:8443/{FILE}",
        f"https://{HOST}./{FILE}",
        f"https://{HOST.upper()}/{FILE}",
        f"https://{HOST}/{FILE}\n",
        f"https://{HOST}/{FILE}\t",
        f" https://{HOST}/{FILE}",
        f"https://sns.ap-north\teast-1.amazonaws.com/{FILE}",
        f"https://sns.ap-north\neast-1.amazonaws.com/{FILE}",
        f"https:\\\\{HOST}\\{FILE}",
        f"https://ѕns.us-west-2.amazonaws.com/{FILE}",
        f"https://sns.us-west-2。amazonaws.com/{FILE}",
        f"https://xn--ns-8wb.us-west-2.amazonaws.com/{FILE}",
        f"https://sns.s3-us-west-2.amazonaws.com/{FILE}",
        f"https://sns.s3-accelerate.amazonaws.com/{FILE}",
        f"https://sns.s3.amazonaws.com/{FILE}",
        f"https://s3.amazonaws.com/{HOST}/{FILE}",
        f"https://{HOST}/?x=.pem",
        f"https://{HOST}/{FILE}?x=.pem",
        f"https://{HOST}/?Action=GetTopicAttributes&y=.pem",
        f"https://{HOST}/{FILE}#.pem",
        f"https://{HOST}/a.exe",
        f"https://{HOST}/{FILE}.exe",
        f"https://{HOST}/../{FILE}",
        f"https://{HOST}/a/../{FILE}",
        f"https://{HOST}/%2e%2e/{FILE}",
        f"https://{HOST}//{FILE}",
        f"https://{HOST}/nested/{FILE}",
        f"https://{HOST}/SimpleNotificationService-{HASH[:-1]}.pem",
        f"https://{HOST}/SimpleNotificationService-{HASH}0.pem",
        f"https://{HOST}/SimpleNotificationService-{HASH.upper()}.pem",
        f"https://{HOST}/SimpleNotificationService-{'１' * 32}.pem",
        f"https://{HOST}/SimpleNotificationService-.pem",
        f"https://{HOST}/simplenotificationservice-{HASH}.pem",
        "https://sns.cn-north-1.amazonaws.com.cn/" + FILE,
        "https://sns.us-east-1.amazonaws.com/" + FILE,
        "https://sns.ap-northeast-3.amazonaws.com/" + FILE,
        f"https://127.0.0.1/{FILE}",
        f"https://[::1]/{FILE}",
        f"https://localhost/{FILE}",
        f"https://169.254.169.254/{FILE}",
        "",
        "x",
    ],
)
def test_e_anything_similar_is_refused(url):
    assert refused_address(url) is RejectReason.BAD_ADDRESS


@given(st.text(max_size=80) | st.from_regex(r"https://[a-z0-9.@:/\\-]{0,60}\.pem", fullmatch=True))
def test_e_law_no_other_text_is_an_address(text):
    with pytest.raises(Refused):
        check_address(text, "us-west-2")


@pytest.mark.parametrize("region", sorted(REGIONS))
def test_e_each_region_has_its_own_host_and_no_other_regions_is_taken_for_it(region):
    host = certificate_host(region)
    check_address(f"https://{host}/{FILE}", region)
    for other in REGIONS - {region}:
        with pytest.raises(Refused):
            check_address(f"https://{host}/{FILE}", other)


@pytest.mark.parametrize(
    ("region", "name"),
    [
        ("ap-northeast-1", "sns.amazonaws.com"),
        ("ap-northeast-3", "sns.amazonaws.com"),
        ("us-east-1", "sns.amazonaws.com"),
        ("eu-west-1", "sns.amazonaws.com"),
        ("ap-east-1", "sns-signing.ap-east-1.amazonaws.com"),
        ("me-south-1", "sns-signing.me-south-1.amazonaws.com"),
        ("cn-north-1", "sns-cn-north-1.amazonaws.com.cn"),
        ("cn-northwest-1", "sns-cn-northwest-1.amazonaws.com.cn"),
        ("us-gov-west-1", "sns-us-gov-west-1.amazonaws.com"),
        ("us-gov-east-1", "sns-us-gov-west-1.amazonaws.com"),
    ],
)
def test_e_the_name_on_the_certificate_follows_the_region(region, name):
    assert signing_name(region) == name


def test_e_a_topic_in_china_that_is_configured_is_served_by_its_own_host():
    topic = "arn:aws-cn:sns:cn-north-1:291180941288:A3BXB0YN3XH17H"
    china = Signer(topic=topic, name="sns-cn-north-1.amazonaws.com.cn")
    china.url = certificate_url("cn-north-1").replace(".amazonaws.com/", ".amazonaws.com.cn/")
    assert (
        accept(china.notification("x"), signer=china, rules=EnvelopePolicy(topics=frozenset({topic}))).region
        == "cn-north-1"
    )


def test_e_a_configured_topic_in_an_unknown_region_is_our_own_fault():
    topic = "arn:aws:sns:moon-north-1:291180941288:x"
    with pytest.raises(Refused) as refusal:
        read(as_body(Signer(topic=topic).notification("x")), rules=EnvelopePolicy(topics=frozenset({topic})))
    assert (refusal.value.ground, refusal.value.status) == (RejectReason.NOT_CONFIGURED, 503)
    assert region_of("arn:aws:sns:eu-west-1:1:x") == "eu-west-1"
