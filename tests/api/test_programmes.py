"""Programmes as an office keeps them: said in words, tried without saving, refused with what is in the way."""

from datetime import date, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from scheduler.air.models import AirRule
from scheduler.programmes.models import ProgrammeRow
from tests.api.test_lists import add_speakers
from tests.api.week import first_at, keep, next_at, programme
from tests.fakes.desk import ApiDesk, Place

ENGLISH = {"Accept-Language": "en"}


def shown(at: Any) -> str:
    return str(at.isoformat().replace("+00:00", "Z"))


def silence(desk: ApiDesk, place: Place, begin: str = "21:00", end: str = "05:00") -> None:
    with desk.office.database.write() as session:
        rules = {"quiet": [{"begin": begin, "end": end}]}
        session.add(AirRule(id="night", name="Đêm", rules=rules, area_id=place.area, changed_at=0, changed_by="test"))


def test_a_programme_is_shown_in_words_with_its_next_three_times(
    client: TestClient, desk: ApiDesk, place: Place
) -> None:
    made = client.post("programmes", json=programme(place, days={"kind": "daily"}, times=["17:00", "05:00"]))
    row = made.json()
    assert made.status_code == 201 and made.headers["location"].endswith(row["id"])
    assert desk.rung[-1] == "almanac" and desk.audit()[-1] == ("administrator", "programme.edit")
    assert row["when"] == "hằng ngày lúc 05:00, 17:00, từ 01/01/2026"
    assert len(row["next"]) == 3 and shown(next_at(5)) in [one["at"] for one in row["next"]]
    english = client.get(f"programmes/{row['id']}", headers=ENGLISH).json()
    assert english["when"] == "every day at 05:00, 17:00, from 01/01/2026"
    assert english["next"][0]["said"].split()[0].endswith("day")
    assert client.get(f"programmes/{row['id']}").json() == row


@pytest.mark.parametrize(
    ("days", "vi", "en"),
    [
        ({"kind": "weekly", "days": ["monday", "sunday"]}, "thứ hai, chủ nhật", "Monday, Sunday"),
        ({"kind": "weekly", "days": ["friday"], "every": 2}, "thứ sáu mỗi 2 tuần", "Friday every 2 weeks"),
        ({"kind": "daily", "every": 3}, "mỗi 3 ngày", "every 3 days"),
        ({"kind": "monthly", "days": [1, -1]}, "hằng tháng ngày 1, cuối", "every month on 1, the last"),
        ({"kind": "monthly_weekday", "nth": 2, "day": "saturday"}, "thứ bảy (lần 2)", "every month on Saturday (2)"),
        ({"kind": "lunar", "days": [1, 15]}, "âm lịch ngày 1, 15", "lunar day 1, 15"),
        ({"kind": "rrule", "rrule": "FREQ=MONTHLY;BYDAY=2SA"}, "FREQ=MONTHLY;BYDAY=2SA", "FREQ=MONTHLY;BYDAY=2SA"),
        ({"kind": "once", "days": ["2099-02-03"]}, "03/02/2099", "03/02/2099"),
    ],
)
def test_every_recurrence_has_words(client: TestClient, place: Place, days: Any, vi: str, en: str) -> None:
    made = keep(client, place, days=days)
    assert client.get(f"programmes/{made}").json()["when"].startswith(vi)
    assert client.get(f"programmes/{made}", headers=ENGLISH).json()["when"].startswith(en)


def test_a_dry_run_tells_all_and_saves_nothing(client: TestClient, desk: ApiDesk, place: Place) -> None:
    first = keep(client, place)
    rung, lines = len(desk.rung), len(desk.audit())
    tried = client.post("programmes?dry_run=true", json=programme(place, title="Thời tiết"))
    found = tried.json()
    assert tried.status_code == 200 and len(found["slots"]) == 20
    assert {one["after"] for one in found["slots"]} == {first}, "it waits for the older one"
    assert {(one["other"], one["effect"]) for one in found["collisions"]} == {(first, "waits")}
    assert [row["id"] for row in client.get("programmes").json()["items"]] == [first]
    assert (len(desk.rung), len(desk.audit())) == (rung, lines)
    over = client.post("programmes?dry_run=true", json=programme(place, title="Khẩn") | {"on_clash": "overwrite"})
    assert {one["after"] for one in over.json()["slots"]} == {None}
    moved = client.put(f"programmes/{first}?dry_run=true", json=programme(place, times=["06:00"])).json()
    assert moved["collisions"] == [] and moved["slots"][0]["nominal_at"].endswith("23:00:00Z")
    assert client.get(f"programmes/{first}").json()["revision"] == 1


