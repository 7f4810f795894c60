"""The echo plan over the interface: looked at, applied once, refused in words."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from devices.models import Device
from tests.devices.echo.streets import street
from tests.fakes.desk import ApiDesk


@pytest.fixture
def village(desk: ApiDesk) -> str:
    """A street of four speakers that face east, and a speaker without coordinates; the village's id."""
    area = desk.office.area("Ấp 3")
    speakers = desk.office.register(area, [f"Loa {place}" for place in range(5)])
    with desk.office.database.write() as session:
        for device, at in zip(speakers, street(4, 80, 90.0), strict=False):
            row = session.get_one(Device, device)
            row.latitude, row.longitude, row.bearing = at.latitude, at.longitude, at.bearing
    return area


def trims(desk: ApiDesk, shown: Any) -> dict[str, tuple[int, str | None]]:
    with desk.office.database.read() as session:
        rows = [session.get_one(Device, one["device"]) for one in shown["horns"]]
    return {row.id: (row.trim_us // 1_000, row.interleave) for row in rows}


def test_a_preview_shows_all_and_writes_nothing(client: TestClient, desk: ApiDesk, village: str) -> None:
    shown = desk.client("viewer").get(f"areas/{village}/echo").json()
    assert (shown["area"], shown["celsius"], len(shown["horns"]), len(shown["unplaced"])) == (village, 27.0, 4, 1)
    assert shown["planned"]["disturbance"] < shown["untrimmed"]["disturbance"] / 3
    assert shown["planned"]["share"] == pytest.approx(
        shown["planned"]["echoing"] / shown["planned"]["places"], abs=1e-4
    )
    assert [(pair["metres"], pair["travel_ms"], pair["together"]) for pair in shown["neighbours"]] == [
        (pytest.approx(80, abs=0.2), 230, False)
    ] * 3
    assert {one["present_ms"] for one in shown["horns"]} == {0} != {one["trim_ms"] for one in shown["horns"]}
    assert set(trims(desk, shown).values()) == {(0, None)} and desk.rung == []


def test_applied_it_stands_in_the_speakers_and_the_controller_is_rung(
    client: TestClient, desk: ApiDesk, village: str
) -> None:
    shown = client.post(f"areas/{village}/echo").json()
    assert trims(desk, shown) == {one["device"]: (one["trim_ms"], one["turn"]) for one in shown["horns"]}
    assert sorted(one["turn"] for one in shown["horns"]) == ["A", "A", "B", "B"]
    assert desk.rung == ["controller"] and desk.audit() == [("administrator", "echo.apply")]
    after = client.get(f"areas/{village}/echo").json()
    assert after["present"] == after["planned"] == shown["planned"]


def test_the_same_key_applies_it_once(client: TestClient, desk: ApiDesk, village: str) -> None:
    key = {"Idempotency-Key": "once"}
    first = client.post(f"areas/{village}/echo", headers=key)
    with desk.office.database.write() as session:
        session.get_one(Device, first.json()["horns"][0]["device"]).trim_us = 7_000
    assert client.post(f"areas/{village}/echo", headers=key).json()["horns"][0]["present_ms"] == 7
    assert len(desk.audit()) == 1
    other = client.post(f"areas/{village}/echo?celsius=10", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_cold_air_makes_the_way_longer(client: TestClient, village: str) -> None:
    cold = client.get(f"areas/{village}/echo", params={"celsius": 0}).json()
    assert {pair["travel_ms"] for pair in cold["neighbours"]} == {241}
    assert client.get(f"areas/{village}/echo", params={"celsius": 99}).status_code == 422


def test_what_cannot_be_planned_is_said_in_both_languages(client: TestClient, desk: ApiDesk) -> None:
    empty, unknown = desk.office.area("Ấp không loa"), desk.office.new_id()
    for area, code, status in ((empty, "no_coordinates", 422), (unknown, "area_unknown", 404)):
        for answer in (client.get(f"areas/{area}/echo"), client.post(f"areas/{area}/echo")):
            assert (answer.status_code, answer.json()["code"]) == (status, code)
    vi, en = (client.get(f"areas/{empty}/echo", headers={"Accept-Language": said}).json() for said in ("vi", "en"))
    assert vi["detail"] != en["detail"] and empty in vi["detail"]


def test_who_may_only_look_cannot_apply(desk: ApiDesk, village: str) -> None:
    assert desk.client("viewer").post(f"areas/{village}/echo").status_code == 403
    assert desk.client("emergency").post(f"areas/{village}/echo").status_code == 403
