"""Who did what, when and from where: looked up, and carried away so that others can check it."""

import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse
from pydantic import Field
from sqlmodel import Session
from starlette.background import BackgroundTask

from api.deps import Served, permit, tree_of
from api.paging import Limit
from api.problems import READS, refusals
from api.shapes import Id, Instant, Moment, Page, Shown
from api.timestamps import to_utc
from controller.errors.programmes import ReportTooLong
from controller.people.anchors import Anchor, signed
from controller.people.callers import Caller
from controller.people.export import followed, json_lines, sheet
from controller.people.lines import Sought, head_of, newest
from controller.people.models import AuditLine
from controller.people.permissions import Action
from controller.runtime.services import Services
from controller.sheets import csv_text, workbook
from controller.sheets.csv_text import csv_bytes
from controller.sheets.workbook import xlsx_bytes
from devices.areas import lineage

router = APIRouter(prefix="/audit", tags=["audit"])

MOST_LINES = 20_000
"""Of a table for people; JSON lines have no end."""
JSON_LINES = "application/jsonl"

Reader = Annotated[Caller, Depends(permit(Action.AUDIT_READ))]
Who = Annotated[str | None, Query(max_length=200, description="Id (`person/…`, `key/…`) or name.")]
What = Annotated[str | None, Query(max_length=200, description="E.g. `air.edit`.")]
Subject = Annotated[str | None, Query(max_length=200, description="Id of what was changed.")]
Where = Annotated[Id | None, Query(description="Only in this area and all within it.")]
Since = Annotated[Moment | None, Query(alias="from")]
Until = Annotated[Moment | None, Query(alias="to", description="Not included.")]


class AuditLineShown(Shown):
    seq: Annotated[int, Field(description="From 1, without gaps.")]
    at: Instant
    clock: Annotated[str, Field(description="`system`, `ntp-synchronised`; empty: not known.")]
    who: Annotated[str, Field(description="Their name then; empty: forgotten.")]
    who_id: Annotated[str, Field(description="`person/…`, `key/…`; empty: the machine's command line.")]
    action: str
    subject: str
    area: Annotated[Id | None, Field(description="null: the installation.")]
    origin: Annotated[str, Field(description="From which address.")]
    detail: str
    before: Annotated[Any, Field(description="What the act replaced, as far as it differs.")]
    after: Any
    hash: str


class HeadShown(Shown):
    """The end of the chain."""

    seq: int
    hash: str
    signed: Annotated[str, Field(description="JWS by a key of role `control`: keep it elsewhere.")]


@router.get("", responses=refusals(*READS, within=["area_unknown"]))
def index(
    services: Served, caller: Reader, who: Who = None, action: What = None, subject: Subject = None,
    area: Where = None, since: Since = None, until: Until = None,
    after: Annotated[int | None, Query(ge=1, lt=1 << 63, description="`next` of the page before.")] = None,
    limit: Limit = 100,
) -> Page[AuditLineShown]:  # fmt: skip
    """The newest first; lines of the installation only for who may read them everywhere."""
    sought = _sought(services, caller, area, who=who, action=action, subject=subject, since=since, until=until)
    with services.database.read() as session:
        rows = newest(session, sought, after, limit + 1)
    return Page(
        items=[_shown(row) for row in rows[:limit]], next=str(rows[limit - 1].id) if len(rows) > limit else None
    )


@router.get("/head", responses=refusals(*READS), dependencies=[Depends(permit(Action.AUDIT_READ, installation=True))])
def head(services: Served) -> HeadShown:
    """Who keeps this elsewhere can tell later whether the record up to it was rewritten or cut."""
    with services.database.read() as session:
        seq, digest = head_of(session)
    return HeadShown(seq=seq, hash=digest, signed=_anchored(services, seq, digest))


@router.get(
    "/export", response_class=FileResponse,
    responses=refusals(*READS, "report_too_long", "disk_full", within=["area_unknown"])
    | {200: {"content": {kind: {} for kind in (JSON_LINES, csv_text.MEDIA_TYPE, workbook.MEDIA_TYPE)}}},
)  # fmt: skip
def export(
    services: Served, caller: Reader, who: Who = None, action: What = None, subject: Subject = None,
    area: Where = None, since: Since = None, until: Until = None,
    form: Annotated[Literal["jsonl", "csv", "xlsx"], Query(alias="format")] = "jsonl",
) -> Response:  # fmt: skip
    """The oldest first, with the hashes. `loa audit verify --file` checks JSON lines; without filters nothing can
    be missing from them."""
    sought = _sought(services, caller, area, who=who, action=action, subject=subject, since=since, until=until)
    with services.database.read() as session:
        if form == "jsonl":
            return _lines(services, session, sought)
        return _table(session, sought, form)


def _sought(services: Services, caller: Caller, area: str | None, **asked: Any) -> Sought:
    allowed = caller.rights.areas(Action.AUDIT_READ)
    if area is not None:
        tree = tree_of(services)()
        inside = {one for one in tree if area in lineage(one, tree)}
        allowed = frozenset(inside) if allowed is None else allowed & inside
    return Sought(areas=allowed, **asked)


def _lines(services: Services, session: Session, sought: Sought) -> Response:
    """Written to the disk first: who reads slowly holds no view of the database."""
    path = services.settings.data.absolute() / "incoming" / services.new_id()
    anchor = _anchored(services, *head_of(session))
    try:
        _write(path, json_lines(session, sought, services.keyring.tenant, anchor))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    done = BackgroundTask(path.unlink, missing_ok=True)
    return FileResponse(path, media_type=JSON_LINES, filename="audit.jsonl", background=done)


def _write(path: Path, lines: Iterable[str]) -> None:
    with path.open("x", encoding="utf-8") as file:
        file.writelines(lines)


def _table(session: Session, sought: Sought, form: str) -> Response:
    found = list(islice(followed(session, sought), MOST_LINES + 1))
    if len(found) > MOST_LINES:
        raise ReportTooLong(lines=len(found), most_lines=MOST_LINES)
    table, disposition = sheet(found), {"Content-Disposition": f'attachment; filename="audit.{form}"'}
    if form == "csv":
        return Response(csv_bytes(table), media_type=csv_text.MEDIA_TYPE, headers=disposition)
    return Response(xlsx_bytes([table]), media_type=workbook.MEDIA_TYPE, headers=disposition)


def _anchored(services: Services, seq: int, digest: str) -> str:
    anchor = Anchor(services.keyring.tenant, seq, digest, services.now())
    return signed(anchor, services.keyring.keys["control"])


def _shown(row: AuditLine) -> AuditLineShown:
    return AuditLineShown(
        seq=row.id or 0, at=to_utc(row.at), clock=row.clock, who=row.who, who_id=row.who_id, action=row.action,
        subject=row.subject, area=row.area_id, origin=row.origin, detail=row.detail, before=_value(row.before),
        after=_value(row.after), hash=row.hash,
    )  # fmt: skip


def _value(text: str | None) -> Any:
    return None if text is None else json.loads(text)
