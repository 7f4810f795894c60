"""A week planned in a spreadsheet: every row is a programme as it was meant, or refused with the reason."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.errors.programmes import SpreadsheetRefused
from controller.exchange.rows import Setting
from controller.exchange.sheet_lines import Line, read_sheet, sheet_of
from controller.sheets.csv_text import csv_bytes
from controller.sheets.sheet import Column, Sheet
from controller.sheets.workbook import xlsx_bytes
from scheduler.programmes.programme import Newest, OneBulletin, Programme, Targets
from scheduler.recurrence.recurrence import Recurrence
from scheduler.recurrence.rules import Lunar, Once, Weekly
from scheduler.recurrence.weekdays import Weekday
from tests.controller.exchange.places import (
    COMMUNE,
    FIRST,
    FORMULA,
    GROUP,
    MORNING,
    NAMES,
    PROVINCE,
    SETTING,
    SPEAKER,
    TODAY,
    programmes,
    weekly,
)  # fmt: skip

HEAD = "Tên;Nội dung;Chuyên mục;Địa bàn;Ngày;Giờ;Từ ngày;Đến ngày;Ưu tiên;Âm lượng;Số lần"


def lines(*rows: str, head: str = HEAD, setting: Setting = SETTING) -> list[Line]:
    return list(read_sheet("\n".join((head, *rows)).encode(), setting).lines)


def faults(row: str, head: str = HEAD) -> list[tuple[str | None, str]]:
    (line,) = lines(row, head=head)
    assert line.wish is None
    return [(fault.column, fault.code) for fault in line.faults]


def test_a_whole_row() -> None:
    place = "Tỉnh Tiền Giang / Xã Tân Đông"
    (line,) = lines(f"Thể dục;thể dục SÁNG;;{place};T2-T6;5h; 1/12/2026;31/12/2026;ưu tiên;80;2")
    assert line.number == 2 and line.wish == Programme(
        title="Thể dục", owner=COMMUNE, content=OneBulletin(bulletin=MORNING), targets=Targets(areas=(COMMUNE,)),
        recurrence=Recurrence(
            days=Weekly(days=tuple(Weekday)[:5]), times=(time(5),), first=date(2026, 12, 1), last=date(2026, 12, 31)
        ),
        rank="priority", volume=80, repeats=2,
    )  # fmt: skip


def test_english_headings_in_any_order_and_what_is_left_out() -> None:
    (line,) = lines("05:00; 17:30,lunar day 15,Xa Tan Dong,Thông báo,Rằm", head="times,Days,AREA,category,title")
    assert line.wish is not None and line.wish.content == Newest(category="Thông báo")
    assert line.wish.recurrence == Recurrence(days=Lunar(days=(15,)), times=(time(5), time(17, 30)), first=TODAY)
    assert (line.wish.rank, line.wish.volume, line.wish.repeats, line.wish.owner) == ("normal", 100, 1, COMMUNE)


def test_headings_may_stand_below_the_name_of_the_office() -> None:
    found = lines(HEAD, "A;=1+1;;Xã Tân Đông;hằng ngày;5:00", head="UBND xã Tân Đông\n;;")
    assert [line.number for line in found] == [4] and found[0].wish is not None
    assert found[0].wish.content == OneBulletin(bulletin=FORMULA)


@pytest.mark.parametrize(
    ("said", "times"),
    [
        ("05:00", (time(5),)), ("5h", (time(5),)), ("17h30", (time(17, 30),)), ("5:00, 17g30", (time(5), time(17, 30))),
        ("5 giờ 15 phút", (time(5, 15),)), ("05:00:30", (time(5, 0, 30),)), ("5 pm", (time(17),)),
        ("4 giờ chiều, 5h sáng", (time(5), time(16))), ("7 giờ 30 tối", (time(19, 30),)), ("17h chiều", (time(17),)),
        ("12:15 am và 6h", (time(0, 15), time(6))),
    ],
)  # fmt: skip
def test_times(said: str, times: tuple[time, ...]) -> None:
    (line,) = lines(f'A;Thể dục sáng;;Xã Tân Đông;CN;"{said}"')
    assert line.wish is not None and line.wish.recurrence.times == times


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (";Thể dục sáng;;Xã Tân Đông;CN;5:00", [("title", "missing")]),
        ("A;;;Xã Tân Đông;CN;5:00", [("bulletin", "bulletin_or_category")]),
        ("A;Thể dục sáng;Tin;Xã Tân Đông;CN;5:00", [("bulletin", "bulletin_or_category")]),
        ("A;Thể dục;;Xã Tân Đông;CN;5:00", [("bulletin", "unknown")]),
        ("A;Tin;;Xã Tân Đông;CN;5:00", [("bulletin", "several")]),
        ("A;Thể dục sáng;;Ấp 1;CN;5:00", [("areas", "several")]),
        ("A;Thể dục sáng;;Ấp 9;CN;5:00", [("areas", "unknown")]),
        ("A;Thể dục sáng;;Xã Tân Đông, Ấp 1;CN;5:00", [("areas", "unknown_commas")]),
        ("A;Thể dục sáng;;1;CN;5:00", [("areas", "unknown")]),
        ("A;Thể dục sáng;;;CN;5:00", [("areas", "missing")]),
        ("A;Thể dục sáng;;Xã Tân Đông;thứ 8;5:00", [("days", "days_unclear")]),
        ("A;Thể dục sáng;;Xã Tân Đông;RRULE:nonsense;5:00", [("days", "bad_rule")]),
        ('A;Thể dục sáng;;Xã Tân Đông;"RRULE:FREQ=MINUTELY";5:00', [("days", "too_often")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;25:00", [("times", "no_time")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;12 giờ tối", [("times", "no_time")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;17", [("times", "no_time")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;13 pm", [("times", "no_time")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;5:00;12/31/2026", [("first", "no_date")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;5:00;2/1/2027;1/1/2027", [("last", "value_error")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;5:00;;;khẩn", [("rank", "no_rank")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;5:00;;;;101", [("volume", "less_than_equal")]),
        ("A;Thể dục sáng;;Xã Tân Đông;CN;5:00;;;;x;1,5", [("volume", "no_number"), ("repeats", "no_number")]),
        ("A;x;;y;z;w", [("days", "days_unclear"), ("times", "no_time"), ("areas", "unknown"), ("bulletin", "unknown")]),
    ],
)
def test_a_row_that_cannot_be_taken_says_where_and_why(row: str, expected: list[tuple[str, str]]) -> None:
    assert faults(row) == expected


def test_every_line_stands_for_itself() -> None:
    good, bad = "A;Thể dục sáng;;Xã Tân Đông;CN;5:00", "B;?;;Xã Tân Đông;CN;5:00"
    assert [(line.number, line.wish is None) for line in lines(good, "", bad, ";;;;;", good)] == [
        (2, False), (4, True), (6, False),
    ]  # fmt: skip


def test_where_the_area_is_asked_for_beside_the_file() -> None:
    (line,) = lines("A;Tin tức;CN;5:00", head="tên;chuyên mục;ngày;giờ", setting=Setting(NAMES, TODAY, PROVINCE))
    assert line.wish is not None and line.wish.targets.areas == (PROVINCE,) and line.wish.owner == PROVINCE
    (own,) = lines("A;x;Ấp 2;CN;5:00", head="tên;chuyên mục;địa bàn;ngày;giờ", setting=Setting(NAMES, TODAY, PROVINCE))
    assert own.wish is not None and own.wish.owner == PROVINCE and len(own.wish.targets.areas) == 1


def test_groups_and_speakers_need_an_owner() -> None:
    head = "tên;chuyên mục;nhóm;loa;ngày;giờ;chủ quản"
    (line,) = lines("A;x;Chợ;loa chợ;CN;5:00;Xã Tân Đông", head=head)
    assert line.wish is not None and line.wish.targets == Targets(groups=(GROUP,), devices=(SPEAKER,))
    assert faults("A;x;Chợ;;CN;5:00;", head=head) == [("owner", "missing")]


def test_several_areas_and_the_one_of_two_that_a_path_means() -> None:
    (line,) = lines("A;;x;Xã Tân Đông/ấp 1;CN;5:00;;;;;")
    assert line.wish is not None and line.wish.targets.areas == (FIRST,)


def test_single_days_need_no_first_day() -> None:
    (line,) = lines('A;;x;Xã Tân Đông;"3/10/2026, 2/9/2026";5:00')
    assert line.wish is not None and line.wish.recurrence.first == date(2026, 9, 2)
    assert isinstance(line.wish.recurrence.days, Once)


def test_real_dates_and_times_of_excel() -> None:
    columns = [Column("Tên"), Column("Chuyên mục"), Column("Địa bàn"), Column("Ngày", "day"), Column("Giờ")]
    row: list[Any] = [2026, "x", "Xã Tân Đông", date(2026, 12, 24), time(17, 30)]
    (line,) = read_sheet(xlsx_bytes([Sheet("x", columns, [row])]), SETTING).lines
    assert line.wish is not None and line.wish.title == "2026"
    assert line.wish.recurrence.days == Once(days=(date(2026, 12, 24),)) and line.wish.recurrence.times == (
        time(17, 30),
    )


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"a;b\n1;2", "no_headings"), (b"", "no_headings"), ("tên;ngày;giờ;giờ\n".encode(), "heading_twice"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 99, "old_or_locked"),
        (f"{HEAD}\n".encode() + b"x;y\n" * 5_001, "too_long"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_table(file: bytes, why: str) -> None:
    with pytest.raises(SpreadsheetRefused) as refused:
        read_sheet(file, SETTING)
    assert refused.value.data["why"] == why


def test_columns_that_nobody_knows_are_named() -> None:
    reading = read_sheet("tên;ngày;giờ;Ghi chú\nA;CN;5:00;x".encode(), SETTING)
    assert reading.warnings == [("column_ignored", "Ghi chú")]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(programmes, min_size=1, max_size=3), st.sampled_from(["vi", "en"]), st.sampled_from([",", ";", "xlsx"]))
def test_what_is_exported_is_imported_as_the_same(wishes: list[Programme], language: Any, form: Any) -> None:
    sheet = sheet_of(wishes, NAMES, language)
    file = xlsx_bytes([sheet]) if form == "xlsx" else csv_bytes(sheet, form)
    reading = read_sheet(file, Setting(NAMES, date(2000, 1, 1)))
    assert [line.wish for line in reading.lines] == wishes, [line.faults for line in reading.lines]
    assert reading.warnings == []


def test_an_export_is_readable() -> None:
    sheet = sheet_of([weekly()], NAMES, "vi")
    row = {column.heading: cell for column, cell in zip(sheet.columns, sheet.rows[0], strict=True) if cell is not None}
    assert row["Địa bàn"] == "Tỉnh Tiền Giang / Xã Tân Đông" and row["Ngày"] == "thứ 2, thứ 6" and row["Giờ"] == "05:00"
    assert row["Nội dung"] == "Thể dục sáng" and row["Từ ngày"] == TODAY


def test_the_kind_of_a_place_may_be_left_out_where_one_is_meant() -> None:
    (line,) = lines("A;Thể dục sáng;;tan dong;CN;5:00")
    assert line.wish is not None and line.wish.targets.areas == (COMMUNE,)


@pytest.mark.parametrize(("said", "meant"), [("tin xa", "Tin xã"), ("Tin xã", "Tin xã"), ("Mới", "Mới")])
def test_a_category_is_the_one_of_bulletins_however_it_is_written(said: str, meant: str) -> None:
    (line,) = lines(f"A;;{said};Xã Tân Đông;CN;5:00")
    assert line.wish is not None and line.wish.content == Newest(category=meant)
