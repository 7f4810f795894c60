"""No page of somebody else's changes anything here: every route that changes something is walked (E4)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlmodel import SQLModel, select

from api.permissions import page_permissions, permissions
from controller.settings import ApiSettings
from tests.api.described import described
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


def address(name: str) -> tuple[str, str]:
    method, path = name.split(" ")
    return method, re.sub(r"\{(\w+)\}", lambda found: PARTS.get(found[1], SOMEBODY), path)


def come(desk: ApiDesk) -> Browser:
    person(desk)
    browser = logged_in(desk)
    with_telephone(desk, browser)
    return browser


@pytest.fixture
def browser(desk: ApiDesk) -> Browser:
    return come(desk)


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Whose cookies are sent along by pages of others, again and again; in the end nothing has changed."""
    with ApiDesk(tmp_path_factory.mktemp("victim")) as desk:
        browser = come(desk)
        before = rows(desk)
        yield browser
        assert rows(desk) == before


ELSEWHERE: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://loa.test.evil.example"},
    {"Origin": "http://loa.test:8080"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


@pytest.fixture(scope="module")
def wrong(victim: Browser) -> list[dict[str, str]]:
    """The cookies alone, another's proof, or the right proof from elsewhere."""
    proof, strange = victim.csrf, Browser(victim.app).open("/login").forms["/login"]["csrf"]
    return [
        {}, {"Origin": "http://loa.test", "Sec-Fetch-Site": "same-origin"}, {"X-CSRF-Token": ""},
        {"X-CSRF-Token": proof[:-1]}, {"X-CSRF-Token": strange},
        *({"X-CSRF-Token": proof} | elsewhere for elsewhere in ELSEWHERE),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ROUTES)
def test_no_route_that_changes_something_is_forgotten(name: str, victim: Browser, wrong: list[dict[str, str]]) -> None:
    """`pytest --collect-only` on this file prints the list: every such route of the description, and every page."""
    method, path = address(name)
    kind = {"json": {}} if path.startswith("/api/") else {"data": {"csrf": "x"}}
    for headers in wrong:
        answer = victim.http.request(method, path, headers={"Accept": "*/*"} | headers, **kind)  # type: ignore[arg-type]
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_missing"), headers


def test_the_list_is_that_of_the_description() -> None:
    assert {name for name in ROUTES if " /api/" in name} == {name for name in described() if name.startswith(CHANGES)}
    assert len(ROUTES) > 70


def test_with_the_proof_from_our_own_page_every_route_goes_further(desk: ApiDesk, browser: Browser) -> None:
    """So the walk above was not refused for something else."""
    proof = browser.csrf
    for name in (name for name in permissions() if name.startswith(CHANGES)):
        method, path = address(name)
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
