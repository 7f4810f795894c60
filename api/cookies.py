"""Our cookies: unreadable for scripts, not sent along by other sites' forms, and by TLS alone where there is TLS."""

from typing import Literal

from fastapi import Request, Response

Kind = Literal["session", "visit", "browser", "way", "language"]
"""The session; a visit of nobody yet; a browser that is known; the way to the provider; the language."""
NAMES: dict[Kind, str] = {
    "session": "loa", "visit": "loa-visit", "browser": "loa-browser", "way": "loa-way", "language": "loa-language",
}  # fmt: skip
LONGEST = 2_000


def name_of(kind: Kind, tls: bool) -> str:
    """With `__Host-` a browser takes it from this host by TLS alone: no neighbouring site can plant one."""
    return f"__Host-{NAMES[kind]}" if tls else NAMES[kind]


def cookie_of(request: Request, kind: Kind) -> str | None:
    found = request.cookies.get(name_of(kind, _tls(request)))
    return found if found and len(found) <= LONGEST else None


def give(request: Request, response: Response, kind: Kind, value: str, seconds: int | None = None) -> None:
    """`seconds`: how long it stays; None: until the browser is closed."""
    tls = _tls(request)
    response.set_cookie(name_of(kind, tls), value, max_age=seconds, path="/", secure=tls, httponly=True, samesite="lax")


def take(request: Request, response: Response, kind: Kind) -> None:
    tls = _tls(request)
    response.delete_cookie(name_of(kind, tls), path="/", secure=tls, httponly=True, samesite="lax")


def _tls(request: Request) -> bool:
    return bool(request.app.state.services.settings.api.tls)
