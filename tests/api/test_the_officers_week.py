"""An officer's show: a week for thirteen communes from a spreadsheet, mended, kept and seen in a calendar program."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr
from openpyxl import Workbook, load_workbook
from starlette.testclient import TestClient

from api.cli.district import COMMUNES
from devices.protocol.keys import SigningKey
from tests.api.week import next_at, plan
from tests.fakes.desk import ApiDesk

HOME = ZoneInfo("Asia/Ho_Chi_Minh")
HEAD = ("Tên", "Nội dung", "Chuyên mục", "Địa bàn", "Ngày", "Giờ", "Từ ngày", "Ghi chú")
BEGIN = next_at(0).astimezone(HOME)
"""Midnight of tomorrow there: the show's week begins."""
GATHERING = BEGIN.date() + timedelta(days=3)
Row = Sequence[Any]


@pytest.fixture
def communes(client: TestClient) -> Mapping[str, str]:
    """Name to id; each with two speakers, all quiet at night, and what they say."""
    district = client.post("areas", json={"name": "Huyện Gò Công Đông"}).json()["id"]
    found = {}
    for number, one in enumerate(COMMUNES):
        area = client.post("areas", json={"name": one.name, "parent": district}).json()["id"]
        found[one.name] = area
        for key in (SigningKey(bytes([number, loa]) * 16).verify_key.public for loa in range(2)):
            client.post("devices", json={"name": "Loa", "area": area, "public_key": key})
    quiet = {"name": "Đêm", "rules": {"quiet": [{"begin": "22:00", "end": "04:30"}]}, "area": district}
    assert client.post("air-rules", json=quiet).status_code == 201
    client.post("bulletins", json={"title": "Bài thể dục", "text": "Mời bà con tập thể dục buổi sáng."})
    client.post("bulletins", json={"title": "Tiêm phòng", "text": "Lịch tiêm phòng cho trẻ em.", "category": "Tin xã"})
    return found


def week(commune: str) -> list[Row]:
    """As offices write it: what a cell of Excel may hold, and what people type."""
    return [
        ("Thể dục sáng", "Bài thể dục", None, commune, "từ thứ 2 đến thứ 6", time(5), None),
        ("Tin sáng", None, "tin xã", commune, "thứ hai, thứ năm", "5 giờ 15 sáng", BEGIN.date()),
        ("Tin chiều", None, "Tin xã", commune, "T3, T7 và CN", "17h30", None),
        ("Nhắc ngày rằm", "bai the duc", None, commune, "rằm, mùng một", "18:00", None),
        ("Họp dân", "Tiêm phòng", None, commune, GATHERING, "7 giờ tối", None),
    ]


def book(rows: Sequence[Row]) -> bytes:
    table, file = Workbook(), BytesIO()
    for row in (("UỶ BAN NHÂN DÂN HUYỆN",), (), HEAD, *rows):
        table.active.append(row)
    table.save(file)
    return file.getvalue()


def sent(client: TestClient, content: bytes, **query: Any) -> Any:
    answer = client.post("programmes/import", params=query, files={"file": ("tuan.xlsx", content)})
    return answer.json()


MISTAKES = (
    (("Trùng", "Tiêm phòng", None, "Tân Đông", "hằng ngày", "5h"),
     (None, "Trùng giờ với “Thể dục sáng” (dòng 39) lúc 05:00:00 ")),
    (("Đêm", "Tiêm phòng", None, "Xã Tân Đông", "T2-CN", "03:15"),
     (None, "Lúc 03:15:00 ")),
    (("Giờ", "Tiêm phòng", None, "Xã Tân Đông", "CN", "25:00"),
     ("Giờ", "“25:00” không phải giờ; ví dụ đúng: 05:00; 17h30.")),
    (("Xã lạ", "Tiêm phòng", None, "Xã Tân Mây", "CN", "6h"),
     ("Địa bàn", "Không có “Xã Tân Mây”.")),
    (("Hai xã", "Tiêm phòng", None, "Xã Tân Đông, Xã Bình Ân", "CN", "6h"),
     ("Địa bàn", "Không có “Xã Tân Đông, Xã Bình Ân”; nhiều tên thì ngăn bằng dấu chấm phẩy (;).")),
    (("Không chủ", "Tiêm phòng", None, "Xã Tân Đông; Xã Bình Ân", "CN", "6h"),
     ("Chủ quản", "Thiếu: dòng có nhiều địa bàn phải ghi chủ quản, là xã có chương trình này.")),
    (("Ngày", "Tiêm phòng", None, "Xã Tân Đông", "31/02/2027", "6h"),
     ("Ngày", "Không hiểu “31/02/2027”; ví dụ đúng: hằng ngày; T2-T6; thứ 2, thứ 4; ")),
    (("Từ ngày", "Tiêm phòng", None, "Xã Tân Đông", "CN", "6h", "31/02/2027"),
     ("Từ ngày", "“31/02/2027” không phải ngày; ví dụ đúng: 23/11/2026.")),
)  # fmt: skip
"""What is wrong with a row: the column, and how the sentence begins."""


