"""What is to be said: typed or uploaded, rendered once, heard before it is aired."""

from functools import partial
from typing import Annotated

import anyio
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import ValidationError
from sqlmodel import Session, col, select

from api.approvals import ports_of
from api.bulletins import (
    BODIES,
    BulletinShown,
    BulletinSummary,
    PlaylistWish,
    PreviewShown,
    PreviewWish,
    RecordingWish,
    ShelvingWish,
    TextWish,
    named_of,
    summary_of,
)
from api.deps import Key, Served, Viewer, act_of, permit
from api.errors import refused_body
from api.paging import After, Limit, newest_first
from api.problems import READS, WRITES, refusals
from api.shapes import Id, Page
from api.uploads import Upload, landed
from controller.approvals.holding import take_in
from controller.library.bulletins import (
    PlaylistBulletin,
    RecordedBulletin,
    TextBulletin,
    add_playlist,
    add_recording,
    add_text,
    check_text,
    get_bulletin,
)
from controller.library.glossary import read_glossary
from controller.library.models import Blob, Bulletin
from controller.library.studio import StudioError, VoiceWish
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.people.rights import Place
from controller.reach.admission import admit_named
from controller.reach.sight import Sight
from controller.runtime.services import Services
from devices.registry import standing

router = APIRouter(prefix="/bulletins", tags=["bulletins"])

Wait = Annotated[float, Query(ge=0, le=60, description="How long to wait for the sound, seconds.")]
LOOK_EVERY_S = 0.05
NOT_TAKEN = ("upload_missing", "upload_broken", "nothing_to_say", "text_too_long")
NOT_MADE = (
    "not_audio", "unsafe_container", "no_decodable_audio", "unusable_format", "silent_audio", "too_short", "too_long",
    "too_large", "expands_too_much", "decode_timeout", "speech_failed", "speech_timeout", "voice_unknown",
    "rendering_failed",
)  # fmt: skip
NOT_OWNED = ("version_of_version", "owner_needed", "area_ended")
NOT_THERE = ("bulletin_unknown", "area_unknown")


@router.post(
    "", status_code=201, openapi_extra=BODIES,
    responses=refusals(*WRITES, *NOT_TAKEN, *NOT_OWNED, within=[*NOT_MADE, *NOT_THERE])
    | {202: {"model": BulletinShown, "description": "Still being rendered."}},
)  # fmt: skip
async def create(
    request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.BULLETIN_CREATE))], wait_s: Wait = 20.0, key: Key = None,
) -> BulletinShown:  # fmt: skip
    """A typed text (JSON) or a recording (multipart). 201 when it is ready, 202 while it is still being made."""
    if request.headers.get("content-type", "").startswith("multipart/"):
        async with landed(request, services.settings.data.absolute() / "incoming", services.new_id) as upload:
            made = await run_in_threadpool(_recorded, services, request, who, key, upload)
    else:
        made = await run_in_threadpool(_typed, services, request, who, key, await request.body())
    return await _made(services, who, request, response, made, wait_s)


@router.post(
    "/playlists", status_code=201,
    responses=refusals(*WRITES, *NOT_OWNED, "bulletin_not_ready", within=[*NOT_MADE, *NOT_THERE])
    | {202: {"model": BulletinShown, "description": "Still being rendered."}},
)  # fmt: skip
async def create_playlist(
    wish: PlaylistWish, request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.BULLETIN_CREATE))], wait_s: Wait = 20.0, key: Key = None,
) -> BulletinShown:  # fmt: skip
    """Finished bulletins joined into one, as loud as any other. What its members become later changes nothing in it."""
    made = await run_in_threadpool(_joined, services, request, who, key, wish)
    return await _made(services, who, request, response, made, wait_s)


@router.post(
    "/preview", responses=refusals(*WRITES, "nothing_to_say", "text_too_long", "owner_needed", within=["area_unknown"])
)  # fmt: skip
def preview(wish: PreviewWish, services: Served, who: Viewer) -> PreviewShown:
    """How a text would be read, with the glossary of the place."""
    with services.database.read() as session:
        admit_named(session, who, Action.SEE, wish)
    read_as = _read_as(services, wish.text, who.home(Action.SEE) if wish.owner is None else wish.owner)
    check_text(wish.text, read_as)
    return PreviewShown(read_as=read_as)


@router.get("", responses=refusals(*READS, "page_unknown"))
def index(services: Served, who: Viewer, after: After = None, limit: Limit = 50) -> Page[BulletinSummary]:
    """The newest first, without their texts."""
    with services.database.read() as session:
        sight = Sight(session, who)
        rows, more = newest_first(session, Bulletin, Bulletin.created_at, after, limit, sight.of("bulletin"))
        blobs, named = _blobs(session, [row.sha256 for row in rows if row.sha256]), named_of(sight, rows)
    items = [BulletinSummary(**summary_of(row, blobs.get(row.sha256 or ""), named)) for row in rows]
    return Page(items=items, next=more)


