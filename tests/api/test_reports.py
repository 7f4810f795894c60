"""Reports over the interface: JSON, CSV and XLSX of the same figures."""

import csv
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from tests.fakes.desk import ApiDesk, Place

ALL = {"from": "2000-01-01", "to": "2000-12-31"}


@pytest.fixture
def period(client: TestClient, place: Place, desk: ApiDesk) -> dict[str, Any]:
    """A broadcast with a name that would like to be a formula is on air today."""
    hostile = client.post("areas", json={"name": "=HYPERLINK(1)", "parent": place.area}).json()["id"]
    desk.office.speaker(hostile, "@Loa")
    made = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    day = made["start_at"][:10]
    return {"from": day, "to": day, "zone": "UTC"}


def test_the_same_figures_in_three_forms(client: TestClient, period: dict[str, Any]) -> None:
    shown = client.get("reports/airings", params=period | {"per": "speaker"}).json()["lines"]
    assert [(line["name"], line["planned"], line["open"], line["share"]) for line in shown] == [
        ("@Loa", 1, 1, 0.0),
        ("Loa 1", 1, 1, 0.0),
    ]
    answer = client.get("reports/airings", params=period | {"per": "speaker", "format": "csv", "separator": ";"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="bao-cao-phat-thanh.csv"'
    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:3] == ["Ngày", "Loa", "Loại"] and [row[1] for row in rows[1:]] == ["'@Loa", "Loa 1"]
    assert rows[1][-3:] == ["0,0", "", ""]


def test_a_workbook_has_a_sheet_for_each_view(client: TestClient, period: dict[str, Any]) -> None:
    english = {"Accept-Language": "en"}
    answer = client.get("reports/airings", params=period | {"format": "xlsx"}, headers=english)
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Area", "Programme", "Speaker"]
    assert book["Area"]["B2"].value.startswith("Tỉnh Tiền Giang / Xã Tân Đông")
    assert book["Speaker"]["B2"].value == "@Loa" and book["Speaker"]["B2"].data_type == "s"
    one = client.get("reports/airings", params=period | {"format": "xlsx", "per": "programme"})
    assert load_workbook(BytesIO(one.content)).sheetnames == ["Chương trình"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "request_invalid"),
        (ALL | {"to": "1999-12-31"}, "request_invalid"),
        (ALL | {"to": "9999-12-31"}, "request_invalid"),
        (ALL | {"to": "2001-12-31"}, "period_invalid"),
        (ALL | {"zone": "Mars/Phobos"}, "zone_unknown"),
        (ALL | {"format": "pdf"}, "request_invalid"),
        (ALL | {"area": "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"}, "area_unknown"),
    ],
)
def test_what_cannot_be_reported_is_said(common: TestClient, query: dict[str, str], code: str) -> None:
    answer = common.get("reports/airings", params=query)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_an_empty_report_still_has_its_headings(common: TestClient) -> None:
    assert common.get("reports/airings", params=ALL).json() == {"lines": []}
    assert common.get("reports/airings", params=ALL | {"format": "csv"}).content.count(b"\r\n") == 1