def test_an_officers_week(client: TestClient, desk: ApiDesk, communes: Mapping[str, str]) -> None:
    good = [row for commune in communes for row in week(commune)]
    past = ("Qua rồi", None, "Thời tiết", "Xã Tân Đông", "20/11/2020", "6h")
    shown = sent(client, book([*good, *(row for row, _ in MISTAKES), past]))
    assert (shown["good"], shown["refused"], shown["dry_run"]) == (len(good) + 1, len(MISTAKES), True)
    last = 3 + len(good) + len(MISTAKES) + 1
    assert shown["warnings"] == [
        "Không dùng cột “Ghi chú”.", f"Dòng {last}: ngày phát đã qua, sẽ không phát lần nào.",
        "Chưa có bản tin nào trong chuyên mục “Thời tiết”: chưa có gì để phát.",
    ]  # fmt: skip
    refused = [line for line in shown["lines"] if line["faults"]]
    assert [line["line"] for line in refused] == list(range(4 + len(good), last))
    for line, (row, (column, words)) in zip(refused, MISTAKES, strict=True):
        (fault,) = line["faults"]
        assert (line["title"], fault["column"]) == (row[0], column) and fault["said"].startswith(words), fault
    assert "Giờ yên tĩnh" in refused[1]["faults"][0]["said"]

    kept = sent(client, book(good), dry_run=False)
    assert (kept["good"], kept["refused"]) == (65, 0) and desk.rung[-1] == "almanac"
    assert kept["lines"][1]["understood"].startswith("“Tin xã”: thứ 2, thứ 5 lúc 05:15, từ ")
    assert client.get("conflicts").json()["items"] == []
    for commune in list(communes)[::4]:
        assert airings(client, communes[commune]) == Counter(expected()), commune
    plan(desk)
    assert airings(client, communes["Xã Tân Đông"]) == Counter(expected()), "the same once it has been ordered"
    _out_and_in_again(client, desk)


def expected() -> Iterator[tuple[str, datetime]]:
    """Titles and times of the first week, the days of the moon aside."""
    for day in (BEGIN + timedelta(days=number) for number in range(7)):
        if day.weekday() < 5:
            yield "Thể dục sáng", day.replace(hour=5)
        if day.weekday() in (0, 3):
            yield "Tin sáng", day.replace(hour=5, minute=15)
        if day.weekday() in (1, 5, 6):
            yield "Tin chiều", day.replace(hour=17, minute=30)
        if day.date() == GATHERING:
            yield "Họp dân", day.replace(hour=19)


def airings(client: TestClient, area: str) -> Counter[tuple[str, datetime]]:
    """What a calendar program shows of that week; all of it is heard by the two speakers."""
    days = {"from": str(BEGIN.date()), "to": str(BEGIN.date() + timedelta(days=6))}
    feed = icalendar.Calendar.from_ical(client.get(f"areas/{area}/calendar.ics", params=days).content)
    events = [one for one in feed.walk("VEVENT") if one["SUMMARY"] != "Nhắc ngày rằm"]
    assert {(one["STATUS"], one["DESCRIPTION"]) for one in events} == {("CONFIRMED", "Phát trên 2 loa.")}
    return Counter(
        (str(one["SUMMARY"]), one["DTSTART"].dt.astimezone(HOME)) for one in events
        if BEGIN <= one["DTSTART"].dt < BEGIN + timedelta(days=7)
    )  # fmt: skip


def _out_and_in_again(client: TestClient, desk: ApiDesk) -> None:
    """The export is the week, for us and for calendar programs; sent again, it changes nothing."""
    table = client.get("programmes/export").content
    assert load_workbook(BytesIO(table)).active.max_row == 1 + 65
    again = sent(client, table)
    assert (again["good"], again["unchanged"], again["refused"]) == (0, 65, 0)
    calendar = icalendar.Calendar.from_ical(client.get("programmes/export", params={"format": "ics"}).content)
    found = Counter(one for event in calendar.walk("VEVENT") for one in _times(event))
    assert found == Counter(dict.fromkeys(expected(), 13)), "the days of the moon are ours alone"
    for row in client.get("programmes", params={"limit": 200}).json()["items"]:
        assert client.delete(f"programmes/{row['id']}").status_code == 204
    assert (sent(client, table, dry_run=False)["good"], table_of(client)) == (65, cells(table))


def _times(event: icalendar.Event) -> Iterator[tuple[str, datetime]]:
    begin = event["DTSTART"].dt
    assert begin.utcoffset() == timedelta(hours=7)
    rule = event.get("RRULE")
    said = rrulestr(rule.to_ical().decode(), dtstart=begin) if rule else [begin]
    for at in said if not rule else said.between(BEGIN, BEGIN + timedelta(days=7), inc=True):
        yield str(event["SUMMARY"]), at.astimezone(HOME)


def table_of(client: TestClient) -> list[Row]:
    return cells(client.get("programmes/export").content)


def cells(table: bytes) -> list[Row]:
    return sorted(load_workbook(BytesIO(table)).active.iter_rows(values_only=True), key=str)
