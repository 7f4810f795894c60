"""From which address a request really comes."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from api.origin import origin
from controller.settings import ApiSettings
from tests.fakes.browser import Browser
from tests.fakes.desk import ApiDesk
from tests.fakes.people import PASSWORD, person

OURS = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.2.3.4, 198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("::ffff:10.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("fd00::1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["evil\r\nline"], "10.0.0.1"),
        ("10.0.0.1", ["1.2.3.4, unknown"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("testclient", ["1.2.3.4"], "testclient"),
        ("", ["1.2.3.4"], ""),
    ],
)
def test_only_our_proxies_are_believed(peer: str, forwarded: list[str], found: str) -> None:
    assert origin(peer, forwarded, OURS) == found


def test_guesses_behind_a_proxy_count_against_who_makes_them(tmp_path: Path) -> None:
    with ApiDesk(tmp_path, api=ApiSettings(proxies=["10.0.0.0/8"])) as desk:  # type: ignore[list-item]
        person(desk)
        proxy = Browser(desk.app, origin="10.0.0.1")
        proxy.http.headers["X-Forwarded-For"] = "203.0.113.9"
        page = proxy.open("/login")
        assert [proxy.send(page, "/login", login="hoa", password="x").status for _ in range(6)] == [401] * 5 + [429]
        proxy.http.headers["X-Forwarded-For"] = "203.0.113.9, 198.51.100.1"
        with capture_logs() as lines:
            assert proxy.send(page, "/login", login="hoa", password=PASSWORD).path == "/"
        assert {line["origin"] for line in lines if line["event"] == "request"} == {"198.51.100.1"}
        outside = Browser(desk.app, origin="203.0.113.9")
        outside.http.headers["X-Forwarded-For"] = "198.51.100.7"
        assert outside.log_in("hoa", "x").status == 429
