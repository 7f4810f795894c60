"""A code of my second factor, where nobody else could be the second person."""

from fastapi import APIRouter, Request, Response

from api.console.doors import Host, LoggedInGuest
from api.console.pages import again, page
from api.deps import Served
from controller.errors.entrance import CodeRefused, TooManyTries
from controller.people.entrance.own_account import show_code
from controller.people.entrance.second_factor import is_on
from controller.people.newcomers import PERSON
from controller.runtime.services import Services

router = APIRouter()


@router.get("/account/code")
def ask(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    return page(request, "show_code", _values(services, guest))


@router.post("/account/code")
def give(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    try:
        show_code(services.entrance, guest.visitor, guest.said("code"))
    except (CodeRefused, TooManyTries) as error:
        return again(request, "show_code", error, _values(services, guest))
    return page(request, "show_code", _values(services, guest) | {"good": True})


def _values(services: Services, guest: Host) -> dict[str, object]:
    with services.database.read() as session:
        on = is_on(session, guest.caller.id.removeprefix(PERSON))
    return {"who": guest.caller.name, "on": on, "good": False}
