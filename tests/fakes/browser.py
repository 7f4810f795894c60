"""A browser without scripts: keeps cookies, reads pages, fills in their forms."""

from html.parser import HTMLParser
from typing import Any

from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient


class Page(HTMLParser):
    """An answer, with the forms that stand on it: action to hidden fields and names."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.status = answer.status_code
        self.path = answer.url.path
        self.text = answer.text
        self.headers = answer.headers
        self.forms: dict[str, dict[str, str]] = {}
        self.labelled: set[str] = set()
        self.fields: dict[str, str] = {}
        """Visible fields: id to name."""
        self.links: list[str] = []
        self._form: dict[str, str] = {}
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = self.forms.setdefault(said["action"], {})
        elif tag == "input" and said.get("type") == "hidden":
            self._form[said["name"]] = said["value"]
        elif tag == "input":
            self.fields[said["id"]] = said["name"]
        elif tag == "label":
            self.labelled.add(said["for"])
        elif tag == "a":
            self.links.append(said["href"])


class Browser:
    """Whoever sits there, at `origin` in the net."""

    def __init__(self, app: FastAPI, base: str = "http://loa.test", origin: str = "192.0.2.1") -> None:
        self.app, self.base = app, base
        self.http = TestClient(
            app, base_url=base, headers={"Accept": "text/html", "User-Agent": "Firefox"}, follow_redirects=True,
            client=(origin, 4_711), raise_server_exceptions=False,
        )  # fmt: skip

    def open(self, path: str) -> Page:
        return Page(self.http.get(path))

    def send(self, page: Page, action: str, **fields: str) -> Page:
        """Fill in one of the forms of a page."""
        return self.post(action, page.forms[action] | fields)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        said = {"Origin": self.base, "Sec-Fetch-Site": "same-origin"} | headers
        return Page(self.http.post(path, data=fields, headers=said))

    def log_in(self, login: str, password: str) -> Page:
        page = self.open("/login")
        if page.path != "/login":
            self.send(page, "/logout")
            page = self.open("/login")
        return self.send(page, "/login", login=login, password=password)

    def ask(self, method: str, path: str, **parts: Any) -> Response:
        """The interface, as a program on a page of ours would."""
        return self.http.request(method, f"/api/v1/{path}", **parts)

    @property
    def csrf(self) -> str:
        return self.open("/account").forms["/logout"]["csrf"]
