"""Many speakers from a spreadsheet: registered by their keys or given codes; shown line by line before it is done."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import Field
from sqlmodel import Session

from api.deps import Key, Served, act_of, permit
from api.errors import RequestRefused, language_of
from api.import_words import said_of, said_of_fault, unopened
from api.problems import WRITES, Language, refusals
from api.routes.claim_codes import bearings, check_reachable, label_of, labels_answer
from api.routes.programme_files import FORM, FaultShown
from api.shapes import Id, Shown
from api.uploads import landed
from controller.enrolment.claims import MOST_DAYS, USUAL_DAYS, Mint, Printed
from controller.enrolment.crate import NEEDED, Crate, headings, read_crate
from controller.enrolment.importing import CrateOutcome, CrateWish, OnErrors, import_crate
from controller.enrolment.labels import Label
from controller.errors.programmes import SpreadsheetRefused
from controller.exchange.directory import Directory
from controller.exchange.names import read_directory
from controller.people.audit import Act
from controller.people.callers import Caller
from controller.people.permissions import Action
from controller.reach.admission import admit
from controller.reach.sight import Sight
from controller.runtime.services import Services
from controller.sheets import csv_text, workbook
from controller.sheets.csv_text import csv_bytes
from controller.sheets.sheet import Column, Sheet
from controller.sheets.workbook import xlsx_bytes
from devices.models import ClaimCode
from devices.registry import parents

router = APIRouter(prefix="/devices", tags=["devices"])

NOT_IMPORTED = (
    "upload_missing", "upload_broken", "spreadsheet_refused", "import_refused", "area_full", "address_not_set",
)  # fmt: skip
WRITTEN = {"name": 30, "area": 44, "code": 22, "device": 40, "said": 60}
Form = Literal["json", "labels", "csv", "xlsx"]


class CrateLineShown(Shown):
    line: Annotated[int, Field(description="Row of the spreadsheet.")]
    name: str
    area: Id | None
    unchanged: Annotated[bool, Field(description="There is such a speaker, or a code for it: nothing is made.")]
    device: Annotated[Id | None, Field(description="Registered by its key; or what is there.")]
    claim_code: Annotated[Id | None, Field(description="The claim by which it will join.")]
    code: Annotated[str | None, Field(description="Shown this once.")]
    faults: list[FaultShown]


class CrateShown(Shown):
    dry_run: bool
    good: int
    unchanged: int
    refused: int
    warnings: list[str]
    lines: list[CrateLineShown]


@router.post(
    "/import", openapi_extra=FORM, response_model=CrateShown,
    responses=refusals(*WRITES, *NOT_IMPORTED, within=["area_unknown"])
    | {200: {"content": {kind: {} for kind in ("text/html", csv_text.MEDIA_TYPE, workbook.MEDIA_TYPE)}}},
)  # fmt: skip
async def import_file(
    request: Request, services: Served, who: Annotated[Caller, Depends(permit(Action.DEVICE_ENROL))],
    dry_run: Annotated[bool, Query(description="Show only what would be.")] = True,
    on_errors: Annotated[OnErrors, Query(description="Keep nothing where a line is refused, or leave it out.")] = (
        "refuse_all"
    ),
    area: Annotated[Id | None, Query(description="Where a line names no area.")] = None,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How long codes are good.")] = USUAL_DAYS,
    again: Annotated[bool, Query(description="Codes that nobody has used are void, and made anew.")] = False,
    form: Annotated[Form, Query(alias="format", description="Or labels to print, or a sheet with the codes.")] = "json",
    key: Key = None,
) -> CrateShown | Response:  # fmt: skip
    """One speaker for each row (XLSX, CSV): with its public key it is registered, without one it gets a claim code.

    The same file again makes nothing twice; a code is shown once. Where the codes were lost, `again` makes others.
    """
    if form == "labels":
        check_reachable(services, request)
    async with landed(request, services.settings.data.absolute() / "incoming", services.new_id) as upload:
        content = await run_in_threadpool(upload.path.read_bytes)
    act = act_of(services, request, who, key, request.url.query, content.hex())
    wish = CrateWish(dry_run, on_errors, days, again)
    return await run_in_threadpool(_import, content, area, wish, act, who, services, request, form)


def _import(
    content: bytes, area: str | None, wish: CrateWish, act: Act, who: Caller, services: Services, request: Request,
    form: Form,
) -> CrateShown | Response:  # fmt: skip
    language = language_of(request)
    with services.database.write() as session:
        if area is not None:
            parents(session, area)
        crate = _read(content, read_directory(session, Sight(session, who)), area, language)
        places = {("area", line.wish.area) for line in crate.lines if line.wish is not None}
        admit(session, who, Action.DEVICE_ENROL, sorted(places))
        outcomes = import_crate(session, crate.lines, wish, act, Mint(services.entropy, services.new_id))
        shown = _shown(outcomes, crate, wish, language)
        if not wish.dry_run and shown.refused and wish.on_errors == "refuse_all":
            raise RequestRefused("import_refused", lines=[one.model_dump() for one in shown.lines if one.faults])
        labels = _labels(session, outcomes, request, services) if form == "labels" else []
        names = _area_names(session, who) if form in ("csv", "xlsx") else {}
    if not wish.dry_run:
        services.ring()
        services.ring_almanac()
    if form == "json":
        return shown
    return labels_answer(labels, request, 200) if form == "labels" else _file(shown, names, form, language)


def _read(content: bytes, names: Directory, area: str | None, language: Language) -> Crate:
    try:
        return read_crate(content, names, area)
    except SpreadsheetRefused as error:
        raise unopened(error, headings(), NEEDED, language) from error


def _shown(outcomes: Sequence[CrateOutcome], crate: Crate, wish: CrateWish, language: Language) -> CrateShown:
    lines = [_line(one, language) for one in outcomes]
    refused, unchanged = sum(bool(line.faults) for line in lines), sum(line.unchanged for line in lines)
    return CrateShown(
        dry_run=wish.dry_run, good=len(lines) - refused - unchanged, unchanged=unchanged, refused=refused,
        warnings=[said_of(code, {"said": about}, language) for code, about in crate.warnings], lines=lines,
    )  # fmt: skip


def _line(one: CrateOutcome, language: Language) -> CrateLineShown:
    faults = [
        FaultShown(
            column=None if fault.column is None else headings()[fault.column][language][0], code=fault.code,
            said=said_of_fault(fault, language),
        )
        for fault in one.faults
    ]  # fmt: skip
    return CrateLineShown(
        line=one.line.number, name=one.line.title, area=one.line.wish.area if one.line.wish else None,
        unchanged=one.same, device=one.device, claim_code=one.claim, code=one.code, faults=faults,
    )  # fmt: skip


def _labels(session: Session, outcomes: Sequence[CrateOutcome], request: Request, services: Services) -> list[Label]:
    made = [Printed(session.get_one(ClaimCode, one.claim), one.code) for one in outcomes if one.code]
    return [label_of(session, one, *bearings(request, services)) for one in made]


def _area_names(session: Session, who: Caller) -> dict[str, str]:
    return {name: " / ".join(path) for name, path in read_directory(session, Sight(session, who)).paths["area"].items()}


def _file(shown: CrateShown, names: dict[str, str], form: str, language: Language) -> Response:
    """What became of each line, to be handed to those who put the speakers up."""
    columns = [Column(headings()[name][language][0], "text", width) for name, width in WRITTEN.items()]
    rows = [
        [line.name, names.get(line.area or "", ""), line.code, line.device, "; ".join(f.said for f in line.faults)]
        for line in shown.lines
    ]
    sheet = Sheet("Loa", columns, rows)
    content = csv_bytes(sheet) if form == "csv" else xlsx_bytes([sheet])
    kind = csv_text.MEDIA_TYPE if form == "csv" else workbook.MEDIA_TYPE
    disposition = f'attachment; filename="loa.{form}"'
    return Response(content, media_type=kind, headers={"Content-Disposition": disposition, "Vary": "Accept-Language"})
