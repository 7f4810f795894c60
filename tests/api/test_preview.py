"""The calendar and its collisions: what is heard where, what is not and why, and what a person has to decide."""

from datetime import timedelta

from starlette.testclient import TestClient

from devices.models import Device
from tests.api.test_lists import add_speakers
from tests.api.test_programmes import ENGLISH, shown, silence
from tests.api.week import keep, next_at, plan
from tests.fakes.desk import ApiDesk, Place, real_now

WEEK = {"from": shown(next_at(0)), "to": shown(next_at(0, days=8))}


def test_a_week_shows_slots_and_silences_with_words(client: TestClient, desk: ApiDesk, place: Place) -> None:
    made = keep(client, place, content={"kind": "newest", "category": "nông vụ"})
    seen = client.get("preview", params=WEEK, headers=ENGLISH).json()
    assert seen["slots"] == [] and len(seen["silent"]) == 7
    assert {(one["programme"], one["reason"], one["said"]) for one in seen["silent"]} == {
        (made, "no_sound", "No bulletin is ready to be aired.")
    }
    sounding = keep(client, place, times=["06:00"])
    seen = client.get("preview", params=WEEK | {"programme": sounding}).json()
    assert [one["start_at"] for one in seen["slots"]] == [shown(next_at(6, days=day)) for day in range(1, 8)]
    assert seen["silent"] == [] and seen["slots"][0]["speakers"] == 1 and seen["slots"][0]["devices"] is None
    named = client.get("preview", params=WEEK | {"speakers": True}).json()
    assert named["slots"][0]["devices"] == [place.device]


def test_neighbours_in_turns_have_two_starts(client: TestClient, desk: ApiDesk, place: Place) -> None:
    (other,) = add_speakers(client, place.area, 1)
    with desk.office.database.write() as session:
        session.get_one(Device, other).interleave = "B"
    made = keep(client, place, turns=True)
    assert client.get(f"programmes/{made}").json()["turns"] is True
    first, second = client.get("preview", params=WEEK | {"speakers": True}).json()["slots"][:2]
    assert first["turn_at"] == first["start_at"] == first["nominal_at"] == second["nominal_at"]
    assert first["ends_at"] < second["turn_at"] == second["start_at"] and second["after"] is None
    assert (first["devices"], second["devices"]) == ([place.device], [other])


def test_an_area_sees_what_its_own_speakers_hear(client: TestClient, desk: ApiDesk, place: Place) -> None:
    other = client.post("areas", json={"name": "Xã khác", "parent": place.province}).json()["id"]
    add_speakers(client, other, 2)
    keep(client, place, targets={"areas": [place.province]}, owner=place.province)
    silence(desk, place, "04:00", "06:00")

    def counts(**query: str) -> tuple[set[int], set[int]]:
        seen = client.get("preview", params=WEEK | query).json()
        return {one["speakers"] for one in seen["slots"]}, {one["speakers"] for one in seen["silent"]}

    assert counts() == ({2}, {1}), "two hear it, one stands where it is quiet"
    assert counts(area=other) == ({2}, set()) and counts(area=place.area) == (set(), {1})


def test_what_has_begun_stays_as_it_was_ordered(client: TestClient, desk: ApiDesk, place: Place) -> None:
    made = keep(client, place)
    plan(desk)
    desk.later = int((next_at(5) + timedelta(minutes=1)).timestamp()) * 1_000_000 - real_now()
    client.delete(f"programmes/{made}")
    seen = client.get("preview", params=WEEK).json()
    assert [one["start_at"] for one in seen["slots"]] == [shown(next_at(5))], "the past is kept, the rest has ended"


def test_too_long_a_time_is_refused(client: TestClient) -> None:
    long = {"from": shown(next_at(0)), "to": shown(next_at(0, days=94))}
    for path in ("preview", "conflicts"):
        for query in (long, {"from": WEEK["to"], "to": WEEK["from"]}):
            answer = client.get(path, params=query)
            assert (answer.status_code, answer.json()["code"]) == (422, "span_invalid")


def test_two_priority_programmes_of_different_owners_ask_the_commune(client: TestClient, place: Place) -> None:
    above = keep(client, place, owner=place.province, targets={"areas": [place.province]}, rank="priority")
    own = keep(client, place, title="Lũ", rank="priority", on_clash="append")
    seen = client.get("conflicts", params=WEEK, headers=ENGLISH).json()
    assert seen["asks"] == [[own, above]] and {one["asks"] for one in seen["items"]} == {True}
    assert "has to say the order" in seen["items"][0]["said"] and "“Lũ” goes before" in seen["items"][0]["said"]
    wish = {"first": above, "second": own, "then": "leave_out"}
    assert client.post("conflicts/decisions", json=wish).json() == wish
    seen = client.get("conflicts", params=WEEK).json()
    assert seen["asks"] == [] and {(one["first"], one["effect"]) for one in seen["items"]} == {(above, "left_out")}
    client.post("conflicts/decisions", json={"first": own, "second": above})
    seen = client.get("conflicts", params=WEEK).json()
    assert {(one["first"], one["effect"]) for one in seen["items"]} == {(own, "waits")}, "the later word replaces"


def test_no_question_where_rank_or_owner_answers_it(client: TestClient, place: Place) -> None:
    keep(client, place, rank="priority")
    keep(client, place, rank="priority", title="Khác", on_clash="append")
    keep(client, place, owner=place.province, title="Thường", on_clash="append")
    seen = client.get("conflicts", params=WEEK).json()
    assert len(seen["items"]) == 14 and seen["asks"] == []


def test_a_decision_is_of_two_programmes_that_are_there(client: TestClient, desk: ApiDesk, place: Place) -> None:
    made, unknown = keep(client, place), desk.office.new_id()
    answer = client.post("conflicts/decisions", json={"first": made, "second": unknown})
    assert (answer.status_code, answer.json()["code"]) == (422, "programme_unknown")
    answer = client.post("conflicts/decisions", json={"first": made, "second": made})
    assert answer.json()["errors"][0]["code"] == "one_programme"
