"""The record over the interface: who reads which lines, and what is carried away can be checked."""

import csv
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from controller.people.anchors import control_keys
from controller.people.api_keys import add_key
from controller.people.audit import record
from controller.people.exported import check_export
from controller.people.models import ApiKey
from controller.people.permissions import Action
from tests.fakes.desk import ApiDesk, Place


def reader(desk: ApiDesk, area: str) -> TestClient:
    """An auditor of one commune."""
    with desk.office.database.write() as session:
        add_key(session, f"auditor-{area}", "auditor", f"loa_{area}", "auditor", 0)
        session.flush()
        session.get_one(ApiKey, f"auditor-{area}").areas = [area]
    return desk.client("nobody", Authorization=f"Bearer loa_{area}")


@pytest.fixture
def rule(client: TestClient, place: Place) -> str:
    """A rule of the air in the commune, made and then changed."""
    body = {"name": "=Đêm", "area": place.area, "rules": {"budget_minutes": 90}}
    made = client.post("air-rules", json=body)
    assert made.status_code == 201, made.text
    changed = client.put(f"air-rules/{made.json()['id']}", json=body | {"rules": {"budget_minutes": 60}})
    assert changed.status_code == 200, changed.text
    return str(made.json()["id"])


def test_the_newest_first_page_by_page(client: TestClient, place: Place) -> None:
    first = client.get("audit", params={"limit": 2}).json()
    rest = client.get("audit", params={"after": first["next"]}).json()
    lines = first["items"] + rest["items"]
    assert [line["seq"] for line in lines] == list(range(len(lines), 0, -1)) and rest["next"] is None
    assert lines[0]["action"] == "bulletin.create" and lines[0]["subject"] == place.bulletin
    assert lines[0]["who"] == "administrator" and lines[0]["who_id"].startswith("key/")
    assert lines[0]["origin"] == "testclient" and lines[0]["clock"] in {"system", "ntp-synchronised"}


def test_lines_are_found_by_what_was_asked(client: TestClient, rule: str) -> None:
    lines = client.get("audit", params={"subject": rule, "action": "air.edit"}).json()["items"]
    assert len(lines) == 2 and lines[1]["before"] is None and lines[1]["after"]["name"] == "=Đêm"
    assert (lines[0]["before"]["rules"]["budget_minutes"], lines[0]["after"]["rules"]["budget_minutes"]) == (90, 60)
    assert lines[0]["before"].keys() == lines[0]["after"].keys() == {"rules"}
    who = lines[0]["who_id"]
    for asked in ({"who": who}, {"who": "administrator"}, {"from": lines[0]["at"]}, {"action": "air.edit"}):
        found = client.get("audit", params=asked | {"limit": 200}).json()["items"]
        assert lines[0] in found
    assert lines[0] not in client.get("audit", params={"to": lines[0]["at"]}).json()["items"]
    assert client.get("audit", params={"who": "nobody"}).json()["items"] == []


def test_who_reads_in_one_commune_sees_its_lines_only(client: TestClient, desk: ApiDesk, place: Place) -> None:
    with desk.office.database.write() as session:
        for area in (place.area, place.province, None):
            record(session, desk.office.act(), Action.AIR_EDIT, "rule", area=area)
    other = client.post("areas", json={"name": "Xã khác"}).json()["id"]
    auditor = reader(desk, place.area)
    lines = auditor.get("audit", params={"subject": "rule"}).json()["items"]
    assert [line["area"] for line in lines] == [place.area]
    of_all = client.get("audit", params={"area": place.province, "subject": "rule"}).json()["items"]
    assert {line["area"] for line in of_all} == {place.area, place.province}
    assert auditor.get("audit", params={"area": other}).json()["code"] == "area_unknown"
    assert auditor.get("audit/head").status_code == 403
    assert desk.client("viewer").get("audit").status_code == 403
    lines = auditor.get("audit/export", params={"subject": "rule"}).text.splitlines()
    assert '"lines":"selected"' in lines[0] and [place.area in line for line in lines[1:-1]] == [True]


def test_what_is_carried_away_holds_for_others(client: TestClient, desk: ApiDesk, rule: str) -> None:
    answer = client.get("audit/export")
    assert answer.headers["content-type"] == "application/jsonl"
    found = check_export(answer.text.splitlines(), control_keys(desk.office.keyring.trust))
    assert found.whole and found.signed and found.lines == 6 and not found.faults
    assert not list((desk.office.folder / "incoming").iterdir())
    head = client.get("audit/head").json()
    assert head["seq"] == 6 and head["hash"] in answer.text


def test_tables_have_the_same_lines_and_no_formulas(client: TestClient, rule: str) -> None:
    rows = list(csv.DictReader(StringIO(client.get("audit/export?format=csv").content.decode("utf-8-sig"))))
    page = load_workbook(BytesIO(client.get("audit/export?format=xlsx").content))["audit"]
    names = [cell.value for cell in page[1]]
    for number, row in enumerate(rows):
        cells = dict(zip(names, page[number + 2], strict=True))
        assert row["hash"] == cells["hash"].value and row["seq"] == str(cells["seq"].value) == str(number + 1)
    assert rows[-1]["detail"] == "'=Đêm" and page.cell(len(rows) + 1, names.index("detail") + 1).data_type == "s"
    assert [row["previous"] for row in rows] == ["", *(row["hash"] for row in rows[:-1])]
