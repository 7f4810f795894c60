"""Tables as files: whole, in the reader's own spreadsheet, and never a formula."""

import csv
import zipfile
from datetime import date, datetime
from io import BytesIO, StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from controller.sheets.csv_reading import read_csv
from controller.sheets.csv_text import Separator, csv_bytes
from controller.sheets.guard import guarded, is_dangerous, unguarded
from controller.sheets.sheet import Column, Sheet
from controller.sheets.workbook import xlsx_bytes

HOSTILE = [
    "=1+1", "+84 901", "-3", "@SUM(A1)", "\t=1", "\r=1", "  =cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x",
    "'=1", "''=1", "\u00a0=1", '=HYPERLINK("http://x")', "\n=1",
]  # fmt: skip
FIRST = datetime(2026, 11, 23, 5, 0, 1)  # noqa: DTZ001 what the wall shows
INNER = [
    "Tin;=cmd|'/C calc'!A0;x",
    "Tin,=cmd|'/C calc'!A0,x",
    "Tin\t=1+1\tx",
    "Tin\n=1+1",
    'Tin; "=1+1',
    "Tin,\u00a0＝1",
]
"""What begins a cell for whoever reads the file by another separator than it was written with."""
HARMLESS = ["Bản tin sáng", "5 = 5", "a@b", "'tis", "", "Thể dục – sáng", "03-11"]


def sheet_of(*texts: str) -> Sheet:
    return Sheet("Tin", [Column("Tên")], [[text] for text in texts])


def rows_of(file: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(StringIO(file.decode("utf-8-sig"), newline=""), delimiter=separator))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_no_formula_and_still_there(text: str) -> None:
    said = rows_of(csv_bytes(sheet_of(text)))[1][0]
    assert said[0] == "'" and unguarded(said) == text
    cell = load_workbook(BytesIO(xlsx_bytes([sheet_of(text)]))).active["A2"]
    assert cell.data_type == "s" and cell.quotePrefix and cell.value.split() == text.split()


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text == unguarded(text)


@given(st.text(alphabet=st.sampled_from("'=+-@;,\t\r \n\"＝aă1") | st.characters(), max_size=16))
def test_any_text_is_guarded_and_read_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not is_dangerous(text) or guarded(text)[0] == "'"


def begins_dangerously(cell: str) -> bool:
    return cell.lstrip('" \t\r\n\u00a0')[:1] in tuple("=+-@＝＋－＠")


def cells_of(rows: list[list[str]], separator: Separator) -> list[str]:
    """As whoever reads the file sees them, by each separator that a spreadsheet may take."""
    heading = Sheet("Tin", [Column(text) for text in rows[0]], rows)
    file = csv_bytes(heading, separator)
    return [cell for read in (",", ";", "\t") for row in rows_of(file, read) for cell in row]


@pytest.mark.parametrize("separator", [",", ";"])
def test_no_separator_makes_a_formula_of_a_part(separator: Separator) -> None:
    assert not [cell for text in INNER for cell in cells_of([[text, "x"], ["x", text]], separator)
                if begins_dangerously(cell)]  # fmt: skip
    for text in INNER:
        assert rows_of(csv_bytes(sheet_of(text), separator), separator)[1] == [guarded(text)]


@given(
    st.lists(
        st.lists(st.text(st.sampled_from("=-;,\t\r\n \"'a"), max_size=8), min_size=2, max_size=2),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([",", ";"]),
)
def test_no_table_is_read_as_a_formula(rows: list[list[str]], separator: Separator) -> None:
    assert not [cell for cell in cells_of(rows, separator) if begins_dangerously(cell)]


@pytest.mark.parametrize("separator", [",", ";"])
def test_what_was_written_is_what_is_read(separator: Separator) -> None:
    texts = [*INNER, *HOSTILE[:4], "Tin, sáng; chiều"]
    sheet = Sheet("Tin", [Column("Tên"), Column("Chỗ"), Column("Giờ")], [[text, "x", "y"] for text in texts])
    rows = [row for _, row in read_csv(csv_bytes(sheet, separator)).rows]
    assert [row[0] for row in rows[1:]] == texts


def test_no_formula_is_in_the_file_itself() -> None:
    file = zipfile.ZipFile(BytesIO(xlsx_bytes([sheet_of(*HOSTILE)])))
    assert b"<f>" not in file.read("xl/worksheets/sheet1.xml")


TABLE = Sheet(
    "Phát", [Column("Ngày", "day", 11), Column("Tháng", "month"), Column("Tên", width=40), Column("Tỷ lệ", "share"),
             Column("Giây", "number"), Column("Đầu", "moment")],
    [[date(2026, 11, 23), date(2026, 11, 1), 'Tin "5; 6", 7\nhai dòng', 0.9534, 12, FIRST],
     [None, None, None, None, None, None]],
)  # fmt: skip


@pytest.mark.parametrize(("separator", "share"), [(",", "95.3"), (";", "95,3")])
def test_csv_is_rfc_4180_for_a_spreadsheet_in_vietnamese(separator: str, share: str) -> None:
    file = csv_bytes(TABLE, separator)  # type: ignore[arg-type]
    assert file.startswith(b"\xef\xbb\xbf") and file.endswith(b"\r\n")
    rows = rows_of(file, separator)
    assert rows[0] == ["Ngày", "Tháng", "Tên", "Tỷ lệ", "Giây", "Đầu"]
    assert rows[1] == ["2026-11-23", "2026-11", 'Tin "5; 6", 7\nhai dòng', share, "12", "2026-11-23 05:00:01"]
    assert rows[2] == [""] * 6


def test_xlsx_has_real_dates_and_numbers_under_frozen_headings() -> None:
    page = load_workbook(BytesIO(xlsx_bytes([TABLE, sheet_of("x")])))["Phát"]
    assert page.freeze_panes == "A2" and page["A1"].font.bold and page.column_dimensions["C"].width == 40
    assert page["A2"].is_date and page["A2"].value.date() == date(2026, 11, 23)
    assert (page["B2"].number_format, page["D2"].value, page["D2"].number_format) == ("yyyy-mm", 0.9534, "0.0%")
    assert page["F2"].value == FIRST and page["E2"].value == 12


def test_what_no_file_may_hold_is_shown_as_missing() -> None:
    text = "a\x00\x0bb\ufffe"
    assert rows_of(csv_bytes(sheet_of(text)))[1] == ["a��b�"]
    assert load_workbook(BytesIO(xlsx_bytes([sheet_of(text)]))).active["A2"].value == "a��b�"