def test_a_collision_is_refused_with_what_is_in_the_way_and_what_would_help(client: TestClient, place: Place) -> None:
    first = keep(client, place)
    answer = client.post("programmes", json=programme(place, title="Thời tiết"))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "programme_clash")
    assert {one["other"] for one in problem["collisions"]} == {first}
    assert problem["collisions"][0]["title"] == "Bản tin sáng" and problem["count"] > 20
    assert problem["shift_s"] == 2, "one second of sound and one of silence"
    waiting = keep(client, place, title="Thời tiết", on_clash="append")
    assert client.post("programmes", json=programme(place, times=["05:00:10"])).status_code == 201
    seen = client.get("conflicts").json()["items"]
    assert {(one["first"], one["second"], one["effect"]) for one in seen} == {(first, waiting, "waits")}


def test_overwriting_leaves_the_others_out(client: TestClient, place: Place) -> None:
    first = keep(client, place)
    second = keep(client, place, title="Khẩn", on_clash="overwrite")
    found = client.get("conflicts", headers=ENGLISH).json()["items"]
    assert {(one["first"], one["second"], one["effect"]) for one in found} == {(second, first, "left_out")}
    assert "is not heard" in found[0]["said"]


def test_a_time_in_quiet_hours_is_refused_in_words(client: TestClient, desk: ApiDesk, place: Place) -> None:
    silence(desk, place)
    answer = client.post("programmes", json=programme(place, times=["03:15"]), headers=ENGLISH)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["reason"]) == (422, "never_heard", "quiet_hours")
    assert problem["start_at"] == shown(first_at(3, 15)) and problem["speakers"] == 1
    assert problem["detail"].startswith("At 2")
    assert client.post("programmes", json=programme(place, times=["05:00"])).status_code == 201
    with desk.office.database.read() as session:
        assert len(session.exec(ProgrammeRow.__table__.select()).all()) == 1  # type: ignore[attr-defined]


def test_times_are_left_out_and_added(client: TestClient, place: Place) -> None:
    made = keep(client, place)
    gone, added = first_at(5), first_at(15, 30)
    wish = {"less": [shown(gone)], "more": [shown(added)]}
    times = [one["at"] for one in client.post(f"programmes/{made}/exceptions", json=wish).json()["next"]]
    assert times == [shown(added), shown(gone + timedelta(days=1)), shown(gone + timedelta(days=2))]
    again = client.post(f"programmes/{made}/exceptions", json=wish).json()
    assert again["revision"] == 2, "twice changes nothing"
    day = str((gone + timedelta(days=1, hours=7)).date())
    assert client.post(f"programmes/{made}/exceptions", json={"less": [day]}).json()["revision"] == 3
    silent = client.get("preview").json()["silent"]
    assert [(one["nominal_at"], one["reason"]) for one in silent] == [
        (shown(gone + timedelta(days=shift)), "excepted") for shift in (0, 1)
    ]
    assert silent[0]["said"].startswith("Ngày hoặc giờ này")


def test_more_exceptions_than_a_recurrence_holds_are_refused(client: TestClient, place: Place) -> None:
    made = keep(client, place)
    for month in range(4):
        days = [str(date(2030 + month, 1, 1) + timedelta(days=day)) for day in range(300)]
        answer = client.post(f"programmes/{made}/exceptions", json={"less": days})
        assert answer.status_code == (200 if month < 3 else 422)
    assert answer.json()["errors"][0]["field"] == "body.less"
    assert len(client.get(f"programmes/{made}").json()["recurrence"]["less"]) == 900


