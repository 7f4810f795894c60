"""Will it play tomorrow without a network? Each reason that stands against it, alone and in words."""

import re
from datetime import date

from starlette.testclient import TestClient

from devices.models import Device, DevicePlan
from tests.api.test_lists import add_speakers
from tests.api.week import keep, next_at, plan
from tests.fakes.desk import ApiDesk, Place, real_now


def confirmed(desk: ApiDesk, device: str, **said: object) -> None:
    """The speaker has been seen and says that it holds its plan."""
    with desk.office.database.write() as session:
        session.get_one(Device, device).last_seen = real_now()
        row = session.get_one(DevicePlan, device)
        row.held_seq, row.held_at = row.seq, real_now()
        for name, value in said.items():
            setattr(row, name, value)


def codes(client: TestClient, place: Place) -> list[str]:
    return [one["code"] for one in client.get(f"devices/{place.device}/plan").json()["reasons"]]


def test_a_speaker_that_holds_all_will_play(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    assert codes(client, place) == ["never_seen"]
    plan(desk)
    confirmed(desk, place.device)
    seen = client.get(f"devices/{place.device}/plan").json()
    assert seen["will_play"] and seen["reasons"] == [] and seen["told_seq"] == seen["held_seq"] > 0
    tomorrow = next_at(5)
    assert [one["start_at"] for one in seen["airings"]] == [tomorrow.isoformat().replace("+00:00", "Z")]
    assert seen["day"] == str(date.fromordinal(tomorrow.toordinal() + 1)), "in Vietnam it is the next day already"


def test_each_reason_is_named(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    plan(desk)
    confirmed(desk, place.device, held_seq=7)
    assert codes(client, place) == ["not_confirmed"]
    sound = client.get(f"bulletins/{place.bulletin}").json()["sha256"]
    confirmed(desk, place.device, missing=[sound], clock_error_us=90_000_000)
    seen = client.get(f"devices/{place.device}/plan", headers={"Accept-Language": "en"}).json()
    lacking, clock = (one["said"] for one in seen["reasons"])
    assert not seen["will_play"] and lacking == "The speaker lacks the sound of: Bản tin sáng."
    off = re.fullmatch(r"The speaker's clock may be (\d+) s off\.", clock)
    assert off and 0 < int(off[1]) < 2 * 90, "it is told of a day, and the time to come is up to two"
    confirmed(desk, place.device, missing=[], clock_error_us=0, valid_to=real_now())
    assert codes(client, place) == ["plan_ends"]
    far = client.get(f"devices/{place.device}/plan", params={"day": "2099-01-01"}).json()
    assert [one["code"] for one in far["reasons"]] == ["nothing_planned"]
    with desk.office.database.write() as session:
        session.get_one(Device, place.device).retired_at = real_now()
    assert codes(client, place) == ["retired"]


def test_an_area_counts_who_will_play(client: TestClient, desk: ApiDesk, place: Place) -> None:
    more = add_speakers(client, place.area, 3)
    keep(client, place)
    plan(desk)
    for device in more[:2]:
        confirmed(desk, device)
    seen = client.get(f"areas/{place.province}/plans").json()
    assert (len(seen["items"]), seen["will_play"], seen["next"]) == (4, 2, None)
    pages, after = [], None
    while True:
        page = client.get(f"areas/{place.area}/plans", params={"limit": 3} | ({"after": after} if after else {})).json()
        pages += [one["device"] for one in page["items"]]
        if (after := page["next"]) is None:
            break
    assert pages == sorted([place.device, *more])