@router.get("/{bulletin}", responses=refusals(*READS, "bulletin_unknown"))
def one(bulletin: Id, services: Served, who: Viewer) -> BulletinShown:
    """One bulletin, with its text and how it is read."""
    return _show(services, who, bulletin)


def _typed(services: Services, request: Request, who: Caller, key: str | None, body: bytes) -> str:
    try:
        wish = TextWish.model_validate_json(body)
    except ValidationError as error:
        raise refused_body(error) from error
    act = act_of(services, request, who, key, wish.model_dump_json())
    owner = _owner(services, who, wish)
    asked = TextBulletin(
        wish.title, wish.text, _read_as(services, wish.text, owner), VoiceWish(**wish.voice.model_dump()), wish.chime,
        wish.shelving(owner),
    )  # fmt: skip
    with services.database.write() as session:
        add = partial(add_text, session, asked, act, services.new_id)
        return take_in(session, add, who, act, ports_of(services))


def _recorded(services: Services, request: Request, who: Caller, key: str | None, upload: Upload) -> str:
    try:
        wish = RecordingWish.model_validate(upload.fields)
    except ValidationError as error:
        raise refused_body(error) from error
    sha256 = services.store.adopt(upload.path)
    act = act_of(services, request, who, key, wish.model_dump_json(), sha256)
    shelving = wish.shelving(_owner(services, who, wish))
    asked = RecordedBulletin(wish.title, sha256, upload.name, wish.chime, shelving)
    with services.database.write() as session:
        add = partial(add_recording, session, asked, act, services.new_id)
        return take_in(session, add, who, act, ports_of(services))


def _joined(services: Services, request: Request, who: Caller, key: str | None, wish: PlaylistWish) -> str:
    act = act_of(services, request, who, key, wish.model_dump_json())
    shelving = wish.shelving(_owner(services, who, wish))
    asked = PlaylistBulletin(wish.title, tuple(wish.members), wish.chime, shelving)
    with services.database.write() as session:
        add = partial(add_playlist, session, asked, act, services.new_id)
        return take_in(session, add, who, act, ports_of(services))


def _owner(services: Services, who: Caller, wish: ShelvingWish) -> Place:
    """Whose it will be, if all that it names is there for the caller."""
    with services.database.read() as session:
        admit_named(session, who, Action.BULLETIN_CREATE, wish)
        if wish.owner is not None:
            standing(session, wish.owner)
            return wish.owner
        if wish.version_of is not None:
            original = get_bulletin(session, wish.version_of).owner_id
            if who.rights.may(Action.BULLETIN_CREATE, original):
                return original
    return who.home(Action.BULLETIN_CREATE)


async def _made(
    services: Services, who: Caller, request: Request, response: Response, made: str, wait_s: float
) -> BulletinShown:
    services.ring_studio()
    shown = await _settled(services, who, made, wait_s)
    response.status_code = 202 if shown.state == "rendering" else 201
    response.headers["Location"] = f"{request.url.path.removesuffix('/playlists')}/{made}"
    return shown


async def _settled(services: Services, who: Caller, made: str, wait_s: float) -> BulletinShown:
    """The bulletin once it is ready, or as it stands when the time is over. StudioError if it has failed.

    It waits without a thread: however many wait for the studio, an alert finds a thread at once.
    """
    shown = await run_in_threadpool(_show, services, who, made)
    with anyio.move_on_after(wait_s):
        while shown.state == "rendering":
            await anyio.sleep(LOOK_EVERY_S)
            shown = await run_in_threadpool(_show, services, who, made)
    if shown.state == "failed":
        raise StudioError(shown.problem or "rendering_failed", bulletin=made)
    return shown


def _read_as(services: Services, text: str, owner: Place) -> str:
    with services.database.read() as session:
        glossary = read_glossary(session, owner)
    return services.studio.read_as(text, glossary)


def _show(services: Services, who: Caller, bulletin: str) -> BulletinShown:
    with services.database.read() as session:
        row = get_bulletin(session, bulletin)
        blob = session.get(Blob, row.sha256) if row.sha256 else None
        named = named_of(Sight(session, who), [row])
    return BulletinShown(**summary_of(row, blob, named), text=row.text, read_as=row.read_as)


def _blobs(session: Session, names: list[str]) -> dict[str, Blob]:
    return {blob.sha256: blob for blob in session.exec(select(Blob).where(col(Blob.sha256).in_(names)))}