def test_a_pause_is_silence_until_it_goes_on(client: TestClient, place: Place) -> None:
    made = keep(client, place)
    assert client.post(f"programmes/{made}/pause").json()["next"] == []
    assert client.post(f"programmes/{made}/pause").json()["revision"] == 2
    assert client.get("preview").json()["slots"] == []
    assert len(client.post(f"programmes/{made}/resume").json()["next"]) == 3
    assert len(client.get("preview").json()["slots"]) == 7


def test_an_ended_one_is_gone_for_all_but_the_record(client: TestClient, place: Place) -> None:
    made = keep(client, place)
    assert [client.delete(f"programmes/{made}").status_code for _ in range(2)] == [204, 204]
    assert client.get("programmes").json()["items"] == []
    for answer in (client.get(f"programmes/{made}"), client.post(f"programmes/{made}/pause")):
        assert (answer.status_code, answer.json()["code"]) == (404, "programme_unknown")


def test_programmes_are_found_by_the_area_that_hears_them(client: TestClient, place: Place) -> None:
    other = client.post("areas", json={"name": "Xã khác", "parent": place.province}).json()["id"]
    (there,) = add_speakers(client, other, 1)
    wide = keep(client, place, owner=place.province, targets={"areas": [place.province]})
    near = keep(client, place, times=["06:00"])
    single = keep(client, place, times=["07:00"], targets={"devices": [there]})
    group = client.post("groups", json={"name": "Chợ", "devices": [there]}).json()["id"]
    grouped = keep(client, place, times=["08:00"], owner=other, targets={"groups": [group]})

    def found(area: str) -> set[str]:
        return {row["id"] for row in client.get("programmes", params={"area": area}).json()["items"]}

    assert found(place.area) == {wide, near, single}, "its own, wherever they sound"
    assert found(other) == {wide, single, grouped}
    assert found(place.province) == {wide, near, single, grouped}


def test_a_change_is_shown_and_counted(client: TestClient, place: Place) -> None:
    made = keep(client, place)
    changed = client.put(f"programmes/{made}", json=programme(place, title="Tin chiều", times=["17:30"])).json()
    assert (changed["title"], changed["revision"], changed["when"][:20]) == ("Tin chiều", 2, "hằng ngày lúc 17:30,")
    assert date.fromisoformat(changed["next"][0]["at"][:10]) and len(changed["next"]) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"owner": "{unknown}"}, "area_unknown"),
        ({"targets": {"groups": ["{unknown}"]}}, "group_unknown"),
        ({"targets": {"devices": ["{unknown}"]}}, "device_unknown"),
        ({"targets": {}}, "request_invalid"),
        ({"content": {"kind": "bulletin", "bulletin": "{unknown}"}}, "bulletin_unknown"),
        ({"content": {"kind": "song"}}, "request_invalid"),
        ({"days": {"kind": "rrule", "rrule": "FREQ=SECONDLY"}}, "request_invalid"),
        ({"days": {"kind": "rrule", "rrule": "EVERY=DAY"}}, "bad_rule"),
        ({"first": "9999-12-31"}, "request_invalid"),
        ({"repeats": 20, "gap_ms": 3_600_000}, "longer_than_plans"),
    ],
)
def test_what_cannot_be_kept_says_why(
    client: TestClient, desk: ApiDesk, place: Place, changes: dict[str, Any], code: str
) -> None:
    body = programme(place, **with_unknown(changes, desk.office.new_id()))
    answer = client.post("programmes", json=body)
    assert 400 <= answer.status_code < 500 and answer.json()["code"] == code, answer.text
    assert client.get("programmes").json()["items"] == []


def with_unknown(value: Any, unknown: str) -> Any:
    """Each `{unknown}` in it replaced."""
    if isinstance(value, dict):
        return {name: with_unknown(one, unknown) for name, one in value.items()}
    if isinstance(value, list):
        return [with_unknown(one, unknown) for one in value]
    return unknown if value == "{unknown}" else value
