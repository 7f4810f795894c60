"""People added and helped on the machine itself: `loa person`."""

import json
from typing import Any

import pytest
import typer

from api.cli.people import add, address_of, link
from controller.settings import ApiSettings, Settings
from tests.fakes.browser import Browser
from tests.fakes.desk import ApiDesk
from tests.fakes.people import PASSWORD, logged_in, person


def said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out.splitlines()[-1])
    return found


def path(told: dict[str, Any]) -> str:
    return str(told["link"]).removeprefix("http://127.0.0.1:8080")


def test_somebody_who_was_added_sets_a_password_and_has_the_role_there(
    desk: ApiDesk, capsys: pytest.CaptureFixture[str]
) -> None:
    commune = desk.office.area("Xã Tân Đông")
    add("Minh", "Lê Văn Minh", "operator", "Xã Tân Đông", desk.office.folder, True)
    page_path, browser = path(said(capsys)), Browser(desk.app)
    home = browser.send(browser.open(page_path), page_path, password=PASSWORD)
    assert "Lê Văn Minh" in home.text and "Người vận hành" in home.text and "Xã Tân Đông" in home.text
    assert browser.ask("GET", f"areas/{commune}").status_code == 200
    lines = [(who.startswith("user "), action) for who, action in desk.audit()[:3]]
    assert lines == [(True, "person.added"), (True, "role.give"), (True, "link.made")]


def test_a_link_for_who_forgot_the_password(desk: ApiDesk, capsys: pytest.CaptureFixture[str]) -> None:
    person(desk)
    old = logged_in(desk)
    link("HOA", False, desk.office.folder, True)
    page_path, browser = path(said(capsys)), Browser(desk.app)
    assert old.open("/").path == "/", "a link that nobody has used changes nothing"
    assert browser.send(browser.open(page_path), page_path, password="một mật khẩu khác").path == "/"
    assert old.open("/").path == "/login"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("hoa", "Hoa", "operator", None), "login_taken"), (("Hoa Nguyễn", "Hoa", "operator", None), "login_invalid"),
        (("minh", "Minh", "king", None), "role_unknown"), (("minh", "Minh", "operator", "Xã nào"), "0 areas"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_and_leaves_nothing(
    desk: ApiDesk, capsys: pytest.CaptureFixture[str], words: Any, code: str
) -> None:
    person(desk)
    before = desk.audit()
    with pytest.raises(typer.Exit):
        add(*words, desk.office.folder, False)
    assert code in capsys.readouterr().err and desk.audit() == before
    with pytest.raises(typer.Exit):
        link("nobody", False, desk.office.folder, False)


def test_links_lead_where_browsers_reach_us() -> None:
    assert address_of(Settings(), None) == "http://127.0.0.1:8080"
    assert address_of(Settings(), "http://127.0.0.1:9") == "http://127.0.0.1:9"
    behind = Settings(api=ApiSettings(public_url="https://loa.example.vn"))
    assert address_of(behind, "http://127.0.0.1:9") == "https://loa.example.vn"
