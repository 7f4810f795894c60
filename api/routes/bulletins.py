"""What is to be said: typed or uploaded, rendered once, heard before it is aired."""

import shutil
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse
from pydantic import Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from api.deps import Key, Served, act_of, permit
from api.errors import RequestRefused
from api.paging import newest
from api.shapes import Asked, Id, Instant, Name, Page, Shown, Text
from api.timestamps import to_utc
from controller.errors import BulletinNotReady
from controller.library.bulletins import (
    RecordedBulletin,
    TextBulletin,
    add_recording,
    add_text,
    check_text,
    get_bulletin,
)
from controller.library.glossary import read_glossary
from controller.library.models import Blob, Bulletin
from controller.library.studio import StudioError, VoiceWish
from controller.people.permissions import Action
from controller.runtime.services import Services

router = APIRouter(prefix="/bulletins", tags=["bulletins"])

Wait = Annotated[float, Query(ge=0, le=60, description="How long to wait for the sound, seconds.")]
FIELD_BYTES = 4_096


class VoiceShape(Asked):
    engine: Literal["espeak", "piper"] = "espeak"
    accent: Literal["north", "central", "south"] = "north"
    rate: Annotated[float, Field(ge=0.6, le=1.6)] = 1.0
    gender: Literal["female", "male"] = "female"


class TextWish(Asked):
    title: Name
    text: Text
    voice: VoiceShape = VoiceShape()
    chime: bool = True


class RecordingWish(Asked):
    title: Name
    chime: bool = True


class PreviewWish(Asked):
    text: Text


class PreviewShown(Shown):
    read_as: str
    """What will be spoken, word by word."""


class BulletinShown(Shown):
    id: Id
    title: str
    kind: Literal["text", "upload"]
    text: str | None
    read_as: str | None
    state: Literal["rendering", "ready", "failed"]
    problem: str | None
    sha256: str | None
    duration_ms: int | None
    size: int | None
    lufs: float | None
    true_peak_db: float | None
    warnings: list[str]
    created_at: Instant
    created_by: str


@router.post(
    "", status_code=201, responses={202: {"model": BulletinShown, "description": "Still being rendered."}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": TextWish.model_json_schema(ref_template="#/components/schemas/{model}")},
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["title", "file"],
                        "properties": {
                            "title": {"type": "string"},
                            "chime": {"type": "boolean", "default": True},
                            "file": {"type": "string", "format": "binary"},
                        },
                    }
                },
            },
        }
    },
)  # fmt: skip
async def create(
    request: Request, response: Response, services: Served,
    who: Annotated[str, Depends(permit(Action.BULLETIN_CREATE))], wait_s: Wait = 20.0, key: Key = None,
) -> BulletinShown:  # fmt: skip
    """A typed text (JSON) or a recording (multipart). 201 when it is ready, 202 while it is still being made."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_files=1, max_fields=8, max_part_size=FIELD_BYTES) as form:
            made = await run_in_threadpool(_recorded, services, request, who, key, form)
    else:
        made = await run_in_threadpool(_typed, services, request, who, key, await request.body())
    services.ring_studio()
    return await run_in_threadpool(_settled, services, made, wait_s, response)


@router.post("/preview", dependencies=[Depends(permit(Action.SEE))])
def preview(wish: PreviewWish, services: Served) -> PreviewShown:
    """How a text would be read, with the office's glossary."""
    read_as = _read_as(services, wish.text)
    check_text(wish.text, read_as)
    return PreviewShown(read_as=read_as)


