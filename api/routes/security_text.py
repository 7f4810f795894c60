"""Whom to tell about a weakness (RFC 9116): the one page outside of the interface's own addresses."""

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import PlainTextResponse

from api.deps import Served, public
from api.timestamps import to_rfc3339
from devices.protocol.units import DAY

router = APIRouter(prefix="/.well-known")

GOOD_FOR = 180 * DAY


@router.get("/security.txt", dependencies=[Depends(public)], include_in_schema=False, response_class=PlainTextResponse)
def security_text(services: Served) -> str:
    """Not found where the installation names no contact."""
    contact = services.settings.security.contact
    if contact is None:
        raise HTTPException(404)
    expires = to_rfc3339(services.now() // DAY * DAY + GOOD_FOR)
    return f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: vi, en\n"
