"""The sound of a bulletin, to be heard before and after it was aired."""

import re
import unicodedata
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import FileResponse

from api.deps import Served, permit
from api.errors import RequestRefused
from api.problems import READS, refusals
from api.shapes import Id
from controller.errors.library import BulletinNotReady
from controller.library.bulletins import get_bulletin
from controller.people.permissions import Action

router = APIRouter(prefix="/bulletins", tags=["bulletins"])

KINDS = {"opus": ("audio/ogg", "ogg"), "wav": ("audio/wav", "wav")}


@router.get(
    "/{bulletin}/audio", dependencies=[Depends(permit(Action.SEE))], response_class=FileResponse,
    responses=refusals(*READS, "bulletin_unknown", "bulletin_not_ready", "audio_missing")
    | {200: {"content": {kind: {} for kind, _ in KINDS.values()}}, 206: {"description": "The range asked for."}},
)  # fmt: skip
def audio(
    bulletin: Id, services: Served, form: Annotated[Literal["opus", "wav"], Query(alias="format")] = "opus"
) -> FileResponse:
    """The rendered sound: as it goes to the speakers (Ogg Opus), or as it was before (WAV). Ranges are served."""
    with services.database.read() as session:
        row = get_bulletin(session, bulletin)
    sha256 = row.wav_sha256 if form == "wav" else row.sha256
    if sha256 is None:
        raise BulletinNotReady(bulletin=bulletin, state=row.state)
    if not services.store.holds(sha256):
        raise RequestRefused("audio_missing", sha256=sha256)
    kind, ending = KINDS[form]
    return FileResponse(
        services.store.path(sha256), media_type=kind, filename=f"{plain_name(row.title)}.{ending}",
        headers={"ETag": f'"{sha256}"', "Cache-Control": "private, max-age=31536000, immutable"},
    )  # fmt: skip


def plain_name(title: str) -> str:
    """A title as a file name that is safe everywhere: `Bản tin số 3` is `ban-tin-so-3`."""
    letters = unicodedata.normalize("NFKD", title.lower().replace("đ", "d")).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:60] or "bulletin"
