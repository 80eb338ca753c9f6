"""Which addresses may be told, how long is waited, what an answer means."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auction.procedure.partners import rules

THIS_MACHINE = ["https://localhost/", "https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/"]
REFUSED = [
    *THIS_MACHINE,
    "",
    "partner.example.com/hooks",
    "http://partner.example.com/hooks",
    "ftp://partner.example.com/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://",
    "https:///hooks",
    "https://user@partner.example.com/",
    "https://user:pass@partner.example.com/",
    "https://partner.example.com@127.0.0.1/",
    "https://partner.example.com/hooks#part",
    "https://partner.example.com/#",
    "https://partner.example.com:0/",
    "https://partner.example.com:99999/",
    "https://partner.example.com:port/",
    "https://partner.example.com/a b",
    "https://partner.example.com\\@127.0.0.1/",
    "https://partner.example.com/\r\nHost: inside",
    "https://例子.公司/hooks",
    "https://partner/",
    "https://partner.local/",
    "https://metadata.google.internal/",
    "https://printer.lan/",
    "https://1.0.0.127.in-addr.arpa/",
    "https://partner.example.com./",
    "https://-partner.example.com/",
    f"https://{'a' * 64}.example.com/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://2130706433/",
    "https://0/",
    "https://10.0.0.8/",
    "https://172.16.3.4/",
    "https://192.168.1.1/",
    "https://100.100.100.200/",
    "https://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fd00:ec2::254]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[2002:7f00:1::]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[ff02::1]/",
    "https://[::1/",
    f"https://partner.example.com/{'a' * 500}",
]


@pytest.mark.parametrize("url", REFUSED)
def test_an_address_that_is_not_public_https_is_refused(url: str) -> None:
    assert rules.url_fault(url, loopback_allowed=False) is not None


@pytest.mark.parametrize("url", [one for one in REFUSED if one not in THIS_MACHINE])
def test_a_demonstration_opens_nothing_but_this_machine(url: str) -> None:
    assert rules.url_fault(url, loopback_allowed=True) is not None


@pytest.mark.parametrize(
    "url",
    [
        "https://partner.example.com",
        "https://partner.example.com/hooks?token=1",
        "https://HOOKS.example.com:8443/a",
        "https://xn--fsqu00a.xn--55qx5d/",
        "https://8.8.8.8/",
        "https://[2400:3200::1]/hooks",
    ],
)
def test_a_public_https_address_is_told(url: str) -> None:
    assert rules.url_fault(url, loopback_allowed=False) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000/", "http://localhost:9000/x", "http://[::1]:9000/"])
def test_this_machine_is_told_in_a_demonstration_only(url: str) -> None:
    assert rules.url_fault(url, loopback_allowed=True) is None
    assert rules.url_fault(url, loopback_allowed=False) is not None


@pytest.mark.parametrize(
    ("url", "plain"),
    [
        ("https://Partner.Example.com", "https://partner.example.com/"),
        ("https://partner.example.com:443/A?b=C", "https://partner.example.com/A?b=C"),
        ("https://partner.example.com:8443/", "https://partner.example.com:8443/"),
        ("http://[::1]:80/x", "http://[::1]/x"),
    ],
)
def test_an_address_has_one_plain_form(url: str, plain: str) -> None:
    assert rules.plain_url(url) == plain
    assert rules.plain_url(plain) == plain


@pytest.mark.property
@given(st.ip_addresses())
def test_no_address_inside_a_network_is_ever_called(address: object) -> None:
    found = ip_address(str(address))
    if rules.address_allowed(str(found), loopback_allowed=False):
        assert found.is_global
        assert not found.is_multicast


@pytest.mark.property
@given(st.ip_addresses(v=4))
def test_an_address_carried_in_another_is_judged_as_itself(address: IPv4Address) -> None:
    plain = rules.address_allowed(str(address), loopback_allowed=False)
    for carrier in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert rules.address_allowed(carrier, loopback_allowed=False) == plain


def test_waiting_grows_and_ends_after_three_days() -> None:
    waits = [wait for n in range(1, rules.ATTEMPTS_MAX + 1) if (wait := rules.delay_after(n)) is not None]

    assert waits[:6] == [timedelta(seconds=s) for s in (5, 15, 60, 300, 900, 3600)]
    assert waits == sorted(waits)
    assert timedelta(days=2, hours=23) < sum(waits, timedelta(0)) <= timedelta(days=3)
    assert rules.delay_after(rules.ATTEMPTS_MAX) is None


@pytest.mark.parametrize(
    ("status", "meaning"),
    [(200, "received"), (204, "received"), (299, "received"), (302, "declined"), (307, "declined"), (400, "declined"),
     (404, "declined"), (410, "gone"), (429, "declined"), (500, "declined"), (None, "silent")],
)  # fmt: skip
def test_only_2xx_means_received(status: int | None, meaning: str) -> None:
    assert rules.verdict(status) == meaning
