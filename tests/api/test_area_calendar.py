"""The calendar of an area over the interface: whose key opens it, and what is in it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs
from typer.testing import CliRunner

from api.cli.main import app
from api.routes import area_calendar
from api.timestamps import to_micros
from tests.controller.exchange.plans import Plan, Slot
from tests.fakes.desk import ApiDesk, Place

SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
NOBODY = "0f6a2c9e-1f35-4f0b-9a51-93d0c5a7f3d2"


@pytest.fixture
def feed(desk: ApiDesk, place: Place) -> str:
    """The address of the feed, with a programme planned for the day after tomorrow."""
    at = to_micros(SOON)
    plan = Plan((Slot("programme", "Thể dục sáng", at, at, at + 60_000_000, frozenset({place.device})),))
    desk.instead(area_calendar.router, area_calendar.planner, plan)
    return f"areas/{place.area}/calendar.ics"


def events(answer: Any) -> dict[str, icalendar.Event]:
    assert answer.status_code == 200 and answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["SUMMARY"]): event for event in icalendar.Calendar.from_ical(answer.content).walk("VEVENT")}


def test_planned_ordered_and_stopped(client: TestClient, place: Place, feed: str) -> None:
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    found = events(client.get(feed))
    assert found.keys() == {"Thể dục sáng", "Họp thôn"} and found["Thể dục sáng"]["DTSTART"].dt == SOON
    assert found["Họp thôn"]["LOCATION"] == "Tỉnh Tiền Giang / Xã Tân Đông"
    client.post(f"broadcasts/{order['id']}/stop")
    after = events(client.get(feed))["Họp thôn"]
    assert after["STATUS"] == "CANCELLED" and after["SEQUENCE"] > found["Họp thôn"]["SEQUENCE"]
    assert after["UID"] == found["Họp thôn"]["UID"]
    later = {"from": str((SOON + timedelta(days=2)).date())}
    assert events(client.get(feed, params=later)) == {}


def test_an_area_without_the_speaker_has_an_empty_calendar(client: TestClient, place: Place, feed: str) -> None:
    other = client.post("areas", json={"name": "Xã khác"}).json()["id"]
    assert events(client.get(f"areas/{other}/calendar.ics")) == {}


def test_a_viewers_key_in_the_address_opens_it_and_no_stronger_one(desk: ApiDesk, feed: str) -> None:
    nobody = desk.client("nobody")
    with capture_logs() as logs:
        assert nobody.get(feed, params={"key": desk.keys["viewer"]}).status_code == 200
    assert desk.keys["viewer"] not in str(logs) and "key=" not in str(logs)
    assert next(line["who"] for line in logs if line["event"] == "request") == "viewer"
    for key in (desk.keys["administrator"], desk.keys["emergency"], "loa_x", ""):
        answer = nobody.get(feed, params={"key": key})
        assert (answer.status_code, answer.json()["code"]) == (401, "key_missing")
    assert nobody.get(feed).status_code == 401 and desk.client("viewer").get(feed).status_code == 200
    assert nobody.get("areas", params={"key": desk.keys["viewer"]}).status_code == 401, "here alone"


def test_a_viewers_key_is_made_on_the_machine(desk: ApiDesk, feed: str) -> None:
    run = CliRunner().invoke(app, ["key", "add", "Lịch của xã", "--json", "--data", str(desk.office.folder)])
    made = json.loads(run.stdout)
    answer = desk.client("nobody").get(feed, params={"key": made["key"]})
    assert run.exit_code == 0 and answer.status_code == 200
    assert any(action == "key.create" for _, action in desk.audit())
    missing = CliRunner().invoke(app, ["key", "add", "x", "--data", str(desk.office.folder / "none")])
    assert missing.exit_code == 1 and not (desk.office.folder / "none").exists()


def test_what_is_not_there(client: TestClient, feed: str) -> None:
    assert client.get(f"areas/{NOBODY}/calendar.ics").json()["code"] == "area_unknown"
    for query in ({"from": "2026-01-01", "to": "2027-12-31"}, {"from": "2027-01-02", "to": "2027-01-01"}):
        assert client.get(feed, params=query).json()["code"] == "period_invalid"
