"""No page of somebody else's changes anything here: every route that changes something is walked (E4)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import SQLModel, select

from api.permissions import page_permissions, permissions
from controller.settings import ApiSettings
from tests.fakes.browser import Browser
from tests.fakes.desk import ApiDesk
from tests.fakes.people import PASSWORD, logged_in, person, with_telephone

CHANGES = ("POST", "PUT", "PATCH", "DELETE")
ROUTES = sorted(name for name in permissions() | page_permissions() if name.startswith(CHANGES))
SOMEBODY = "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"
PARTS = {"day": "2026-12-01", "token": "A" * 43}


def rows(desk: ApiDesk) -> dict[str, list[tuple[object, ...]]]:
    """Everything that is in the tables, but when a session was last seen."""
    with desk.office.database.read() as session:
        return {
            table.name: [tuple(row) for row in session.execute(select(*(c for c in table.c if c.name != "seen_at")))]
            for table in SQLModel.metadata.sorted_tables
        }


def addresses() -> Iterator[tuple[str, str]]:
    for name in ROUTES:
        method, path = name.split(" ")
        yield method, re.sub(r"\{(\w+)\}", lambda found: PARTS.get(found[1], SOMEBODY), path)


@pytest.fixture
def browser(desk: ApiDesk) -> Browser:
    person(desk)
    browser = logged_in(desk)
    with_telephone(desk, browser)
    return browser


ELSEWHERE: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://loa.test.evil.example"},
    {"Origin": "http://loa.test:8080"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


def test_no_route_that_changes_something_is_forgotten(desk: ApiDesk, browser: Browser) -> None:
    """With the cookies alone, another's proof, or the right proof from elsewhere: 403, and nothing changes."""
    proof = browser.csrf
    wrong: list[dict[str, str]] = [
        {}, {"Origin": "http://loa.test", "Sec-Fetch-Site": "same-origin"}, {"X-CSRF-Token": ""},
        {"X-CSRF-Token": proof[:-1]}, {"X-CSRF-Token": Browser(desk.app).open("/login").forms["/login"]["csrf"]},
        *({"X-CSRF-Token": proof} | elsewhere for elsewhere in ELSEWHERE),
    ]  # fmt: skip
    before = rows(desk)
    for method, path in addresses():
        kind = {"json": {}} if path.startswith("/api/") else {"data": {"csrf": "x"}}
        for headers in wrong:
            answer = browser.http.request(method, path, headers={"Accept": "*/*"} | headers, **kind)  # type: ignore[arg-type]
            assert (answer.status_code, answer.json()["code"]) == (403, "csrf_missing"), (method, path, headers)
    assert rows(desk) == before
    print(f"\n{len(ROUTES)} routes, {len(wrong)} ways each:", *ROUTES, sep="\n  ")  # noqa: T201


def test_with_the_proof_from_our_own_page_every_route_goes_further(desk: ApiDesk, browser: Browser) -> None:
    """So the walk above was not refused for something else."""
    proof = browser.csrf
    for name in (name for name in permissions() if name.startswith(CHANGES)):
        method, path = name.split(" ")
        path = re.sub(r"\{(\w+)\}", lambda found: PARTS.get(found[1], SOMEBODY), path)
        answer = browser.http.request(
            method, path, json={}, headers={"X-CSRF-Token": proof, "Origin": "http://loa.test"}
        )
        assert answer.status_code < 500 and answer.json().get("code") != "csrf_missing", name


def test_nobody_is_logged_in_by_a_form_from_elsewhere(desk: ApiDesk) -> None:
    """Otherwise a victim would work in an account of the attacker's."""
    person(desk)
    fields = {"login": "hoa", "password": "mưa xuân về làng"}
    assert Browser(desk.app).post("/login", fields).status == 403
    attacker, victim = Browser(desk.app).open("/login"), Browser(desk.app)
    victim.open("/login")
    assert victim.post("/login", fields | {"csrf": attacker.forms["/login"]["csrf"]}).status == 403
    page = victim.open("/login")
    assert victim.post("/login", fields | page.forms["/login"], Origin="https://evil.example").status == 403


def test_a_proof_dies_with_its_session(desk: ApiDesk, browser: Browser) -> None:
    proof = browser.csrf
    browser.send(browser.open("/"), "/logout")
    browser.log_in("hoa", "mưa xuân về làng")
    assert browser.ask("POST", "areas", json={"name": "X"}, headers={"X-CSRF-Token": proof}).status_code == 403


def test_a_key_needs_no_proof(desk: ApiDesk) -> None:
    assert desk.client().post("areas", json={"name": "Xã"}).status_code == 201


@pytest.mark.parametrize(
    ("set_as", "said"),
    [("https://loa.Example.vn:443", "https://loa.example.vn"), ("HTTPS://loa.example.vn/", "https://loa.example.vn"),
     ("http://10.0.0.5:80/", "http://10.0.0.5"), ("http://loa.test:443", "http://loa.test:443"),
     ("https://[FD00::5]:443", "https://[fd00::5]"), ("https://loa.xã.vn:8443", "https://loa.xn--x-yfa.vn:8443")],
)  # fmt: skip
def test_the_public_address_is_kept_as_browsers_say_it(set_as: str, said: str) -> None:
    assert ApiSettings(public_url=set_as).public_url == said


def test_however_the_public_address_is_written_people_come_in(tmp_path: Path) -> None:
    with ApiDesk(tmp_path, api=ApiSettings(public_url="https://loa.Example.vn:443")) as desk:
        person(desk)
        assert Browser(desk.app, "https://loa.example.vn").log_in("hoa", PASSWORD).path == "/"


@pytest.mark.parametrize("wrong", ["loa.vn", "ftp://loa.vn", "https://loa.vn/x", "https://a@loa.vn", "https://a:b", ""])
def test_what_no_browser_comes_from_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        ApiSettings(public_url=wrong)


def test_behind_a_proxy_the_public_address_is_ours(desk: ApiDesk, browser: Browser) -> None:
    """The name under which the proxy calls us may be another one."""
    desk.settings.api.public_url = "https://loa.example.vn"
    browser.base = "https://loa.example.vn"
    secure = Browser(desk.app, "https://loa.example.vn")
    page = secure.open("/login")
    sent = {"login": "hoa", "password": "wrong"}
    assert secure.send(page, "/login", **sent).status == 401
    secure.base = "https://loa.test"
    assert secure.send(page, "/login", **sent).status == 403
