"""My password."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.doors import LoggedInGuest, entered
from api.console.pages import again, page
from api.deps import Served
from controller.errors.base import LoaError
from controller.errors.callers import SessionOver
from controller.people.entrance.own_account import change_password

router = APIRouter()


@router.get("/account/password")
def show(request: Request, guest: LoggedInGuest) -> Response:
    return page(request, "password", {"who": guest.caller.name})


@router.post("/account/password")
def change(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    try:
        come = change_password(services.entrance, guest.visitor, guest.said("old"), guest.said("new"))
    except SessionOver:
        raise
    except LoaError as error:
        return again(request, "password", error, {"who": guest.caller.name})
    return entered(request, RedirectResponse("/account", 303), come)
