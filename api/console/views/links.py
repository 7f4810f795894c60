"""One-time links: the first start, an invitation, a new password."""

from contextlib import suppress

from fastapi import APIRouter, Request, Response

from api.console.doors import AnyGuest, Guest, entered, onward
from api.console.pages import again, page
from api.deps import Served
from api.shapes import plain_name
from controller.errors.base import LoaError
from controller.errors.entrance import LinkOver
from controller.people.entrance.arriving import found_installation, set_password_by_link
from controller.people.entrance.entrance import Entered
from controller.people.entrance.links import find_link
from controller.runtime.folder import DataFolder
from controller.runtime.services import Services

router = APIRouter()


@router.get("/link/{token}")
def show(token: str, request: Request, services: Served, guest: AnyGuest) -> Response:
    """Looking at it does not use it: programs look at links too."""
    return page(request, "link", _values(services, token, guest))


@router.post("/link/{token}")
def use(token: str, request: Request, services: Served, guest: AnyGuest) -> Response:
    values = _values(services, token, guest)
    try:
        come = _come(services, token, guest, values["person"] is None)
    except LinkOver:
        raise
    except LoaError as error:
        return again(request, "link", error, values)
    return entered(request, onward(come, "/"), come)


def _come(services: Services, token: str, guest: Guest, first: bool) -> Entered:
    password = guest.said("password")
    if not first:
        return set_password_by_link(services.entrance, guest.visitor, token, password)
    login, name = guest.said("login"), plain_name(guest.said("name"))
    come = found_installation(services.entrance, guest.visitor, token, login, name or login, password)
    with suppress(OSError):  # the link is over, whether or not its file can go
        DataFolder(services.settings.data.absolute()).first_link.unlink()
    return come


def _values(services: Services, token: str, guest: Guest) -> dict[str, object]:
    with services.database.read() as session:
        _, person = find_link(session, token, guest.visitor.now)
    return {"person": person, "login": guest.said("login"), "name": guest.said("name")}
