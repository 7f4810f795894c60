"""Programmes in and out as spreadsheets and calendars: shown line by line before anything is kept."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field

from api.approvals import WAITS, ApprovalShown, ports_of, waiting
from api.deps import Key, Served, Viewer, act_of, permit
from api.errors import RequestRefused, language_of
from api.import_words import column_of, said_of, said_of_fault, unopened
from api.problems import READS, WRITES, Language, refusals
from api.shapes import Id, Shown
from api.timestamps import to_utc
from api.uploads import landed
from controller.approvals.holding import keep_or_ask, waits_already
from controller.approvals.planning import ProgrammesMade
from controller.errors.programmes import SpreadsheetRefused
from controller.exchange.columns import NEEDED, headings
from controller.exchange.directory import Directory
from controller.exchange.events import read_calendar
from controller.exchange.exporting import exported
from controller.exchange.importing import Keep, Keeper, OnClash, OnErrors, Outcome, Wish, import_lines
from controller.exchange.names import read_directory
from controller.exchange.rows import Setting
from controller.exchange.saying import is_over, understood_as
from controller.exchange.sheet_lines import Reading, read_sheet
from controller.exchange.there import read_there
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.programmes.keeping_many import create_programmes
from controller.reach.importing import keep_admitted
from controller.reach.sight import Sight
from controller.runtime.services import Services
from controller.sheets import csv_text, workbook
from controller.sheets.csv_text import Separator
from devices.errors import AreaUnknown
from scheduler.errors import BadCalendar
from scheduler.programmes.programme import Newest, Programme
from scheduler.recurrence.walltime import shown
from scheduler.recurrence.zones import VIETNAM, zone_named

router = APIRouter(prefix="/programmes", tags=["programmes"])

CALENDAR = "text/calendar; charset=utf-8"
NOT_IMPORTED = ("upload_missing", "upload_broken", "spreadsheet_refused", "bad_calendar", "import_refused",
                "import_too_slow")  # fmt: skip
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "XLSX, CSV or .ics, up to 5 MB."}
                    },
                }
            }
        },
    }
}


class FaultShown(Shown):
    column: Annotated[str | None, Field(description="Heading or property; null: the whole line.")]
    code: str
    said: str


class LineShown(Shown):
    line: Annotated[int, Field(description="Row of the spreadsheet, or number of the event.")]
    title: str
    understood: Annotated[str | None, Field(description="As what it was understood, in words.")]
    unchanged: Annotated[bool, Field(description="There is such a programme already: nothing is made of it.")]
    programme: Annotated[Id | None, Field(description="What was made of it, null in a dry run; or what is there.")]
    faults: list[FaultShown]


class ImportShown(Shown):
    dry_run: bool
    good: Annotated[int, Field(description="Lines that can be, or were, kept.")]
    unchanged: int
    refused: int
    warnings: list[str]
    lines: list[LineShown]


def keeping() -> Keep:
    """Who keeps programmes."""
    return create_programmes


@router.post(
    "/import", openapi_extra=FORM, responses=refusals(*WRITES, *NOT_IMPORTED, within=["area_unknown"]) | WAITS
)  # fmt: skip
async def import_file(
    request: Request, response: Response, services: Served,
    who: Annotated[Caller, Depends(permit(Action.PROGRAMME_EDIT))],
    keep: Annotated[Keep, Depends(keeping)],
    dry_run: Annotated[bool, Query(description="Show only what would be.")] = True,
    on_errors: Annotated[OnErrors, Query(description="Keep nothing where a line is refused, or leave it out.")] = (
        "refuse_all"
    ),
    on_clash: OnClash = "refuse",
    area: Annotated[Id | None, Query(description="Where a line names no area, and whose the programmes are.")] = None,
    key: Key = None,
) -> ImportShown | ApprovalShown:  # fmt: skip
    """One programme for each row of a spreadsheet (XLSX, CSV), or for each event of a calendar."""
    async with landed(request, services.settings.data.absolute() / "incoming", services.new_id) as upload:
        content = await run_in_threadpool(upload.path.read_bytes)
    wish = Wish(dry_run, on_errors, on_clash)
    keeper = Keeper(keep, services.new_id, services.now)
    act = act_of(services, request, who, key, wish, area, content.hex())
    language = language_of(request)
    made = await run_in_threadpool(_imported, services, content, area, wish, act, keeper, who, language)
    if isinstance(made, str):
        return await run_in_threadpool(waiting, request, response, services, who, made)
    return made


@router.get(
    "/export", response_class=Response,
    responses=refusals(*READS)
    | {200: {"content": {kind: {} for kind in (workbook.MEDIA_TYPE, csv_text.MEDIA_TYPE, CALENDAR)}}},
)  # fmt: skip
def export(
    request: Request, services: Served, who: Viewer,
    form: Annotated[Literal["xlsx", "csv", "ics"], Query(alias="format")] = "xlsx", separator: Separator = ",",
) -> Response:  # fmt: skip
    """All programmes that the caller sees as the file that can be imported again."""
    with services.database.read() as session:
        content = exported(session, Sight(session, who), form, separator, language_of(request))
    kind = {"xlsx": workbook.MEDIA_TYPE, "csv": csv_text.MEDIA_TYPE, "ics": CALENDAR}[form]
    disposition = f'attachment; filename="loa-programmes.{form}"'
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition, "Vary": "Accept-Language"})


def _imported(
    services: Services, content: bytes, area: str | None, wish: Wish, act: Act, keeper: Keeper, who: Caller,
    language: Language,
) -> ImportShown | str:  # fmt: skip
    """What became of each line; or the id of the request for a second person, where all of it waits."""
    with services.database.read() as session:
        names = read_directory(session, Sight(session, who))
    if area is not None and area not in names.paths["area"]:
        raise AreaUnknown(area=area)
    today = shown(to_utc(act.now), zone_named(VIETNAM)).date()
    reading = _read(content, Setting(names, today, area), language)
    with services.database.write() as session:
        if (waits := waits_already(session, act)) is not None:
            return waits
        own = replace(keeper, keep=partial(keep_admitted, who, keeper.keep))
        outcomes: list[Outcome] = []

        def keep() -> list[Programme]:
            outcomes[:] = import_lines(session, reading.lines, read_there(session, today), wish, act, own)
            return [one.line.wish for one in outcomes if one.line.wish and one.programme and one.mark != "same"]

        def asked(kept: Sequence[Programme]) -> ProgrammesMade:
            return ProgrammesMade(tuple(kept), wish.on_clash)

        waits = keep_or_ask(session, keep, asked, who, act, ports_of(services))
        if waits is not None:
            return waits
    answer = _answer(outcomes, _noted(reading, outcomes, names, today), wish, names, language)
    if not wish.dry_run and answer.refused and wish.on_errors == "refuse_all":
        raise RequestRefused("import_refused", lines=[one.model_dump() for one in answer.lines if one.faults])
    if not wish.dry_run:
        services.ring_almanac()
    return answer


def _noted(reading: Reading, outcomes: Sequence[Outcome], names: Directory, today: date) -> Reading:
    """With warnings for what can be kept, but will not be heard, or is heard beside another one of its name."""
    wishes = {line.number: line.wish for line in reading.lines if line.wish is not None}
    over = [str(number) for number, wish in wishes.items() if is_over(wish, today)]
    wanted = {wish.content.category for wish in wishes.values() if isinstance(wish.content, Newest)}
    empty = sorted(wanted - names.paths["category"].keys())
    namesakes = ", ".join(str(one.line.number) for one in outcomes if one.mark == "namesake")
    more = [*(("over", number) for number in over), *(("category_empty", name) for name in empty)]
    more += [("namesake", namesakes)] if namesakes else []
    return replace(reading, warnings=[*reading.warnings, *more])


def _read(content: bytes, setting: Setting, language: Language) -> Reading:
    try:
        if content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR":
            return read_calendar(content.decode("utf-8-sig"), setting)
        return read_sheet(content, setting)
    except UnicodeDecodeError as error:
        raise BadCalendar(reason="not UTF-8") from error
    except SpreadsheetRefused as error:
        raise unopened(error, headings(), NEEDED, language) from error


def _answer(
    outcomes: Sequence[Outcome], reading: Reading, wish: Wish, names: Directory, language: Language
) -> ImportShown:
    lines = [_line(one, names, language) for one in outcomes]
    refused, unchanged = sum(bool(line.faults) for line in lines), sum(line.unchanged for line in lines)
    warnings = [said_of(code, {"said": about}, language) for code, about in reading.warnings]
    return ImportShown(
        dry_run=wish.dry_run, good=len(lines) - refused - unchanged, unchanged=unchanged, refused=refused,
        warnings=warnings, lines=lines,
    )  # fmt: skip


def _line(one: Outcome, names: Directory, language: Language) -> LineShown:
    faults = [
        FaultShown(column=column_of(fault, language), code=fault.code, said=said_of_fault(fault, language))
        for fault in one.faults
    ]
    understood = None if one.line.wish is None else understood_as(one.line.wish, names, language)
    return LineShown(
        line=one.line.number, title=one.line.title, understood=understood, unchanged=one.mark == "same",
        programme=one.programme, faults=faults,
    )  # fmt: skip
