"""Log-in, second factor, and log-out."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.doors import AnyGuest, Guest, LoggedInGuest, entered, onward, safe_path
from api.console.pages import again, page
from api.cookies import give, take
from api.deps import Served, own_address
from controller.errors.callers import SessionOver
from controller.errors.entrance import CodeRefused, LogInBusy, LogInRefused, SignOnUnavailable, TooManyTries, WayRefused
from controller.people.entrance.browsers import LIFE
from controller.people.entrance.links import has_administrator
from controller.people.entrance.logging_in import give_code, log_in, log_out, make_way
from controller.people.entrance.sessions import logged_in
from controller.runtime.services import Services

router = APIRouter()
NOT_IN = (LogInRefused, LogInBusy, TooManyTries)


@router.get("/login")
def show(request: Request, services: Served, guest: AnyGuest, next: str = "/") -> Response:
    """Whoever is logged in is where they wanted to go."""
    if _is_in(services, guest):
        return RedirectResponse(safe_path(next), 303)
    return page(request, "log_in", _values(services, safe_path(next)))


@router.post("/login")
def enter(request: Request, services: Served, guest: AnyGuest) -> Response:
    wished = safe_path(guest.said("next"))
    try:
        come = log_in(services.entrance, guest.visitor, guest.said("login"), guest.said("password"))
    except NOT_IN as error:
        return again(request, "log_in", error, _values(services, wished, guest))
    return entered(request, onward(come, wished), come)


@router.get("/login/code")
def ask_code(request: Request, services: Served, guest: AnyGuest, next: str = "/") -> Response:
    with services.database.read() as session:
        logged_in(session, guest.visitor.token, guest.visitor.now, services.entrance.lives, waits=True)
    return page(request, "code", {"next": safe_path(next)})


@router.post("/login/code")
def take_code(request: Request, services: Served, guest: AnyGuest) -> Response:
    wished, recovery = safe_path(guest.said("next")), guest.said("recovery")
    try:
        come = give_code(services.entrance, guest.visitor, recovery or guest.said("code"), recovery=bool(recovery))
    except (CodeRefused, TooManyTries) as error:
        return again(request, "code", error, {"next": wished})
    return entered(request, onward(come, wished), come)


@router.get("/login/recovery")
def ask_way(request: Request, _guest: AnyGuest) -> Response:
    return page(request, "recovery", {"login": ""})


@router.post("/login/recovery")
def take_way(request: Request, services: Served, guest: AnyGuest) -> Response:
    try:
        token = make_way(services.entrance, guest.visitor, guest.said("login"), guest.said("code"))
    except (WayRefused, TooManyTries) as error:
        return again(request, "recovery", error, {"login": guest.said("login")})
    answer = RedirectResponse("/login", 303)
    give(request, answer, "browser", token, LIFE // 1_000_000)
    return answer


@router.post("/logout")
def leave(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    by_provider = log_out(services.entrance, guest.visitor)
    answer = page(request, "left", {"csrf": None, "farewell": _farewell(services, request) if by_provider else None})
    take(request, answer, "session")
    return answer


def _values(services: Services, wished: str, guest: Guest | None = None) -> dict[str, object]:
    with services.database.read() as session:
        founded = has_administrator(session)
    name = services.sign_on.client.name if services.sign_on else None
    return {"next": wished, "login": guest.said("login") if guest else "", "sign_on": name, "founded": founded}


def _is_in(services: Services, guest: Guest) -> bool:
    with services.database.read() as session:
        try:
            logged_in(session, guest.visitor.token, guest.visitor.now, services.entrance.lives)
        except SessionOver:
            return False
    return True


def _farewell(services: Services, request: Request) -> str | None:
    """Where to log out at the provider too."""
    if services.sign_on is None:
        return None
    try:
        return services.sign_on.farewell(own_address(services, request) + "/login")
    except (SignOnUnavailable, LogInBusy):
        return None
