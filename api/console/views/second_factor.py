"""My second factor: the telephone, and the codes on paper."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.doors import Host, LoggedInGuest, entered
from api.console.pages import again, page
from api.deps import Served
from controller.enrolment.qr import qr_file
from controller.errors.entrance import CodeRefused, PasswordWrong, TooManyTries
from controller.people.entrance.entrance import Entered
from controller.people.entrance.own_account import (
    confirm_factor,
    drop_factor,
    propose_factor,
    renew_recovery_codes,
)
from controller.people.entrance.second_factor import is_on
from controller.people.entrance.sessions import logged_in
from controller.runtime.services import Services

router = APIRouter()
WRONG = (CodeRefused, PasswordWrong, TooManyTries)
HERE = "/account/second-factor"


@router.get(HERE)
def show(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    return page(request, "second_factor", _values(services, guest))


@router.get(HERE + "/code.svg")
def picture(services: Served, guest: LoggedInGuest) -> Response:
    """What the telephone scans. SecondFactorThere once it has been confirmed: nobody sees it after that."""
    _, address = propose_factor(services.entrance, guest.visitor)
    return Response(qr_file(address), media_type="image/svg+xml")


@router.post(HERE)
def turn_on(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    try:
        come, codes = confirm_factor(services.entrance, guest.visitor, guest.said("password"), guest.said("code"))
    except WRONG as error:
        return again(request, "second_factor", error, _values(services, guest))
    return entered(request, _codes(request, guest, codes, come), come)


@router.post(HERE + "/off")
def turn_off(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    try:
        come = drop_factor(services.entrance, guest.visitor, guest.said("code"))
    except WRONG as error:
        return again(request, "second_factor", error, _values(services, guest))
    return entered(request, RedirectResponse("/account", 303), come)


@router.post(HERE + "/recovery-codes")
def renew(request: Request, services: Served, guest: LoggedInGuest) -> Response:
    try:
        codes = renew_recovery_codes(services.entrance, guest.visitor, guest.said("code"))
    except WRONG as error:
        return again(request, "second_factor", error, _values(services, guest))
    return _codes(request, guest, codes)


def _codes(request: Request, guest: Host, codes: list[str], come: Entered | None = None) -> Response:
    """Shown this once."""
    values = {"who": guest.caller.name, "codes": codes}
    return page(request, "recovery_codes", values, token=come.token if come else None)


def _values(services: Services, guest: Host) -> dict[str, object]:
    with services.database.read() as session:
        mine = logged_in(session, guest.visitor.token, guest.visitor.now, services.entrance.lives)
        on, has_password = is_on(session, mine.person.id), mine.person.password is not None
    secret = None if on else propose_factor(services.entrance, guest.visitor)[0]
    return {"who": guest.caller.name, "on": on, "secret": secret, "has_password": has_password}
