"""The office's programmes as a file that can be imported again."""

from typing import Literal

from sqlmodel import Session, col, select

from controller.exchange.calendar_file import Kept, calendar_file
from controller.exchange.feed import Change, words
from controller.exchange.names import read_directory
from controller.exchange.sheet_lines import sheet_of
from controller.sheets.csv_text import Separator, csv_bytes
from controller.sheets.workbook import xlsx_bytes
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme
from scheduler.recurrence.words import Language

Form = Literal["xlsx", "csv", "ics"]


def exported(session: Session, form: Form, separator: Separator, language: Language) -> bytes:
    """All that have not ended, by title."""
    rows = select(ProgrammeRow).where(col(ProgrammeRow.ended_at).is_(None))
    found = session.exec(rows.order_by(col(ProgrammeRow.title), col(ProgrammeRow.id))).all()
    kept = [Kept(row.id, Programme.model_validate(row.said), Change(row.changed_at, row.revision)) for row in found]
    names = read_directory(session)
    if form == "ics":
        return calendar_file(words(language)["name"], kept, names)[0]
    sheet = sheet_of([one.wish for one in kept], names, language)
    return xlsx_bytes([sheet]) if form == "xlsx" else csv_bytes(sheet, separator)
