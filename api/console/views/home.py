"""The page after log-in: who I am, and what I may do where."""

from fastapi import APIRouter, Request, Response

from api.console.doors import LoggedInGuest
from api.console.pages import page
from api.deps import Served
from controller.people.models import Person
from controller.people.newcomers import PERSON
from devices.models import Area

router = APIRouter()


@router.get("/")
def show(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    caller = guest.caller
    with services.database.read() as session:
        login = session.get_one(Person, caller.id.removeprefix(PERSON)).login
        areas = {one.area: session.get(Area, one.area) for one in caller.rights.given if one.area is not None}
    roles = [(one.role, area.name if one.area and (area := areas[one.area]) else None) for one in caller.rights.given]
    values = {"who": caller.name, "login": login, "roles": sorted(roles, key=lambda role: (role[0], role[1] or ""))}
    return page(request, "home", values)
