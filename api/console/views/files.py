"""Our style sheet and our sign: from here, from nowhere else, and no other file."""

from fastapi import APIRouter, Depends, Response

from api.console.pages import SIGN, STYLE, served_file
from api.deps import public

router = APIRouter()
KEPT = {"Cache-Control": "public, max-age=31536000"}


@router.get(f"/static/{STYLE}", dependencies=[Depends(public)])
def style() -> Response:
    return Response(served_file(STYLE), media_type="text/css", headers=KEPT)


@router.get(f"/static/{SIGN}", dependencies=[Depends(public)])
def sign() -> Response:
    return Response(served_file(SIGN), media_type="image/svg+xml", headers=KEPT)
