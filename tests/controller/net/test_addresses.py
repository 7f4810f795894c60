"""Every form in which an address inside can be written down is refused, and what lies open is not (G10)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.errors.machine import OutwardRefused
from controller.net.addresses import may_reach, networks
from controller.net.destinations import destination

INSIDE = (
    "0.0.0.0",  # noqa: S104
    "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.9.1", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.8", "192.168.1.1", "198.18.0.1", "224.0.0.1", "239.255.255.250", "255.255.255.255",
    "240.0.0.1", "192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1", "2002:7f00:1::", "2002:c0a8:101::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:db8::1",
    "2001::1", "3fff::1", "100::1",
)  # fmt: skip
OPEN = (
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "203.162.4.191", "2606:4700::1",
    "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_is_not_reached(address: str) -> None:
    assert not may_reach(address, ())


@pytest.mark.parametrize("address", OPEN)
def test_the_open_is_reached(address: str) -> None:
    assert may_reach(address, ())


@given(st.ip_addresses(v=4))
def test_no_ipv6_form_says_something_else_of_an_ipv4_address(address: object) -> None:
    for form in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert may_reach(form, ()) == may_reach(str(address), ())


def test_a_network_inside_may_be_allowed_by_name() -> None:
    province = networks(["10.20.0.0/16", "fd00:20::/32"])
    assert may_reach("10.20.3.4", province) and may_reach("::ffff:10.20.3.4", province)
    assert may_reach("fd00:20::5", province)
    assert not may_reach("10.21.0.1", province) and not may_reach("127.0.0.1", province)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://Tin.Example.VN/a?b=c#d", "https://tin.example.vn:443/a?b=c"),
        ("http://example.vn:8000", "http://example.vn:8000/"),
        ("https://[2606:4700:0:0::1]/", "https://[2606:4700::1]:443/"),
        ("https://thời-tiết.vn/", "https://xn--thi-tit-9t4c5j.vn:443/"),
        ("https://1.1.1.1/", "https://1.1.1.1:443/"),
        ("https://1-0.vn/", "https://1-0.vn:443/"),
    ],
)
def test_an_address_is_read_in_one_way(text: str, url: str) -> None:
    assert destination(text, (80, 443, 8000)).url == url


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("ftp://example.vn/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("gopher://example.vn/", "scheme"),
        ("//example.vn/", "scheme"),
        ("example.vn", "scheme"),
        ("", "scheme"),
        ("http://user@example.vn/", "userinfo"),
        ("http://example.vn@127.0.0.1/", "userinfo"),
        ("http://user:word@example.vn/", "userinfo"),
        ("http://example.vn:22/", "port"),
        ("http://example.vn:99999/", "port"),
        ("http://example.vn:x/", "port"),
        ("http://example.vn:0/", "port"),
        ("http://2130706433/", "host"),
        ("http://0x7f000001/", "host"),
        ("http://0177.0.0.1/", "host"),
        ("http://127.1/", "host"),
        ("http://127.0.1/", "host"),
        ("http://0x7f.0.0.1/", "host"),
        ("http://example.0x1/", "host"),
        ("http://127.0.0.1./", "host"),
        ("http://example.vn./", "host"),
        ("http://[::1%25eth0]/", "host"),
        ("http://[fe80::1%eth0]/", "host"),
        ("http://[::1/", "unreadable"),
        ("http://１２７.0.0.1/", "host"),
        ("http://127。0。0。1/", "host"),
        ("http://ｌocalhost/", "host"),
        ("http://exa\u200bmple.vn/", "unreadable"),
        ("http://exam\tple.vn/", "unreadable"),
        ("http://example.vn\r\nX: y/", "unreadable"),
        ("http://example.vn\\@127.0.0.1/", "unreadable"),
        ("http://example.vn /", "unreadable"),
        ("http://-a.vn/", "host"),
        ("http://a..vn/", "host"),
        ("http://a_b.vn/", "host"),
        ("http:///x", "host"),
        ("http://" + "a" * 3_000, "unreadable"),
    ],
)  # fmt: skip
def test_what_could_be_read_otherwise_is_refused(text: str, why: str) -> None:
    with pytest.raises(OutwardRefused) as refused:
        destination(text, (80, 443))
    assert refused.value.data["why"] == why


@given(st.text(max_size=40))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    for typed in (text, f"http://{text}/", f"https://{text}"):
        try:
            found = destination(typed, (80, 443))
        except OutwardRefused:
            continue
        assert destination(found.url, (80, 443)) == found
