"""Log-in, sessions, and patience with guesses, as browsers see them (E2, E3)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlmodel import Session, select

from controller.errors.entrance import LogInRefused, TooManyTries
from controller.people.entrance.logging_in import log_in
from controller.people.entrance.models import LogInSession
from controller.people.entrance.sessions import Visitor
from controller.people.models import ApiKey, AuditLine, Person
from controller.people.newcomers import give_role
from tests.fakes.browser import Browser, Page
from tests.fakes.desk import ApiDesk
from tests.fakes.people import MINUTE, PASSWORD, act, change, logged_in, person, with_telephone

WRONG = "not the password"


@pytest.fixture
def hoa(desk: ApiDesk) -> str:
    return person(desk)


def guess(desk: ApiDesk, origin: str, password: str = WRONG, login: str = "hoa") -> str:
    """`refused` where the guess was looked at, `wait` where it was not, `in`."""
    try:
        log_in(desk.entrance, Visitor(origin, desk.services.now()), login, password)
    except LogInRefused:
        return "refused"
    except TooManyTries as error:
        assert 0 < error.data["retry_after_s"] <= 15 * 60
        return "wait"
    return "in"


def test_of_a_thousand_guesses_ten_are_looked_at_and_the_owner_comes_in(desk: ApiDesk, hoa: str) -> None:
    owner = logged_in(desk, origin="198.51.100.1")
    owner.send(owner.open("/"), "/logout")
    seen = Counter(guess(desk, f"203.{number // 250}.{number % 250}.9") for number in range(1_000))
    assert seen == {"refused": 10, "wait": 990}
    assert guess(desk, "203.0.113.1", PASSWORD) == "wait", "what is not looked at is not known to be right"
    assert owner.log_in("hoa", PASSWORD).path == "/"


def test_hammered_for_hours_at_ten_a_quarter_of_an_hour(desk: ApiDesk, hoa: str) -> None:
    looked_at = []
    for minute in range(0, 4 * 60, 7):
        desk.later = minute * MINUTE
        looked_at += [minute for number in range(4) if guess(desk, f"203.0.113.{number}") != "wait"]
    assert len(looked_at) > 70 and all(sum(at <= one < at + 15 for one in looked_at) <= 10 for at in looked_at)


def test_a_thousand_at_once_are_ten(desk: ApiDesk, hoa: str) -> None:
    with ThreadPoolExecutor(8) as crowd:
        seen = Counter(crowd.map(lambda number: guess(desk, f"203.0.113.{number}"), range(100)))
    assert seen == {"refused": 10, "wait": 90}


def test_one_address_keeps_nobody_out_elsewhere(desk: ApiDesk, hoa: str) -> None:
    """Neither at a new browser, while its guesses at this account alone are used up."""
    assert Counter(guess(desk, "203.0.113.1") for _ in range(100)) == {"refused": 5, "wait": 95}
    assert Browser(desk.app, origin="198.51.100.1").log_in("hoa", PASSWORD).path == "/"


def test_a_64_of_addresses_is_one(desk: ApiDesk, hoa: str) -> None:
    assert Counter(guess(desk, f"2001:db8::{number:x}") for number in range(100))["refused"] == 5


def test_an_address_that_tries_many_accounts_waits(desk: ApiDesk, hoa: str) -> None:
    seen = Counter(guess(desk, "203.0.113.1", login=f"nobody{number}") for number in range(100))
    assert seen == {"refused": 30, "wait": 70}


def test_patience_outlives_a_restart_and_ends(desk: ApiDesk, hoa: str) -> None:
    for number in range(20):
        guess(desk, f"203.0.113.{number}")
    browser = Browser(desk.app)
    page = browser.log_in("hoa", PASSWORD)
    assert page.status == 429 and 0 < int(page.headers["retry-after"]) <= 900
    desk.later += 15 * MINUTE
    assert browser.log_in("hoa", PASSWORD).path == "/"


def test_the_owner_at_a_new_browser_gets_through_with_a_code_from_paper(desk: ApiDesk, hoa: str) -> None:
    _, codes = with_telephone(desk, logged_in(desk, origin="198.51.100.1"))
    for number in range(20):
        guess(desk, f"203.0.113.{number}")
    browser = Browser(desk.app, origin="198.51.100.2")
    assert browser.log_in("hoa", PASSWORD).status == 429
    wrong = browser.send(browser.open("/login/recovery"), "/login/recovery", login="hoa", code="aaaa-aaaa-aaaa-aaaa")
    assert wrong.status == 401 and browser.log_in("hoa", PASSWORD).status == 429
    assert browser.send(wrong, "/login/recovery", login="hoa", code=codes[0]).path == "/login"
    assert browser.log_in("hoa", PASSWORD).path == "/login/code"
    other = Browser(desk.app, origin="198.51.100.3")
    assert other.send(other.open("/login/recovery"), "/login/recovery", login="hoa", code=codes[0]).status == 401


def test_guesses_at_codes_wait_too_and_keep_no_known_browser_out(desk: ApiDesk, hoa: str) -> None:
    owner = logged_in(desk)
    telephone, _ = with_telephone(desk, owner)
    thief = Browser(desk.app, origin="203.0.113.1")
    assert thief.log_in("hoa", PASSWORD).path == "/login/code"
    page = thief.open("/login/code")
    seen = Counter(thief.send(page, "/login/code", code=f"{number:06}").status for number in range(50))
    assert seen == {401: 5, 429: 45}
    assert owner.log_in("hoa", PASSWORD).path == "/login/code"
    assert owner.send(owner.open("/login/code"), "/login/code", code=telephone.code()).path == "/"


def test_nobody_learns_who_exists(desk: ApiDesk, hoa: str) -> None:
    person(desk, "minh", password=None)
    person(desk, "lan")
    change(desk, person(desk, "tam"), lambda _session, found: setattr(found, "disabled_at", 1))
    answers = set()
    for number, login in enumerate(("hoa", "minh", "tam", "nobody", "' OR 1=1 --", "HOA\x00")):
        browser = Browser(desk.app, origin=f"192.0.2.{number}")
        page = browser.log_in(login, "wrong password")
        answers.add((page.status, page.text.count("không đúng"), len(page.forms)))
    assert len(answers) == 1 and next(iter(answers))[:2] == (401, 1)
    assert Browser(desk.app).log_in("tam", PASSWORD).status == 401


def test_a_login_is_compared_without_case(desk: ApiDesk, hoa: str) -> None:
    assert Browser(desk.app).log_in(" HOA ", PASSWORD).path == "/"


def token(browser: Browser) -> str | None:
    return browser.http.cookies.get("loa")


def works(browser: Browser) -> bool:
    assert (browser.open("/").path == "/") is (browser.ask("GET", "areas").status_code == 200)
    return browser.open("/").path == "/"


def test_tokens_are_random_and_kept_as_hashes(desk: ApiDesk, hoa: str) -> None:
    tokens = [token(logged_in(desk)) for _ in range(20)]
    assert len(set(tokens)) == 20 and all(one and len(one) == 43 for one in tokens)
    assert all(len({one[place] for one in tokens if one}) > 3 for place in range(42))
    with desk.office.database.read() as session:
        kept = [row.digest for row in session.exec(select(LogInSession))]
    assert len(kept) == 20 and not set(kept) & set(tokens)


def test_a_token_that_was_planted_before_log_in_is_not_taken(desk: ApiDesk, hoa: str) -> None:
    browser = Browser(desk.app)
    browser.http.cookies.set("loa", "planted" * 6, domain="loa.test")
    browser.log_in("hoa", PASSWORD)
    assert works(browser) and "planted" not in str(browser.http.cookies.get("loa"))


def test_the_token_changes_at_log_in_second_factor_and_new_password(desk: ApiDesk, hoa: str) -> None:
    browser = logged_in(desk)
    tokens = [token(browser)]
    telephone, _ = with_telephone(desk, browser)
    tokens.append(token(browser))
    browser.send(browser.open("/account/password"), "/account/password", old=PASSWORD, new="một mật khẩu khác")
    tokens.append(token(browser))
    browser.log_in("hoa", "một mật khẩu khác")
    tokens.append(token(browser))
    assert not works(browser), "the second factor is still missing"
    browser.send(browser.open("/login/code"), "/login/code", code=telephone.code())
    tokens.append(token(browser))
    assert works(browser) and len(set(tokens)) == 5
    for old in tokens[:-1]:
        browser.http.cookies.set("loa", str(old), domain="loa.test")
        assert not works(browser)


def gives_a_role(desk: ApiDesk) -> Callable[[Session, Person], object]:
    return lambda session, found: give_role(session, desk.office.new_id(), found, "viewer", None, act(desk))


ENDS: dict[str, Callable[[ApiDesk, str, Browser], object]] = {
    "log-out": lambda desk, hoa, browser: browser.send(browser.open("/"), "/logout"),
    "log-out everywhere": lambda desk, hoa, browser: (
        other := logged_in(desk),
        other.send(other.open("/account"), "/account/sessions/end"),
    ),
    "ended elsewhere": lambda desk, hoa, browser: end_the_other(logged_in(desk)),
    "password change elsewhere": lambda desk, hoa, browser: (
        other := logged_in(desk),
        other.send(other.open("/account/password"), "/account/password", old=PASSWORD, new="một mật khẩu khác"),
    ),
    "second factor elsewhere": lambda desk, hoa, browser: with_telephone(desk, logged_in(desk)),
    "role": lambda desk, hoa, browser: change(desk, hoa, gives_a_role(desk)),
    "disabled": lambda desk, hoa, browser: change(desk, hoa, lambda _, found: setattr(found, "disabled_at", 1)),
    "an hour without use": lambda desk, hoa, browser: setattr(desk, "later", desk.later + 60 * MINUTE),
}


def end_the_other(browser: Browser) -> None:
    page = browser.open("/account")
    (action,) = [one for one in page.forms if one.endswith("/end") and one != "/account/sessions/end"]
    browser.send(page, action)


@pytest.mark.parametrize("why", ENDS)
def test_a_session_is_dead_at_once_after(desk: ApiDesk, hoa: str, why: str) -> None:
    browser = logged_in(desk)
    stolen = Browser(desk.app)
    stolen.http.cookies.set("loa", str(token(browser)), domain="loa.test")
    assert works(browser) and works(stolen)
    ENDS[why](desk, hoa, browser)
    assert not works(browser) and not works(stolen)
    assert stolen.ask("GET", "areas").json()["code"] in {"session_over", "key_missing"}


def test_it_ends_after_half_a_day_however_much_it_is_used(desk: ApiDesk, hoa: str) -> None:
    browser = logged_in(desk)
    for _ in range(11):
        desk.later += 59 * MINUTE
        assert works(browser)
    desk.later += 71 * MINUTE
    assert not works(browser)


def test_a_stranger_cannot_end_my_session(desk: ApiDesk, hoa: str) -> None:
    person(desk, "minh")
    browser, other = logged_in(desk), logged_in(desk, "minh")
    with desk.office.database.read() as session:
        mine = session.exec(select(LogInSession).where(LogInSession.person_id == hoa)).one().id
    other.post(f"/account/sessions/{mine}/end", {"csrf": other.csrf})
    assert works(browser)


def test_a_new_password_asks_for_the_old_one_and_not_for_ever(desk: ApiDesk, hoa: str) -> None:
    browser = logged_in(desk)
    page = browser.open("/account/password")
    fields = {"old": "wrong", "new": "một mật khẩu khác"}
    assert [browser.send(page, "/account/password", **fields).status for _ in range(12)] == [403] * 10 + [429] * 2
    assert works(browser)


def test_the_second_factor_goes_only_with_a_code(desk: ApiDesk, hoa: str) -> None:
    browser = logged_in(desk)
    telephone, codes = with_telephone(desk, browser)
    here = "/account/second-factor"
    assert telephone.secret not in browser.open(here).text and browser.open(f"{here}/code.svg").status == 409
    assert browser.send(browser.open(here), f"{here}/off", code="000000").status == 401
    renewed = browser.send(browser.open(here), f"{here}/recovery-codes", code=telephone.code())
    assert renewed.status == 200 and codes[1] not in renewed.text
    assert browser.send(browser.open(here), f"{here}/off", code=codes[1]).status == 401
    assert browser.send(browser.open(here), f"{here}/off", code=telephone.code()).path == "/account"
    assert Browser(desk.app).log_in("hoa", PASSWORD).path == "/"


def test_a_person_does_by_session_what_their_role_says_there(desk: ApiDesk) -> None:
    commune, other = desk.office.area("Xã Tân Đông"), desk.office.area("Xã Tân Tây")
    person(desk, "bien", "technician", commune)
    browser = logged_in(desk, "bien")
    headers = {"X-CSRF-Token": browser.csrf}
    assert browser.ask("GET", f"areas/{commune}").status_code == 200
    assert browser.ask("GET", f"areas/{other}").status_code == 404
    assert browser.ask("POST", f"areas/{commune}/echo", headers=headers).json()["code"] == "no_coordinates"
    assert browser.ask("POST", "alerts", json={}, headers=headers).status_code == 403


def test_the_same_person_in_two_sessions_is_one_person(desk: ApiDesk, hoa: str) -> None:
    for browser in (logged_in(desk), logged_in(desk, "Hoa")):
        browser.ask("POST", "areas", json={"name": "Xã"}, headers={"X-CSRF-Token": browser.csrf})
    with desk.office.database.read() as session:
        made = session.exec(select(AuditLine).where(AuditLine.action == "area.create")).all()
    assert [line.who_id for line in made] == [f"person/{hoa}"] * 2


def test_a_wrong_key_is_not_helped_by_a_session(desk: ApiDesk, hoa: str) -> None:
    browser = logged_in(desk)
    assert browser.ask("GET", "areas", headers={"Authorization": "Bearer loa_wrong"}).json()["code"] == "key_missing"
    with desk.office.database.read() as session:
        assert session.exec(select(ApiKey)).first()


def test_a_hammer_leaves_few_lines_and_each_thing_leaves_one(desk: ApiDesk, hoa: str) -> None:
    for number in range(60):
        guess(desk, "203.0.113.1", login=f"nobody{number}")
        guess(desk, f"203.0.114.{number}")
    lines = Counter(action for _, action in desk.audit())
    assert lines["log_in.failed"] <= 11 and lines["log_in.slowed"] <= 2


def test_forms_say_what_they_want_and_pages_where_they_lead(desk: ApiDesk, hoa: str) -> None:
    browser = Browser(desk.app)
    assert browser.open("/account?x=1").forms["/login"]["next"] == "/account"
    page: Page = browser.open("/login?next=/account")
    assert browser.send(page, "/login", login="hoa", password=PASSWORD).path == "/account"
    for elsewhere in (
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a//b",
        "/%0d%0a",
    ):
        assert browser.http.get("/login", params={"next": elsewhere}).text.count('name="next" value="/"') == 1


def test_who_is_alone_gives_a_code_for_a_change_of_rights(desk: ApiDesk, hoa: str) -> None:
    """E9: a stolen session is not enough, and neither is a code of a quarter of an hour ago."""
    browser, other = logged_in(desk), person(desk, "minh", "viewer")
    wish = {"person": other, "role": "editor", "area": None}

    def give() -> tuple[int, str | None]:
        answer = browser.ask("POST", "roles", json=wish, headers={"X-CSRF-Token": browser.csrf})
        return answer.status_code, answer.json().get("code")

    assert give() == (403, "code_needed")
    assert "Trước hết hãy bật" in browser.open("/account/code").text
    telephone, paper = with_telephone(desk, browser)
    desk.later += 15 * MINUTE
    assert give() == (403, "code_needed")
    page = browser.open("/account/code")
    assert browser.send(page, "/account/code", code="000000").status == 401 and give()[0] == 403
    assert "có hiệu lực" in browser.send(page, "/account/code", code=telephone.code()).text
    assert give()[0] == 201
    assert "second_factor.shown" in [action for _, action in desk.audit()]
    desk.later += 15 * MINUTE
    wish["role"] = "approver"
    assert give()[0] == 403
    assert browser.send(browser.open("/account/code"), "/account/code", code=paper[0]).status == 200
    assert give()[0] == 201, "a code on paper stands in for the telephone"


def test_who_is_in_is_not_asked_to_log_in_and_reads_their_language(desk: ApiDesk, hoa: str) -> None:
    change(desk, hoa, lambda _, found: setattr(found, "language", "en"))
    browser = logged_in(desk)
    assert browser.open("/login").path == "/" and "Log out" in browser.open("/").text
    browser.send(browser.open("/"), "/language", language="vi")
    browser.send(browser.open("/"), "/logout")
    browser.log_in("hoa", PASSWORD)
    assert "Đăng xuất" in browser.open("/").text, "what was chosen at this browser stays"
