"""Nobody has a password that somebody else knows: one-time links (E1)."""

import pytest
from sqlmodel import select

from controller.people.entrance.links import HOUR, make_link
from controller.people.entrance.models import OneTimeLink
from controller.people.models import Person
from controller.runtime.folder import DataFolder
from tests.fakes.browser import Browser
from tests.fakes.desk import ApiDesk
from tests.fakes.people import PASSWORD, act, change, first, logged_in, person, with_telephone


def link(desk: ApiDesk, kind: str, of: str) -> str:
    with desk.office.database.write() as session:
        return make_link(session, kind, of, act(desk), desk.office.chance.randbytes)  # type: ignore[arg-type]


@pytest.fixture
def browser(desk: ApiDesk) -> Browser:
    return Browser(desk.app)


def test_a_new_installation_lets_nobody_in(desk: ApiDesk, browser: Browser) -> None:
    with desk.office.database.read() as session:
        assert session.exec(select(Person)).all() == []
    for login in ("admin", "administrator", "root", "loa", ""):
        for password in ("", "admin", "loa", "password"):
            assert browser.log_in(login, password).path == "/login"
    assert "loa serve" in browser.open("/login").text


def test_the_first_administrator_comes_by_the_link_once(desk: ApiDesk, browser: Browser) -> None:
    path = first(desk)
    page = browser.send(browser.open(path), path, name="Nguyễn Thị Hoa", login="Hoa", password=PASSWORD)
    assert page.path == "/" and "Quản trị viên" in page.text and "Toàn hệ thống" in page.text
    other = Browser(desk.app)
    assert other.open(path).status == 410
    assert other.post(path, {"csrf": "x", "login": "x", "password": PASSWORD}).status == 403
    assert browser.ask("GET", "areas").status_code == 200
    assert [action for _, action in desk.audit()] == [
        "link.made", "person.added", "role.give", "link.used", "password.set", "log_in",
    ]  # fmt: skip


def test_its_file_goes_with_its_use(desk: ApiDesk, browser: Browser) -> None:
    """`loa serve` has written the link down for whoever starts it without a terminal."""
    path, file = first(desk), DataFolder(desk.settings.data).first_link
    file.write_text(path, "ascii")
    page = browser.open(path)
    assert file.exists(), "looking is not using"
    browser.send(page, path, name="Hoa", login="hoa", password=PASSWORD)
    assert not file.exists()


def test_the_name_of_the_first_one_is_a_name(desk: ApiDesk, browser: Browser) -> None:
    path = first(desk)
    browser.send(
        browser.open(path), path, name="\x00Trần\u202e  Ơn\x1b[31m\u200b" + "a" * 300, login="on", password=PASSWORD
    )
    with desk.office.database.read() as session:
        assert session.exec(select(Person.name)).one() == ("Trần Ơn[31m" + "a" * 300)[:200]


def test_a_weak_password_is_refused_and_the_link_is_still_good(desk: ApiDesk, browser: Browser) -> None:
    path = first(desk)
    for fields, said in [
        ({"password": "bí mật"}, "quá ngắn"), ({"password": "password123"}, "dễ đoán"),
        ({"password": "nguyenthihoa", "login": "nguyenthihoa"}, "giống tên đăng nhập"),
        ({"login": "Hoa Nguyễn"}, "không hợp lệ"),
    ]:  # fmt: skip
        page = browser.send(browser.open(path), path, **{"name": "Hoa", "login": "hoa", "password": PASSWORD} | fields)
        assert page.status == 422 and said in page.text and PASSWORD not in page.text
    assert browser.send(page, path, name="Hoa", login="hoa", password=PASSWORD).path == "/"


def test_a_newer_link_voids_the_older_one_and_time_both(desk: ApiDesk, browser: Browser) -> None:
    older, newer = first(desk), first(desk)
    assert browser.open(older).status == 410 and browser.open(newer).status == 200
    desk.later += 24 * HOUR
    assert browser.open(newer).status == 410


def test_looking_at_a_link_does_not_use_it(desk: ApiDesk) -> None:
    path = first(desk)
    assert [Browser(desk.app).open(path).status for _ in range(3)] == [200] * 3


def test_a_link_is_kept_as_a_hash(desk: ApiDesk) -> None:
    path = first(desk)
    with desk.office.database.read() as session:
        assert session.exec(select(OneTimeLink)).one().digest not in path


def test_once_there_is_an_administrator_no_link_makes_another(desk: ApiDesk, browser: Browser) -> None:
    path = first(desk)
    person(desk, "minh")
    assert browser.open(path).status == 410


def test_an_invitation_sets_the_first_password(desk: ApiDesk, browser: Browser) -> None:
    hoa = person(desk, password=None)
    assert browser.log_in("hoa", PASSWORD).status == 401
    path = link(desk, "invitation", hoa)
    assert "Hoa (hoa)" in browser.open(path).text
    assert browser.send(browser.open(path), path, password=PASSWORD).path == "/"
    assert Browser(desk.app).log_in("hoa", PASSWORD).path == "/"


def test_a_new_password_by_link_ends_all_sessions_and_asks_for_the_second_factor(desk: ApiDesk) -> None:
    hoa = person(desk)
    old = logged_in(desk)
    with_telephone(desk, old)
    path, browser = link(desk, "password", hoa), Browser(desk.app)
    assert browser.send(browser.open(path), path, password="một mật khẩu khác").path == "/login/code"
    assert old.open("/").path == "/login" and browser.open("/").path == "/login"
    assert old.log_in("hoa", PASSWORD).status == 401


def test_everything_takes_the_second_factor_away(desk: ApiDesk) -> None:
    hoa = person(desk)
    with_telephone(desk, logged_in(desk))
    path, browser = link(desk, "everything", hoa), Browser(desk.app)
    assert browser.send(browser.open(path), path, password="một mật khẩu khác").path == "/"
    assert ("Hoa", "second_factor.dropped") in desk.audit()


def test_who_is_disabled_comes_by_no_link(desk: ApiDesk, browser: Browser) -> None:
    hoa = person(desk)
    path = link(desk, "password", hoa)
    change(desk, hoa, lambda _session, found: setattr(found, "disabled_at", 1))
    assert browser.open(path).status == 410
