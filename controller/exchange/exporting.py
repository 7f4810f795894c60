"""The office's programmes as a file that can be imported again."""

from typing import Literal

from sqlmodel import Session, col, select

from controller.exchange.calendar_file import Kept, calendar_file
from controller.exchange.feed import Change, words
from controller.exchange.names import read_directory
from controller.exchange.ports import Seen
from controller.exchange.sheet_lines import sheet_of
from controller.sheets.csv_text import Separator, csv_bytes
from controller.sheets.workbook import xlsx_bytes
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme
from scheduler.recurrence.words import Language

Form = Literal["xlsx", "csv", "ics"]


def exported(session: Session, seen: Seen, form: Form, separator: Separator, language: Language) -> bytes:
    """All that are seen and have not ended, by title."""
    rows = select(ProgrammeRow).where(col(ProgrammeRow.ended_at).is_(None), seen.of("programme"))
    found = session.exec(rows.order_by(col(ProgrammeRow.title), col(ProgrammeRow.id))).all()
    wishes = [Programme.model_validate(row.said) for row in found]
    told = [
        wish.model_copy(update={"targets": targets})
        for wish, targets in zip(wishes, seen.targets([wish.targets for wish in wishes]), strict=True)
    ]
    kept = [Kept(row.id, wish, Change(row.changed_at, row.revision)) for row, wish in zip(found, told, strict=True)]
    names = read_directory(session, seen, around=True)
    if form == "ics":
        return calendar_file(words(language)["name"], kept, names)[0]
    sheet = sheet_of([one.wish for one in kept], names, language)
    return xlsx_bytes([sheet]) if form == "xlsx" else csv_bytes(sheet, separator)
