"""Rules of the air as an office writes them, and as it is told why it is quiet somewhere."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from controller.people.models import AuditLine
from devices.protocol.keys import SigningKey
from scheduler.models import Timetable
from tests.fakes.desk import ApiDesk, Place

NIGHT = {"quiet": [{"begin": "21:00", "end": "05:00"}]}
SCHOOL = {"name": "Trường", "kind": "school", "latitude": 10.383, "longitude": 106.694, "radius_m": 200}
SPAN = {"from": "2026-11-23T00:00:00+07:00", "to": "2026-11-24T00:00:00+07:00"}
"""A Monday."""


def bind(client: TestClient, name: str, rules: dict[str, Any], **place: str) -> str:
    answer = client.post("air-rules", json={"name": name, "rules": rules, **place})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def said(client: TestClient, path: str) -> list[tuple[str, int, list[str]]]:
    """Begin in Vietnam, loudest, and why, of each stretch of that Monday."""
    answer = client.get(f"{path}/air", params=SPAN)
    assert answer.status_code == 200, answer.text
    return [
        (hour(one["begin"]), one["percent"], [rule["name"] for rule in one["because"]])
        for one in answer.json()["stretches"]
    ]


def hour(instant: str) -> str:
    at = datetime.fromisoformat(instant).astimezone(UTC)
    return f"{(at.hour + 7) % 24:02}:{at.minute:02}"


def changes(desk: ApiDesk) -> int:
    with desk.office.database.read() as session:
        return session.get_one(Timetable, 1).wanted


def test_an_area_inherits_and_the_stricter_wins(client: TestClient, place: Place) -> None:
    bind(client, "đêm", NIGHT, area=place.province)
    bind(client, "sớm", {"volumes": [{"begin": "04:00", "end": "06:00", "percent": 40}]}, area=place.area)
    own = [("00:00", 0, ["đêm"]), ("05:00", 40, ["sớm"]), ("06:00", 100, []), ("21:00", 0, ["đêm"])]
    assert said(client, f"areas/{place.area}") == said(client, f"devices/{place.device}") == own
    assert [one[0] for one in said(client, f"areas/{place.province}")] == ["00:00", "05:00", "21:00"]


def test_a_zone_binds_who_stands_in_it(client: TestClient, place: Place) -> None:
    zone = client.post("zones", json=SCHOOL).json()["id"]
    bind(client, "giờ học", client_preset(client, "school"), zone=zone)
    assert said(client, f"devices/{place.device}") == [("00:00", 100, [])], "nobody knows where it stands"
    for latitude, silent in ((10.384, True), (10.386, False)):
        located = client.put(f"devices/{place.device}/coordinates", json={"latitude": latitude, "longitude": 106.694})
        assert located.json()["latitude"] == latitude
        lessons = [("07:00", 0, ["giờ học"]), ("11:30", 100, []), ("13:30", 0, ["giờ học"]), ("17:00", 100, [])]
        assert said(client, f"devices/{place.device}")[1:] == (lessons if silent else [])
    assert said(client, f"areas/{place.area}") == [("00:00", 100, [])], "a zone binds no area"


def client_preset(client: TestClient, code: str) -> dict[str, Any]:
    rules: dict[str, Any] = next(one for one in client.get("air-presets").json()["items"] if one["code"] == code)[
        "rules"
    ]
    return rules


def test_special_days_count_for_rules(client: TestClient, place: Place) -> None:
    bind(client, "giờ học", client_preset(client, "school"), area=place.area)
    assert len(said(client, f"areas/{place.area}")) == 5
    client.put("special-days/2026-11-23", json={"name": "Nghỉ bão"})
    assert said(client, f"areas/{place.area}") == [("00:00", 100, [])]


def test_where_two_rules_agree_both_are_named(client: TestClient, place: Place) -> None:
    bind(client, "a", NIGHT, area=place.area)
    bind(client, "b", {"quiet": [{"begin": "04:00", "end": "06:00"}]}, device=place.device)
    found = said(client, f"devices/{place.device}")
    assert [(one[0], sorted(one[2])) for one in found[:4]] == [
        ("00:00", ["a"]), ("04:00", ["a", "b"]), ("05:00", ["b"]), ("06:00", []),
    ]  # fmt: skip


def test_the_smallest_budget_says_whose_it_is(client: TestClient, place: Place) -> None:
    for minutes, area in ((90, place.province), (30, place.area)):
        bind(client, f"{minutes} phút", {"budget_minutes": minutes}, area=area)
    air = client.get(f"devices/{place.device}/air").json()
    assert air["budget_minutes"] == 30 and [rule["name"] for rule in air["budget_because"]] == ["30 phút"]
    begin, end = (datetime.fromisoformat(air["stretches"][0][name]) for name in ("begin", "end"))
    assert (end - begin).days == 7, "seven days from now, unless asked otherwise"


def test_a_rule_is_changed_and_deleted(client: TestClient, desk: ApiDesk, place: Place) -> None:
    rule = bind(client, "đêm", NIGHT, area=place.area)
    moved = {"name": "trưa", "device": place.device, "rules": {"quiet": [{"begin": "12:00", "end": "13:00"}]}}
    changed = client.put(f"air-rules/{rule}", json=moved).json()
    assert client.get(f"air-rules/{rule}").json() == changed == client.get("air-rules").json()["items"][0]
    assert changed["area"] is None and said(client, f"areas/{place.area}") == [("00:00", 100, [])]
    assert said(client, f"devices/{place.device}")[1] == ("12:00", 0, ["trưa"])
    assert client.delete(f"air-rules/{rule}").status_code == 204
    assert said(client, f"devices/{place.device}") == [("00:00", 100, [])]
    assert [client.request(verb, f"air-rules/{rule}", json=moved).status_code for verb in ("PUT", "DELETE")] == [
        404
    ] * 2
    assert desk.rung.count("controller") >= 3


def test_a_zone_takes_its_rules_with_it(client: TestClient, desk: ApiDesk) -> None:
    zone = client.post("zones", json=SCHOOL).json()["id"]
    rule = bind(client, "giờ học", NIGHT, zone=zone)
    wider = client.put(f"zones/{zone}", json=SCHOOL | {"radius_m": 500}).json()
    assert client.get("zones").json()["items"] == [wider] and wider["radius_m"] == 500
    assert client.delete(f"zones/{zone}").status_code == 204
    assert client.get("air-rules").json()["items"] == client.get("zones").json()["items"] == []
    with desk.office.database.read() as session:
        lines = [row.subject for row in session.exec(select(AuditLine).where(AuditLine.action == "air.edit"))]
    assert lines == [zone, rule, zone, rule, zone]


def test_what_was_deleted_is_not_made_again_under_its_key(client: TestClient, place: Place) -> None:
    rule = {"name": "đêm", "area": place.area, "rules": NIGHT}
    for path, body, code in (("air-rules", rule, "air_rule_unknown"), ("zones", SCHOOL, "air_zone_unknown")):
        made = client.post(path, json=body, headers={"Idempotency-Key": path}).json()["id"]
        client.delete(f"{path}/{made}")
        again = client.post(path, json=body, headers={"Idempotency-Key": path})
        assert (again.status_code, again.json()["code"]) == (422, code)
        assert client.get(path).json()["items"] == []


def test_whatever_a_plan_depends_on_asks_for_a_new_one(client: TestClient, desk: ApiDesk, place: Place) -> None:
    zone, rule = client.post("zones", json=SCHOOL).json()["id"], bind(client, "đêm", NIGHT, area=place.area)
    key = SigningKey(b"\x08" * 32).verify_key.public
    orders: list[tuple[str, str, Any]] = [
        ("PUT", f"zones/{zone}", SCHOOL),
        ("PUT", f"air-rules/{rule}", {"name": "đêm", "area": place.area, "rules": NIGHT}),
        ("PUT", f"devices/{place.device}/coordinates", {"latitude": 10.0, "longitude": 106.0}),
        ("PUT", "special-days/2026-11-18", {"name": "Lễ hội"}),
        ("POST", "special-days/refill", {"years": [2026]}),
        ("POST", "devices", {"name": "Loa 8", "area": place.area, "public_key": key}),
        ("DELETE", "special-days/2026-11-18", None),
        ("DELETE", f"air-rules/{rule}", None),
        ("DELETE", f"zones/{zone}", None),
    ]
    for method, path, body in orders:
        before = changes(desk), len(desk.rung)
        assert client.request(method, path, json=body).is_success
        assert changes(desk) > before[0] and len(desk.rung) > before[1], (method, path)


def test_presets_hold_nowhere_until_they_are_bound(client: TestClient, place: Place) -> None:
    items = client.get("air-presets").json()["items"]
    assert [one["code"] for one in items] == ["national", "school", "hospital"] and items[0]["vi_why"]
    assert said(client, f"areas/{place.area}") == [("00:00", 100, [])]
    for preset in items:
        bind(client, preset["vi"], preset["rules"], area=place.area)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"area": "{unknown}"}, "area_unknown"),
        ({"zone": "{unknown}"}, "air_zone_unknown"),
        ({"device": "{unknown}"}, "device_unknown"),
        ({"area": "{area}", "rules": {"zone": "Asia/Atlantis"}}, "zone_unknown"),
        ({"area": "{area}", "rules": {"quiet": [{"begin": "25:00", "end": "05:00"}]}}, "request_invalid"),
        ({"area": "{area}", "rules": {"silence": True}}, "request_invalid"),
    ],
)
def test_what_no_rule_can_be(client: TestClient, desk: ApiDesk, place: Place, body: dict[str, Any], code: str) -> None:
    names = {"{unknown}": desk.office.new_id(), "{area}": place.area}
    filled = {name: names.get(value, value) if isinstance(value, str) else value for name, value in body.items()}
    refused = client.post("air-rules", json={"name": "x", "rules": {}} | filled)
    assert (refused.status_code, refused.json()["code"]) == (422, code)


def test_a_rule_is_for_one_place(client: TestClient, place: Place) -> None:
    for places in ({}, {"area": place.area, "device": place.device}):
        refused = client.post("air-rules", json={"name": "x", "rules": {}} | places).json()
        assert [error["code"] for error in refused["errors"]] == ["one_place"]


@pytest.mark.parametrize("to", ["2026-11-23T00:00:00+07:00", "2026-11-22T00:00:00+07:00", "2026-12-24T00:00:01+07:00"])
def test_a_timeline_ends_after_it_begins_and_within_a_month(client: TestClient, place: Place, to: str) -> None:
    refused = client.get(f"areas/{place.area}/air", params=SPAN | {"to": to})
    assert (refused.status_code, refused.json()["code"]) == (422, "air_span_invalid")


def test_half_a_place_is_none(client: TestClient, place: Place) -> None:
    refused = client.put(f"devices/{place.device}/coordinates", json={"latitude": 10.0}).json()
    assert [error["code"] for error in refused["errors"]] == ["half_a_place"]
    client.put(f"devices/{place.device}/coordinates", json={"latitude": 10.0, "longitude": 106.0})
    pointing = {"latitude": 10.0, "longitude": 106.0, "bearing": 270}
    assert client.put(f"devices/{place.device}/coordinates", json=pointing).json()["bearing"] == 270
    assert client.get(f"devices/{place.device}").json()["bearing"] == 270
    assert client.put(f"devices/{place.device}/coordinates", json=pointing | {"bearing": 361}).status_code == 422
    nowhere = client.put(f"devices/{place.device}/coordinates", json={}).json()
    assert nowhere["latitude"] is nowhere["longitude"] is nowhere["bearing"] is None


def test_speakers_are_registered_with_their_place(client: TestClient, place: Place) -> None:
    spot = {"latitude": 10.383, "longitude": 106.694}
    keys = [SigningKey(bytes([number]) * 32).verify_key.public for number in (40, 41)]
    one = client.post("devices", json={"name": "a", "area": place.area, "public_key": keys[0]} | spot).json()["id"]
    crate = {"area": place.area, "devices": [{"name": "b", "public_key": keys[1]} | spot]}
    for device in (one, client.post("devices/batch", json=crate).json()["devices"][0]):
        shown = client.get(f"devices/{device}").json()
        assert (shown["latitude"], shown["longitude"]) == (10.383, 106.694)


def test_who_may_only_see_changes_nothing(desk: ApiDesk, place: Place) -> None:
    viewer = desk.client("viewer")
    assert viewer.get("air-rules").status_code == viewer.get(f"areas/{place.area}/air").status_code == 200
    assert viewer.post("zones", json=SCHOOL).status_code == 403
    assert viewer.put("special-days/2026-11-18", json={"name": "x"}).status_code == 403
