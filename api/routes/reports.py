"""What was planned and what was heard, as JSON and as tables for a spreadsheet."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from sqlmodel import Session

from api.deps import Served, Viewer
from api.errors import language_of
from api.problems import READS, Language, refusals
from api.shapes import Day, Id, Instant, Shown
from api.timestamps import to_utc_or_none
from controller.errors.programmes import ReportTooLong
from controller.reach.sight import Sight
from controller.reports.counting import Asked, count, names
from controller.reports.figures import By, Line, Per, lines
from controller.reports.tables import table, words
from controller.sheets import csv_text, workbook
from controller.sheets.csv_text import Separator, csv_bytes
from controller.sheets.sheet import Sheet
from controller.sheets.workbook import xlsx_bytes
from scheduler.recurrence.period import period
from scheduler.recurrence.zones import VIETNAM

router = APIRouter(prefix="/reports", tags=["reports"])

MOST_LINES = 50_000
EVERY: tuple[Per, ...] = ("area", "programme", "speaker")


class LineShown(Shown):
    day: Annotated[date, Field(description="Of a month its first day.")]
    subject: Annotated[Id | None, Field(description="Area, programme or speaker; null: a broadcast of no programme.")]
    name: str
    emergency: bool
    planned: Annotated[int, Field(description="Airings that were to be heard; at each speaker one.")]
    played: int
    failed: int
    refused: int
    expired: int
    cancelled: int
    unreachable: int
    open: Annotated[int, Field(description="Not ended yet.")]
    planned_s: int
    heard_s: int
    share: Annotated[float | None, Field(description="Heard of the planned time, 0 to 1.")]
    first_sound: Instant | None
    last_sound: Instant | None


class ReportShown(Shown):
    lines: list[LineShown]


@router.get(
    "/airings", response_model=ReportShown,
    responses=refusals(*READS, "period_invalid", "report_too_long", "zone_unknown", within=["area_unknown"])
    | {200: {"content": {kind: {} for kind in (csv_text.MEDIA_TYPE, workbook.MEDIA_TYPE)}}},
)  # fmt: skip
def airings(
    request: Request, services: Served, who: Viewer,
    first: Annotated[Day, Query(alias="from", description="First day.")],
    last: Annotated[Day, Query(alias="to", description="Last day, included.")],
    area: Annotated[Id | None, Query(description="Only speakers that hear it.")] = None,
    programme: Annotated[Id | None, Query(description="Only its airings.")] = None,
    by: By = "day",
    per: Annotated[Per | None, Query(description="Absent: area; in XLSX a sheet for each.")] = None,
    form: Annotated[Literal["json", "csv", "xlsx"], Query(alias="format")] = "json",
    separator: Annotated[Separator, Query(description="Of CSV; with `;` decimals have a comma.")] = ",",
    zone: Annotated[str, Query(max_length=80, description="Whose days, IANA name.")] = VIETNAM,
) -> ReportShown | Response:  # fmt: skip
    """Planned and played by day or month, for each area, programme or speaker; emergencies apart."""
    days, language = period(first, last, zone), language_of(request)
    views = EVERY if form == "xlsx" and per is None else (per or "area",)
    with services.database.read() as session:
        asked = Asked(days, area, programme, Sight(session, who).of("device"))
        found = {view: _lines(session, asked, by, view) for view in views}
    if form == "json":
        return ReportShown(lines=[_shown(line) for line in found[views[0]]])
    return _file([table(found[view], asked.period, by, view, language) for view in views], form, separator, language)


def _lines(session: Session, asked: Asked, by: By, per: Per) -> list[Line]:
    found = lines(count(session, asked, per), asked.period, by, names(session, per, asked.period.end - 1))
    if len(found) > MOST_LINES:
        raise ReportTooLong(lines=len(found), most_lines=MOST_LINES)
    return found


def _shown(line: Line) -> LineShown:
    figures = line.figures
    return LineShown(
        day=line.day, subject=line.subject, name=line.name, emergency=line.emergency, planned=figures.planned,
        **figures.ended, planned_s=figures.planned_ms // 1_000, heard_s=figures.heard_ms // 1_000,
        share=figures.share, first_sound=to_utc_or_none(figures.first_at), last_sound=to_utc_or_none(figures.last_at),
    )  # fmt: skip


def _file(sheets: Sequence[Sheet], form: str, separator: Separator, language: Language) -> Response:
    content, kind = (
        (csv_bytes(sheets[0], separator), csv_text.MEDIA_TYPE)
        if form == "csv"
        else (xlsx_bytes(sheets), workbook.MEDIA_TYPE)
    )
    disposition = f'attachment; filename="{words(language)["file"]}.{form}"'
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition, "Vary": "Accept-Language"})
