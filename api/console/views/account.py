"""My account: where I am logged in, and the end of it."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.agents import browser_name
from api.console.doors import LoggedInGuest
from api.console.pages import page
from api.cookies import take
from api.deps import Served
from controller.people.entrance.own_account import end_session
from controller.people.entrance.second_factor import is_on, recovery_codes_left
from controller.people.entrance.sessions import logged_in, sessions_of

router = APIRouter()


@router.get("/account")
def show(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    visitor, lives = guest.visitor, services.entrance.lives
    with services.database.read() as session:
        mine = logged_in(session, visitor.token, visitor.now, lives)
        values = {
            "who": guest.caller.name, "login": mine.person.login, "has_password": mine.person.password is not None,
            "second_factor": is_on(session, mine.person.id), "codes": recovery_codes_left(session, mine.person.id),
            "sessions": sessions_of(session, mine.person, visitor.now, lives), "mine": mine.session.id,
            "browser_name": browser_name,
        }  # fmt: skip
    return page(request, "account", values)


@router.post("/account/sessions/end")
def end_all(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    """Log out everywhere, here too."""
    end_session(services.entrance, guest.visitor, None)
    answer = page(request, "left", {"csrf": None, "farewell": None})
    take(request, answer, "session")
    return answer


@router.post("/account/sessions/{wanted}/end")
def end_one(wanted: str, services: Served, guest: LoggedInGuest) -> Response:
    end_session(services.entrance, guest.visitor, wanted)
    return RedirectResponse("/account", 303)
