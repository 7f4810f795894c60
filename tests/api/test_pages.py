"""Pages: what they wear, what they say, and that nothing on them needs a script or a stranger."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from api.console.agents import browser_name
from api.console.words import words
from api.permissions import page_permissions
from controller.settings import ApiSettings
from tests.fakes.browser import Browser, Page
from tests.fakes.desk import ApiDesk
from tests.fakes.people import PASSWORD, first, logged_in, person, with_telephone

CONSOLE = Path(__file__).parents[2] / "api" / "console"
PAGES = ["/", "/account", "/account/password", "/account/second-factor"]
VOID = {"meta", "link", "input", "br", "img"}


class Balanced(HTMLParser):
    """Every element that is opened is closed, in order; no event handlers and no inline style."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "style", "iframe", "object"}
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def check(page: Page) -> None:
    """What holds for every page."""
    reader = Balanced()
    reader.feed(page.text)
    assert reader.open == [] and len(set(reader.ids)) == len(reader.ids)
    assert page.text.startswith('<!doctype html>\n<html lang="') and page.text.count("<h1>") == 1
    assert set(page.fields) == page.labelled, "every field has its label"
    assert all("csrf" in form for form in page.forms.values())
    assert not re.search(r"https?://|javascript:|data:", page.text)
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy and policy.startswith("default-src 'none'") and "frame-ancestors 'none'" in policy
    for name, value in {
        "x-content-type-options": "nosniff", "x-frame-options": "DENY", "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin", "cross-origin-resource-policy": "same-origin",
        "cross-origin-embedder-policy": "require-corp", "cache-control": "no-store",
    }.items():  # fmt: skip
        assert page.headers[name] == value
    assert "microphone=()" in page.headers["permissions-policy"]


@pytest.fixture
def browser(desk: ApiDesk) -> Browser:
    person(desk)
    return logged_in(desk)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_in_both_languages(desk: ApiDesk, language: str) -> None:
    browser = Browser(desk.app)
    if language == "en":
        assert browser.send(browser.open("/login"), "/language", language="en").headers["content-language"] == "en"
    link = first(desk)
    seen = [browser.open(path) for path in ("/login", "/login/recovery", link, "/nowhere", "/login/sso")]
    seen.append(browser.send(browser.open(link), link, name="Hoa <b>", login="hoa", password=PASSWORD))
    seen += [browser.open(path) for path in PAGES]
    with_telephone(desk, browser)
    seen += [browser.open("/account/second-factor"), browser.log_in("hoa", PASSWORD), browser.open("/login")]
    for page in seen:
        check(page)
        assert page.headers["content-language"] == language and f'lang="{language}"' in page.text
        assert "Hoa <b>" not in page.text


def test_vietnamese_comes_first_whatever_the_browser_prefers(desk: ApiDesk) -> None:
    browser = Browser(desk.app)
    browser.http.headers["Accept-Language"] = "en-US,en"
    assert browser.open("/login").headers["content-language"] == "vi"


def test_all_words_are_there_in_both_languages_and_all_are_used() -> None:
    assert all(said.vi and said.en for said in words().values())
    used = {word for path in CONSOLE.rglob("*.html") for word in re.findall(r"t\('(\w+)'", path.read_text("utf-8"))}
    used |= {
        word for path in CONSOLE.rglob("*.html") for word in re.findall(r"else t\('(\w+)'", path.read_text("utf-8"))
    }
    assert used - {"role_"} <= set(words())
    assert {word for word in words() if not word.startswith("role_")} <= used


def test_every_page_declares_who_may() -> None:
    assert all(page_permissions().values()) and set(page_permissions().values()) == {"own", "public"}


def test_what_is_ones_own_is_for_who_is_logged_in(desk: ApiDesk) -> None:
    browser = Browser(desk.app)
    for name, right in page_permissions().items():
        method, path = name.split(" ")
        if right == "own" and method == "GET":
            assert browser.open(path).path == "/login", path


def test_the_style_is_ours_and_kept(desk: ApiDesk) -> None:
    browser = Browser(desk.app)
    (style,) = re.findall(r'stylesheet" href="([^"]+)"', browser.open("/login").text)
    answer = browser.http.get(style)
    assert answer.headers["content-type"].startswith("text/css") and "max-age" in answer.headers["cache-control"]
    assert "url(" not in answer.text and "@import" not in answer.text
    assert browser.http.get("/static/../words.toml").status_code == 404


def test_a_picture_for_the_telephone_is_an_image_of_ours(desk: ApiDesk, browser: Browser) -> None:
    answer = browser.http.get("/account/second-factor/code.svg")
    assert answer.headers["content-type"] == "image/svg+xml" and answer.headers["cache-control"] == "no-store"
    assert b"<script" not in answer.content and b"style" not in answer.content


@pytest.mark.parametrize("path", ["/login", "/api/v1/areas", "/api/v1/health", "/static/loa.css", "/nowhere"])
@pytest.mark.parametrize("url", [None, "http://loa.test", "https://loa.test"])
def test_by_tls_browsers_come_back_by_tls_alone(tmp_path: Path, path: str, url: str | None) -> None:
    with ApiDesk(tmp_path, api=ApiSettings(public_url=url)) as desk:
        answer = Browser(desk.app, desk.base).http.get(path)
    tls = url is not None and url.startswith("https")
    assert ("strict-transport-security" in answer.headers) is tls
    assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("url", ["http://loa.test", "https://loa.test"])
def test_cookies_are_for_us_alone(tmp_path: Path, url: str) -> None:
    with ApiDesk(tmp_path, api=ApiSettings(public_url=url)) as desk:
        person(desk)
        browser = Browser(desk.app, url)
        browser.http.follow_redirects = False
        said = browser.http.get("/login").headers.get_list("set-cookie")
        answer = browser.log_in("hoa", PASSWORD)
        said += answer.headers.get_list("set-cookie")
        secure = url.startswith("https")
        assert len(said) == 5 and all("HttpOnly" in one and "SameSite=lax" in one and "Path=/" in one for one in said)
        assert all(("Secure" in one) is secure and one.startswith("__Host-") is secure for one in said)
        assert not any("Domain" in one for one in said)
        name = "__Host-loa" if secure else "loa"
        (session,) = [one for one in said if one.startswith(f"{name}=")]
        assert "Max-Age" not in session, "it goes when the browser is closed"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/1",
         "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("curl/8.5", "curl/8.5"), ("", "?"),
    ],
)  # fmt: skip
def test_browsers_are_named_as_people_do(agent: str, name: str) -> None:
    assert browser_name(agent) == name


def test_a_form_is_small_and_a_form(desk: ApiDesk) -> None:
    browser = Browser(desk.app)
    csrf = browser.open("/login").forms["/login"]["csrf"]
    assert browser.post("/login", {"csrf": csrf, "login": "x" * 20_000}).status == 413
    assert browser.http.post("/login", json={"csrf": csrf}).status_code == 415
    assert (
        browser.http.post(
            "/login", content=b"\xff", headers={"content-type": "application/x-www-form-urlencoded"}
        ).status_code
        == 400
    )
    assert browser.post("/login", {"csrf": csrf} | {f"f{number}": "x" for number in range(50)}).status == 403
