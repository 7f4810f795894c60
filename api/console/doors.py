"""What the pages' handlers are handed: the form that was sent, and who sent it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request, Response
from fastapi.responses import RedirectResponse

from api.cookies import cookie_of, give, take
from api.csrf import FIELD, SAFE, require_proof
from api.deps import PERMISSION, PUBLIC, Served, origin_of, person_asking
from controller.people.callers import Caller
from controller.people.entrance.browsers import LIFE
from controller.people.entrance.entrance import Entered
from controller.people.entrance.sessions import Visitor
from controller.runtime.services import Services

OWN = "own"
MOST_FIELDS, LONGEST = 12, 1_000
_PATH = re.compile(r"/(?:[A-Za-z0-9][A-Za-z0-9/_-]*)?")
Form = Mapping[str, str]


async def _form(request: Request) -> Form:
    """The fields of a form; of one that is sent twice, the last."""
    if request.method in SAFE:
        return {}
    try:
        pairs = parse_qsl((await request.body()).decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: value[:LONGEST] for name, value in pairs}


Sent = Annotated[Form, Depends(_form)]


@dataclass(frozen=True)
class Guest:
    """Whoever is at the browser, with what they have sent."""

    visitor: Visitor
    form: Form

    def said(self, field: str) -> str:
        return self.form.get(field, "")


@dataclass(frozen=True)
class Host(Guest):
    """A guest who is logged in."""

    caller: Caller


def anybody(request: Request, services: Served, form: Sent) -> Guest:
    """A dependency for pages that everybody may see and use."""
    require_proof(request, services, form.get(FIELD), ["session", "visit"])
    return Guest(_visitor(request, services), form)


def own(request: Request, services: Served, form: Sent) -> Host:
    """A dependency for pages on which everybody who is logged in sees and changes what is theirs."""
    require_proof(request, services, form.get(FIELD), ["session"])
    return Host(_visitor(request, services), form, person_asking(request, services))


setattr(anybody, PERMISSION, PUBLIC)
setattr(own, PERMISSION, OWN)
AnyGuest = Annotated[Guest, Depends(anybody)]
LoggedInGuest = Annotated[Host, Depends(own)]


def entered(request: Request, response: Response, come: Entered) -> Response:
    """The answer with the cookies of who has just come in."""
    give(request, response, "session", come.token)
    if cookie_of(request, "language") is None:
        give(request, response, "language", come.language, LIFE // 1_000_000)
    if come.browser is not None:
        give(request, response, "browser", come.browser, LIFE // 1_000_000)
    take(request, response, "visit")
    return response


def onward(come: Entered, wished: str) -> Response:
    """To the second factor, or to where they wanted to go."""
    if come.waits:
        return RedirectResponse(f"/login/code?next={safe_path(wished)}", 303)
    return RedirectResponse(safe_path(wished), 303)


def safe_path(wished: str) -> str:
    """A page of ours, whatever somebody has written into an address."""
    return wished if _PATH.fullmatch(wished) and "//" not in wished else "/"


def _visitor(request: Request, services: Services) -> Visitor:
    agent = request.headers.get("user-agent", "")
    token, browser = cookie_of(request, "session"), cookie_of(request, "browser")
    return Visitor(origin_of(request), services.now(), agent, token, browser)
