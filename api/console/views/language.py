"""Vietnamese or English, at this browser."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from api.console.doors import AnyGuest, safe_path
from api.cookies import give

router = APIRouter()
YEAR = 365 * 24 * 3600


@router.post("/language")
def choose(request: Request, guest: AnyGuest) -> Response:
    answer = RedirectResponse(safe_path(guest.said("next")), 303)
    give(request, answer, "language", "en" if guest.said("language") == "en" else "vi", YEAR)
    return answer
