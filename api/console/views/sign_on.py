"""By way of the OpenID provider, and back."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.doors import AnyGuest, entered, onward
from api.cookies import cookie_of, give, take
from api.deps import Served, own_address
from controller.errors.entrance import SignOnOff, SignOnRefused
from controller.people.sign_on.flow import LIFE, SignOn
from controller.people.sign_on.linking import come_in
from controller.runtime.services import Services

router = APIRouter()
BACK = "/login/sso/callback"


@router.get("/login/sso")
def go(request: Request, services: Served, _guest: AnyGuest) -> Response:
    url, kept = _sign_on(services).start(_back(services, request))
    answer = RedirectResponse(url, 303)
    give(request, answer, "way", kept, LIFE // 1_000_000)
    return answer


@router.get(BACK)
def come(request: Request, services: Served, guest: AnyGuest) -> Response:
    sign_on, kept = _sign_on(services), cookie_of(request, "way")
    if kept is None:
        raise SignOnRefused(why="state")
    identity = sign_on.finish(dict(request.query_params), kept, _back(services, request))
    found = come_in(services.entrance, guest.visitor, identity, sign_on.client)
    answer = entered(request, onward(found, "/"), found)
    take(request, answer, "way")
    return answer


def _sign_on(services: Services) -> SignOn:
    if services.sign_on is None:
        raise SignOnOff()
    return services.sign_on


def _back(services: Services, request: Request) -> str:
    """Our address, as the provider knows it."""
    return own_address(services, request) + BACK
