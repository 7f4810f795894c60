"""A week from a file: shown first, kept whole or in part, sent twice without harm, and out again."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from sqlalchemy import update
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.body_limit import TABLE_BYTES
from api.routes import programme_files
from controller.errors.air import Clash
from controller.errors.base import LoaError
from controller.people.audit import Act
from controller.programmes.keeping import new_programme
from controller.sheets.workbook import MEDIA_TYPE
from devices.protocol.units import DAY, SECOND
from scheduler.programmes.models import ProgrammeRow
from scheduler.programmes.programme import Programme
from tests.fakes.desk import ApiDesk, Place

HEAD = "tên;nội dung;địa bàn;ngày;giờ"
GOOD = "Sáng;Họp thôn;Xã Tân Đông;T2-T6;5h"
LATER = "Chiều;Họp thôn;Xã Tân Đông;hằng ngày;17h30"
BAD = "Tối;Không có;Xã Tân Đông;thứ 8;20h"
EVENING = "Tối;Họp thôn;Xã Tân Đông;hằng ngày;20h"
CLASHING = "Trùng;Họp thôn;Xã Tân Đông;CN;5h"


def create_programmes(
    session: Session, wishes: Sequence[Programme], act: Act, new_id: Callable[[], str], on_clash: str
) -> Iterator[str | LoaError]:
    """Keeps what is not called `Trùng`."""
    for wish in wishes:
        if wish.title == "Trùng" and on_clash == "refuse":
            yield Clash(broadcasts=["x"])
            continue
        row = new_programme(wish, act, new_id())
        session.add(row)
        session.flush()
        yield row.id


@pytest.fixture
def office(desk: ApiDesk, place: Place) -> ApiDesk:
    desk.instead(programme_files.router, programme_files.keeping, create_programmes)
    return desk


def send(client: TestClient, *rows: str, key: str | None = None, **query: Any) -> Any:
    return upload(client, "\n".join((HEAD, *rows)).encode(), key, **query)


def upload(client: TestClient, content: bytes, key: str | None = None, **query: Any) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post("programmes/import", params=query, files={"file": ("tuan.csv", content)}, headers=headers)


def titles(desk: ApiDesk) -> list[str]:
    with desk.office.database.read() as session:
        return sorted(session.exec(select(ProgrammeRow.title)))


def test_a_dry_run_shows_everything_and_keeps_nothing(client: TestClient, office: ApiDesk) -> None:
    shown = send(client, GOOD, BAD, CLASHING).json()
    assert (shown["dry_run"], shown["good"], shown["refused"]) == (True, 1, 2) and titles(office) == []
    first, second, third = shown["lines"]
    assert first["understood"].startswith("“Họp thôn”: thứ 2 – thứ 6 lúc 05:00, từ ") and first["programme"] is None
    assert first["understood"].endswith("; Tỉnh Tiền Giang / Xã Tân Đông") and first["line"] == 2
    assert [(fault["column"], fault["code"]) for fault in second["faults"]] == [
        ("Ngày", "days_unclear"), ("Nội dung", "unknown"),
    ]  # fmt: skip
    assert second["faults"][1]["said"] == "Không có “Không có”." and second["understood"] is None
    assert [(fault["column"], fault["code"]) for fault in third["faults"]] == [(None, "clash")]


def test_the_words_are_english_where_they_are_wished(client: TestClient, office: ApiDesk) -> None:
    client.headers["Accept-Language"] = "en"
    shown = send(client, GOOD, BAD).json()["lines"]
    assert "Monday – Friday at 05:00, from " in shown[0]["understood"]
    assert shown[1]["faults"][1] == {"column": "Bulletin", "code": "unknown", "said": "There is no “Không có”."}


def test_a_table_without_its_headings_is_told_which_it_needs(client: TestClient) -> None:
    said = upload(client, "Họ,Nơi\nChợ,x\n".encode()).json()["said"]
    assert all(heading in said for heading in ("Tên / Title", "Ngày / Days", "Giờ / Times")) and "Name" not in said


def test_all_or_nothing(client: TestClient, office: ApiDesk) -> None:
    refused = send(client, GOOD, BAD, dry_run=False)
    assert (refused.status_code, refused.json()["code"]) == (422, "import_refused") and titles(office) == []
    assert [line["line"] for line in refused.json()["lines"]] == [3]
    kept = send(client, GOOD, LATER, dry_run=False).json()
    assert titles(office) == ["Chiều", "Sáng"] and all(line["programme"] for line in kept["lines"])


def test_what_is_refused_may_be_left_out(client: TestClient, office: ApiDesk) -> None:
    kept = send(client, GOOD, BAD, CLASHING, LATER, dry_run=False, on_errors="skip").json()
    assert [bool(line["programme"]) for line in kept["lines"]] == [True, False, False, True]
    assert titles(office) == ["Chiều", "Sáng"]
    assert send(client, CLASHING, dry_run=False, on_clash="append").json()["good"] == 1


def test_the_same_request_again_makes_nothing_new(client: TestClient, office: ApiDesk) -> None:
    first, again = (send(client, GOOD, LATER, dry_run=False, key="week 48") for _ in range(2))
    assert first.json() == again.json() and len(titles(office)) == 2
    other = send(client, GOOD, dry_run=False, key="week 48")
    assert other.json()["code"] == "idempotency_key_reused"


def test_an_import_that_keeps_others_waiting_is_taken_back(client: TestClient, office: ApiDesk) -> None:
    def slowly(session: Session, *wanted: Any) -> Iterator[str | LoaError]:
        for made in create_programmes(session, *wanted):
            office.later += 3 * SECOND
            yield made

    office.instead(programme_files.router, programme_files.keeping, slowly)
    refused = send(client, *[GOOD] * 4, dry_run=False).json()
    assert (refused["code"], refused["done"], refused["limit_s"], titles(office)) == ("import_too_slow", 2, 4, [])


def test_only_who_may_edit_imports(office: ApiDesk) -> None:
    assert send(office.client("viewer"), GOOD).status_code == 403
    assert office.client("viewer").get("programmes/export").status_code == 200


def test_a_calendar_is_taken_too(client: TestClient, office: ApiDesk, place: Place) -> None:
    event = [
        "BEGIN:VEVENT",
        "SUMMARY:Sáng",
        "CATEGORIES:Tin",
        "DTSTART:20261123T050000",
        "RRULE:FREQ=DAILY",
        "END:VEVENT",
    ]
    task = ["BEGIN:VTODO", "SUMMARY:x", "END:VTODO"]
    said = "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *event, *task, "END:VCALENDAR", ""])
    shown = upload(client, said.encode(), area=place.area).json()
    assert "“Tin”: hằng ngày lúc 05:00, từ 23/11/2026" in shown["lines"][0]["understood"]
    assert shown["lines"][1]["faults"][0]["code"] == "no_event"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"a;b;c\n1;2;3", "spreadsheet_refused", "tiêu đề"),
        (b"PK\x03\x04rubbish", "spreadsheet_refused", "hỏng"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "spreadsheet_refused", ".xlsx"),
        (b"BEGIN:VCALENDAR\r\nEND:VCALENDAR", "bad_calendar", ""),
        (b"BEGIN:VCALENDAR\r\n\xff\xff", "bad_calendar", ""),
    ],
)
def test_a_file_that_is_not_opened_says_why(
    client: TestClient, office: ApiDesk, content: bytes, code: str, said: str
) -> None:
    answer = upload(client, content)
    assert (answer.status_code, answer.json()["code"]) == (422, code) and said in answer.json().get("said", "")


def test_bodies_are_bounded(client: TestClient, office: ApiDesk, place: Place) -> None:
    assert upload(client, b"x" * (TABLE_BYTES + 1)).status_code == 413
    assert client.post("programmes/import", json={"file": "x"}).json()["code"] == "upload_broken"
    unknown = send(client, GOOD, area="0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2")
    assert unknown.json()["code"] == "area_unknown"


@pytest.mark.parametrize("form", ["xlsx", "csv", "ics"])
def test_out_and_in_again(client: TestClient, office: ApiDesk, form: str) -> None:
    send(client, GOOD, LATER, dry_run=False)
    with office.office.database.read() as session:
        wanted = sorted((str(row.title), row.said) for row in session.exec(select(ProgrammeRow)))
    file = client.get("programmes/export", params={"format": form, "separator": ";"})
    assert file.headers["content-disposition"] == f'attachment; filename="loa-programmes.{form}"'
    assert form != "xlsx" or file.headers["content-type"] == MEDIA_TYPE
    there = upload(client, file.content, dry_run=False).json()
    assert (there["good"], there["unchanged"], there["refused"], len(titles(office))) == (0, 2, 0, 2)
    with office.office.database.write() as session:
        session.execute(update(ProgrammeRow).values(ended_at=office.services.now()))
    assert upload(client, file.content, dry_run=False).json()["good"] == 2
    with office.office.database.read() as session:
        found = sorted((str(row.title), row.said) for row in session.exec(select(ProgrammeRow)))
    assert found == sorted(wanted * 2, key=lambda one: one[0])


def test_the_same_file_with_one_line_more_makes_that_line_alone(client: TestClient, office: ApiDesk) -> None:
    made = send(client, GOOD, dry_run=False).json()["lines"][0]["programme"]
    for dry_run in (True, False):
        shown = send(client, GOOD, LATER, dry_run=dry_run).json()
        assert (shown["good"], shown["unchanged"], shown["refused"], shown["warnings"]) == (1, 1, 0, [])
        there, new = shown["lines"]
        assert (there["unchanged"], there["programme"], there["faults"]) == (True, made, [])
        assert (new["unchanged"], new["programme"] is None) == (False, dry_run)
    assert titles(office) == ["Chiều", "Sáng"]
    ordered = [send(client, GOOD, LATER, EVENING, dry_run=False, key="week 49").json() for _ in range(2)]
    assert ordered[0] == ordered[1] and (ordered[0]["good"], ordered[0]["unchanged"]) == (1, 2)


def test_what_was_begun_weeks_ago_is_the_same_today(client: TestClient, office: ApiDesk) -> None:
    """A file that names no first day means today, each time that it is sent."""
    send(client, GOOD, dry_run=False)
    office.later += 14 * DAY
    assert send(client, GOOD, dry_run=False).json()["unchanged"] == 1
    every = "Cách ngày;Họp thôn;Xã Tân Đông;cứ 2 ngày;6h"
    assert send(client, every, dry_run=False).json()["good"] == 1
    office.later += DAY
    assert send(client, every, dry_run=False).json()["good"] == 1, "the other days of the two"


def test_another_programme_of_the_same_name_is_pointed_out(client: TestClient, office: ApiDesk) -> None:
    send(client, GOOD, dry_run=False)
    moved = send(client, GOOD.replace("5h", "6h"), LATER, EVENING).json()
    assert (moved["good"], moved["unchanged"]) == (3, 0)
    (warning,) = moved["warnings"]
    assert warning.startswith("Dòng 2: đã có chương trình cùng tên")
