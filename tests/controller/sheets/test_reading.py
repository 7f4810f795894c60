"""Tables from strange programs and strangers: read as they were meant, or refused before they do harm."""

import time
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from datetime import time as clock
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook

from controller.errors.programmes import SpreadsheetRefused
from controller.sheets.csv_reading import read_csv
from controller.sheets.csv_text import csv_bytes
from controller.sheets.sheet import MOST_ROWS, Column, Sheet
from controller.sheets.workbook import read_xlsx, xlsx_bytes

TEXT = "tên;giờ\r\nBản tin – sáng “mới”;05:00\r\n"
WANTED = [(1, ["tên", "giờ"]), (2, ["Bản tin – sáng “mới”", "05:00"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_letters_are_found_out(encoding: str) -> None:
    marks = {"utf-16-le-bom": ("utf-16-le", b"\xff\xfe"), "utf-16-be-bom": ("utf-16-be", b"\xfe\xff")}
    name, mark = marks.get(encoding, (encoding, b""))
    read = read_csv(mark + TEXT.encode(name))
    assert read.rows == WANTED and read.warnings == []


def test_windows_1258_is_a_guess_and_says_so() -> None:
    """There, accents of tones follow their letter."""
    text = "tên,giờ\r\nẤp bốn,05:00\r\n"
    loose = text.replace("ờ", "ơ\u0300").replace("Ấ", "Â\u0301").replace("ố", "ô\u0301")
    read = read_csv(loose.encode("cp1258"))
    assert read.rows[1][1] == ["Ấp bốn", "05:00"] and read.warnings == ["letters_guessed"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_out(separator: str) -> None:
    said = f'tên{separator}ngày{separator}giờ\n"a, b; c"{separator}T2{separator}05:00;17:30\n'
    if separator == ";":
        said = said.replace("05:00;17:30", '"05:00;17:30"')
    assert read_csv(said.encode()).rows[1] == (2, ["a, b; c", "T2", "05:00;17:30"])


def test_the_line_that_excel_writes_before_all_others() -> None:
    assert read_csv(b"sep=;\r\na;b,c\r\n").rows == [(1, []), (2, ["a", "b,c"])]


def test_a_cell_over_several_lines_keeps_the_numbers_of_lines() -> None:
    assert [line for line, _ in read_csv(b'a,b\n"1\n2",x\ny,z\n').rows] == [1, 3, 4]


@pytest.mark.parametrize(
    "content", [b'a,"b\nc', b'"a"b,c\n', b"\xff\xfe\x00", b"a\x00b", b"a," + b"x" * 200_000, b"\xd2\xff\x00"]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(SpreadsheetRefused):
        read_csv(content)


def test_reading_ends_soon_after_the_last_row_that_is_taken() -> None:
    assert len(read_csv(b"a,b\n" * 100_000).rows) == MOST_ROWS + 2


@example([["", ",", ",0"]])
@example([["0|", "|", "|0"]])
@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Z"])), min_size=3, max_size=3)))
def test_what_we_write_we_read(rows: list[list[str]]) -> None:
    columns = [Column("tên"), Column("ngày"), Column("giờ")]
    wanted = [[cell or None for cell in row] for row in rows]
    for file in (csv_bytes(Sheet("x", columns, rows), ","), csv_bytes(Sheet("x", columns, rows), ";")):
        assert [row for _, row in read_csv(file).rows[1:]] == wanted


def book(rows: list[list[object]]) -> bytes:
    made, file = Workbook(), BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def test_dates_times_and_what_formulas_gave_last() -> None:
    at = datetime(2026, 11, 23)  # noqa: DTZ001 a wall time
    rows = [["ngày", "giờ", "số"], [date(2026, 11, 23), clock(5, 30), 3], [at, "17h30", "=1+1"], [None, " x ", 2.5]]
    read = read_xlsx(book(rows)).rows  # type: ignore[arg-type]
    assert read[1:3] == [(2, [at, clock(5, 30), 3]), (3, [at, "17h30"])]
    assert read[3][1] == [None, "x", 2.5]


def changed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """The file with some of its parts replaced or added."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, parts.get(name, old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            new.writestr(name, parts[name])
    return file.getvalue()


PLAIN = xlsx_bytes([Sheet("x", [Column("tên")], [["a"]])])
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
SHEET = "xl/worksheets/sheet1.xml"
FAR = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension
ref="A1:XFD1048576"/><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c>
</row></sheetData></worksheet>"""


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (changed(PLAIN, {SHEET: LAUGHS}), "hostile"),
        (changed(PLAIN, {SHEET: LAUGHS.decode().encode("utf-16")}), "hostile"),
        (changed(PLAIN, {"xl/worksheets/sheet1.dat": LAUGHS}), "hostile"),
        (changed(PLAIN, {"xl/worksheets/sheet1.dat": LAUGHS.decode().encode("utf-16")}), "hostile"),
        (changed(PLAIN, {"xl/vbaProject.bin": b"x"}), "macros"),
        (changed(PLAIN, {"[Content_Types].xml": b"<Types>sheet.macroEnabled.main+xml</Types>"}),
         "macros"),
        (changed(PLAIN, {"xl/media/bomb.bin": b"\0" * 30_000_000}), "too_large"),
        (changed(PLAIN, {f"xl/{number}.xml": b"" for number in range(400)}), "too_large"),
        (changed(PLAIN, {SHEET: b"<worksheet>"}), "broken"),
        (changed(PLAIN, {"xl/workbook.xml": b"<x/>"}), "broken"),
        (PLAIN[: len(PLAIN) // 2], "broken"),
        (b"PK\x03\x04" + b"\0" * 100, "broken"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_before_it_is_opened(content: bytes, why: str) -> None:
    with pytest.raises(SpreadsheetRefused) as refused:
        read_xlsx(content)
    assert refused.value.data["why"] == why


def test_a_sheet_that_claims_to_be_endless_is_read_as_far_as_tables_go() -> None:
    began = time.process_time()
    rows = read_xlsx(changed(PLAIN, {SHEET: FAR})).rows
    assert len(rows) <= MOST_ROWS + 2 and all(len(row) <= 60 for _, row in rows)
    assert time.process_time() - began < 5


@given(st.binary(max_size=200), st.integers(0, len(PLAIN)))
def test_any_bytes_are_a_table_or_refused(noise: bytes, at: int) -> None:
    for reader, content in ((read_csv, noise), (read_xlsx, PLAIN[:at] + noise + PLAIN[at + len(noise) :])):
        with suppress(SpreadsheetRefused):
            assert reader(content).rows is not None
