"""A spreadsheet of new speakers: understood line by line, kept once, and handed out as codes and labels."""

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlmodel import select
from starlette.testclient import TestClient

from controller.sheets.csv_text import csv_bytes
from controller.sheets.sheet import Column, Sheet
from controller.sheets.workbook import xlsx_bytes
from devices.models import ClaimCode, Device
from devices.protocol.keys import SigningKey
from tests.api.test_joining import join
from tests.fakes.desk import ApiDesk, Place

KEY = SigningKey(b"\x51" * 32).verify_key.public
OTHER = SigningKey(b"\x52" * 32).verify_key.public
HEADINGS = ("Tên loa", "Địa bàn", "Vĩ độ", "Kinh độ", "Hướng loa", "Khóa công khai", "Ghi chú")
GOOD = [
    ("Loa ấp 1", "Tân Đông", 10.383, 106.694, 90, None, "cột chợ"),
    ("Loa ấp 2", "Tỉnh Tiền Giang / Xã Tân Đông", "10,384", "106,695", None, KEY, None),
    ("Loa ấp 3", None, None, None, None, None, None),
]


def sheet(rows: list[tuple[Any, ...]], headings: tuple[str, ...] = HEADINGS) -> Sheet:
    return Sheet("Loa", [Column(one) for one in headings], rows)


def send(client: TestClient, place: Place, content: bytes, language: str = "vi", **query: object) -> Any:
    return client.post(
        "devices/import", files={"file": ("loa.xlsx", content)}, params={"area": place.area} | query,
        headers={"Accept-Language": language},
    )  # fmt: skip


def kept(desk: ApiDesk) -> tuple[int, int]:
    with desk.office.database.read() as session:
        return len(session.exec(select(Device)).all()) - 1, len(session.exec(select(ClaimCode)).all())


@pytest.mark.parametrize("form", ["xlsx", "csv", "csv;"])
def test_it_is_shown_then_kept_then_unchanged(client: TestClient, desk: ApiDesk, place: Place, form: str) -> None:
    rows = sheet(GOOD)
    content = xlsx_bytes([rows]) if form == "xlsx" else csv_bytes(rows, ";" if form == "csv;" else ",")
    shown = send(client, place, content).json()
    assert (shown["good"], shown["refused"], kept(desk)) == (3, 0, (0, 0)) and len(shown["warnings"]) == 1
    made = send(client, place, content, dry_run=False).json()
    assert [bool(line["code"]) for line in made["lines"]] == [True, False, True] and kept(desk) == (1, 2)
    device = client.get(f"devices/{made['lines'][1]['device']}").json()
    assert (device["name"], device["latitude"], device["area"]) == ("Loa ấp 2", 10.384, place.area)
    again = send(client, place, content, dry_run=False).json()
    assert (again["unchanged"], again["good"], kept(desk)) == (3, 0, (1, 2))
    joined = join(desk.client("nobody"), made["lines"][0]["code"])
    assert joined.status_code == 201 and joined.json()["name"] == "Loa ấp 1"
    assert client.get(f"devices/{joined.json()['device']}").json()["bearing"] == 90
    assert send(client, place, content, dry_run=False).json()["lines"][0]["device"] == joined.json()["device"]


BAD = [
    (("", "Tân Đông", None, None, None, None, None), "Tên", "missing"),
    (("Loa", "Xã Không Có", None, None, None, None, None), "Địa bàn", "unknown"),
    (("Loa", "Tân Đông", 91, 106, None, None, None), "Vĩ độ", "beyond"),
    (("Loa", "Tân Đông", "x", 106, None, None, None), "Vĩ độ", "no_number"),
    (("Loa", "Tân Đông", 10, None, None, None, None), "Vĩ độ", "half_a_place"),
    (("Loa", "Tân Đông", None, None, 361, None, None), "Hướng loa", "beyond"),
    (("Loa", "Tân Đông", None, None, None, "khóa", None), "Khóa công khai", "public_key_invalid"),
    (("Loa 1", "Tân Đông", None, None, None, OTHER, None), "Khóa công khai", "other_key"),
    (("L" * 201, "Tân Đông", None, None, None, None, None), "Tên", "no_name"),
    (("loa ẤP 1", "Tân Đông", None, None, None, None, None), "Tên", "twice_in_file"),
]


def test_bad_lines_are_named_in_words_and_keep_the_others_out(client: TestClient, desk: ApiDesk, place: Place) -> None:
    content = xlsx_bytes([sheet([*GOOD, *(row for row, _, _ in BAD)])])
    faults = [line["faults"] for line in send(client, place, content).json()["lines"][len(GOOD) :]]
    assert [(one[0]["column"], one[0]["code"]) for one in faults] == [(column, code) for _, column, code in BAD]
    english = send(client, place, content, "en").json()["lines"][len(GOOD) :]
    assert all(line["faults"][0]["said"] != one[0]["said"] for line, one in zip(english, faults, strict=True))
    refused = send(client, place, content, dry_run=False)
    assert refused.json()["code"] == "import_refused" and kept(desk) == (0, 0)
    rest = send(client, place, content, dry_run=False, on_errors="skip").json()
    assert (rest["good"], rest["refused"], kept(desk)) == (3, len(BAD), (1, 2))


def test_the_result_is_a_sheet_or_a_page_of_labels(client: TestClient, desk: ApiDesk, place: Place) -> None:
    content = xlsx_bytes([sheet([*GOOD, ("=cmd()", "Tân Đông", None, None, None, None, None)])])
    answer = send(client, place, content, dry_run=False, format="xlsx")
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True))
    assert rows[0][:3] == ("Tên", "Địa bàn", "Mã nhận loa") and rows[1][0] == "Loa ấp 1" and rows[1][2]
    assert rows[1][1] == "Tỉnh Tiền Giang / Xã Tân Đông" and rows[2][2] is None and rows[2][3]
    assert join(desk.client("nobody"), str(rows[4][2])).json()["name"] == "=cmd()"
    more = xlsx_bytes([sheet([("Loa ấp 9", None, None, None, None, None, None)])])
    page = send(client, place, more, dry_run=False, format="labels")
    assert page.text.count("<svg") == 1 and "Loa ấp 9" in page.text


@pytest.mark.parametrize(("content", "why"), [(b"PK\x03\x04x", "broken"), (b"a,b,c\n1,2,3\n", "no_headings")])
def test_what_is_no_crate_is_refused_in_words(client: TestClient, place: Place, content: bytes, why: str) -> None:
    answer = send(client, place, content)
    assert (answer.json()["code"], answer.json()["why"]) == ("spreadsheet_refused", why) and answer.json()["said"]


def test_a_thousand_lines_at_most(client: TestClient, place: Place, desk: ApiDesk) -> None:
    rows = [(f"Loa số {number}", None, None, None, None, None, None) for number in range(1_001)]
    assert send(client, place, xlsx_bytes([sheet(rows)])).json()["why"] == "too_long"
    made = send(client, place, xlsx_bytes([sheet(rows[:300])]), dry_run=False)
    assert made.json()["good"] == 300 and kept(desk) == (0, 300)


def test_only_a_technician_imports(desk: ApiDesk, place: Place) -> None:
    assert send(desk.client("viewer"), place, xlsx_bytes([sheet(GOOD)])).status_code == 403