@router.get("", dependencies=[Depends(permit(Action.SEE))])
def index(
    services: Served, after: Id | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> Page[BulletinShown]:
    """The newest first."""
    with services.database.read() as session:
        rows, following = newest(session, Bulletin, get_bulletin(session, after) if after else None, limit)
        shown = [_shown(row, session.get(Blob, row.sha256) if row.sha256 else None) for row in rows]
    return Page(items=shown, next=following)


@router.get("/{bulletin}", dependencies=[Depends(permit(Action.SEE))])
def one(bulletin: Id, services: Served) -> BulletinShown:
    return _show(services, bulletin)


@router.get(
    "/{bulletin}/audio", dependencies=[Depends(permit(Action.SEE))], response_class=FileResponse,
    responses={200: {"content": {"audio/ogg": {}, "audio/wav": {}}}},
)  # fmt: skip
def audio(
    bulletin: Id, services: Served, form: Annotated[Literal["opus", "wav"], Query(alias="format")] = "opus"
) -> FileResponse:
    """The rendered sound: as it goes to the speakers (Ogg Opus), or as it was before (WAV, 24 kHz)."""
    with services.database.read() as session:
        row = get_bulletin(session, bulletin)
    sha256 = row.wav_sha256 if form == "wav" else row.sha256
    if sha256 is None:
        raise BulletinNotReady(bulletin=bulletin, state=row.state)
    kind, ending = ("audio/wav", "wav") if form == "wav" else ("audio/ogg", "ogg")
    return FileResponse(services.store.path(sha256), media_type=kind, filename=f"{bulletin}.{ending}")


def _typed(services: Services, request: Request, who: str, key: str | None, body: bytes) -> str:
    try:
        wish = TextWish.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from error
    read_as = _read_as(services, wish.text)
    voice = VoiceWish(**wish.voice.model_dump())
    act = act_of(services, request, who, key, wish.model_dump_json())
    with services.database.write() as session:
        asked = TextBulletin(wish.title, wish.text, read_as, voice, wish.chime)
        return add_text(session, asked, act, services.new_id)


def _recorded(services: Services, request: Request, who: str, key: str | None, form: FormData) -> str:
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise RequestRefused("upload_missing")
    try:
        wish = RecordingWish.model_validate({name: value for name, value in form.items() if name != "file"})
    except ValidationError as error:
        raise _refusal(error) from error
    sha256 = services.store.adopt(_landed(services, file))
    act = act_of(services, request, who, key, wish.model_dump_json(), sha256)
    with services.database.write() as session:
        asked = RecordedBulletin(wish.title, sha256, _printable(file.filename or ""), wish.chime)
        return add_recording(session, asked, act, services.new_id)


def _refusal(error: ValidationError) -> RequestValidationError:
    return RequestValidationError(error.errors(include_url=False, include_context=False, include_input=False))


def _landed(services: Services, file: UploadFile) -> Path:
    """The upload under a name of ours, on the disk of the store."""
    target = services.settings.data.absolute() / "incoming" / services.new_id()
    with target.open("wb") as landed:
        file.file.seek(0)
        shutil.copyfileobj(file.file, landed, 1 << 20)
    return target


def _printable(name: str) -> str:
    return "".join(letter for letter in name.encode("utf-8", "replace").decode() if letter.isprintable())[:200]


def _settled(services: Services, made: str, wait_s: float, response: Response) -> BulletinShown:
    services.wait_rendered(made, wait_s)
    shown = _show(services, made)
    if shown.state == "failed":
        raise StudioError(shown.problem or "rendering_failed", bulletin=made)
    response.status_code = 201 if shown.state == "ready" else 202
    response.headers["Location"] = f"/api/v1/bulletins/{made}"
    return shown


def _read_as(services: Services, text: str) -> str:
    with services.database.read() as session:
        glossary = read_glossary(session)
    return services.studio.read_as(text, glossary)


def _show(services: Services, bulletin: str) -> BulletinShown:
    with services.database.read() as session:
        row = get_bulletin(session, bulletin)
        return _shown(row, session.get(Blob, row.sha256) if row.sha256 else None)


def _shown(row: Bulletin, blob: Blob | None) -> BulletinShown:
    return BulletinShown(
        id=row.id, title=row.title, kind=row.kind, text=row.text, read_as=row.read_as, state=row.state,
        problem=row.problem, sha256=row.sha256, duration_ms=blob.duration_ms if blob else None,
        size=blob.size if blob else None, lufs=row.lufs, true_peak_db=row.true_peak_db, warnings=row.warnings,
        created_at=to_utc(row.created_at), created_by=row.created_by,
    )  # fmt: skip
