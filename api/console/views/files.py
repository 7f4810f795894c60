"""Our style sheet: from here, from nowhere else, and no other file."""

from fastapi import APIRouter, Depends, Response

from api.console.pages import STYLE, style_sheet
from api.deps import public

router = APIRouter()


@router.get(f"/static/{STYLE}", dependencies=[Depends(public)])
def style() -> Response:
    return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": "public, max-age=31536000"})
