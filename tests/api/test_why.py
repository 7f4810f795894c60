"""Why, asked of the tables after real plans, orders and words: in both languages."""

import string
from typing import Any

from sqlmodel import select
from starlette.testclient import TestClient

from api.sayings import sayings
from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import DeliveryEventKind as Kind
from controller.deliveries.tracking import advance, write_down
from devices.models import Device
from tests.api.test_lists import signed
from tests.api.test_programmes import shown, silence
from tests.api.week import keep, next_at, plan, programme
from tests.fakes.desk import ApiDesk, Place, real_now

ENGLISH = {"Accept-Language": "en"}


def why(client: TestClient, device: str, at: Any, **headers: str) -> dict[str, Any]:
    answer = client.get("why", params={"device": device, "at": shown(at)}, headers=ENGLISH | headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def codes(found: dict[str, Any]) -> list[str]:
    return [one["code"] for one in found["links"]]


def test_what_played_is_traced_from_plan_to_receipt(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    plan(desk)
    first = next_at(5)
    start = int(first.timestamp()) * 1_000_000
    with desk.office.database.write() as session:
        order = session.exec(select(Broadcast).where(Broadcast.start_at == start)).one()
        row = session.get_one(Delivery, (order.occurrence_id, place.device))
        for number, word in enumerate((Kind.HAVE, Kind.PLAYING, Kind.PLAYED), 1):
            write_down(session, [advance(row, word, start + number, receipt=number)])
        row.started_at, row.heard_ms = start, row.expected_ms
    desk.later = start - real_now() + 60_000_000
    found = why(client, place.device, first)
    clock = f"{first.astimezone(tz=None):%M:%S}"
    assert found["verdict"]["code"] == "why_played" and f"05:{clock}" in found["verdict"]["said"]
    assert "100 %" in found["verdict"]["said"]
    order_on = codes(found).index("order_programme")
    assert codes(found)[order_on : order_on + 6] == [
        "order_programme", "audio_held", "word_published", "word_have", "word_playing", "word_played",
    ]  # fmt: skip
    assert "Receipt 3" in next(one["said"] for one in found["links"] if one["code"] == "word_played")


def test_silence_names_its_rule(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    silence(desk, place, "04:00", "06:00")
    plan(desk)
    found = why(client, place.device, next_at(5))
    assert found["verdict"]["said"] == ("Silent, “Bản tin sáng” is not heard: Quiet hours by the rules of the air.")
    assert "air_quiet" in codes(found) and "Đêm" in next(
        one["said"] for one in found["links"] if one["code"] == "air_quiet"
    )
    vi = why(client, place.device, next_at(5), **{"Accept-Language": "vi"})
    assert vi["verdict"]["said"].startswith("Im lặng, “Bản tin sáng” không phát: Giờ yên tĩnh")


def test_nothing_planned_names_the_nearest(client: TestClient, desk: ApiDesk, place: Place) -> None:
    assert why(client, place.device, next_at(9))["verdict"]["code"] == "why_nothing"
    keep(client, place)
    plan(desk)
    found = why(client, place.device, next_at(9))
    assert found["verdict"]["code"] == "why_nothing_near"
    assert found["verdict"]["data"]["start_at"] == shown(next_at(5)), "four hours before, not twenty after"


def test_planned_and_told_without_a_word(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    plan(desk)
    with desk.office.database.write() as session:
        session.get_one(Device, place.device).last_seen = real_now()
    desk.later = 3 * 86_400_000_000
    found = why(client, place.device, next_at(5))
    assert found["verdict"]["code"] == "why_no_word" and "no word of it from the speaker" in found["verdict"]["said"]
    assert {"plan_not_held", "word_published", "presence_away"} <= set(codes(found))


def test_single_orders_and_alerts_are_in_it(client: TestClient, desk: ApiDesk, place: Place) -> None:
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    alert = client.post("alerts", json={"text": "Lũ", "areas": [place.area], "expires_in_s": 600}).json()
    signed(desk, alert["id"], place.device, Kind.PUBLISHED, Kind.HAVE, Kind.PLAYING)
    client.post(f"broadcasts/{order['id']}/stop")
    found = client.get("why", params={"device": place.device}, headers=ENGLISH).json()
    assert {"order_broadcast", "order_stopped", "order_alert", "word_playing"} <= set(codes(found))
    assert found["verdict"]["data"]["title"] in {"Lũ", "Họp thôn"}


def test_an_edit_shows_which_version_stands_in_place_of_which(client: TestClient, desk: ApiDesk, place: Place) -> None:
    made = keep(client, place)
    plan(desk)
    client.put(f"programmes/{made}", json=programme(place, volume=40))
    plan(desk)
    links = [one for one in why(client, place.device, next_at(5))["links"] if one["step"] == "order"]
    assert sorted(one["code"] for one in links) == [
        "order_programme", "order_programme", "order_stopped", "order_withdrawn",
    ]  # fmt: skip
    assert sum(len(one["data"].get("instead", [])) for one in links) == 1


def test_a_speaker_that_is_not_there_is_refused(client: TestClient, desk: ApiDesk) -> None:
    answer = client.get("why", params={"device": desk.office.new_id()})
    assert (answer.status_code, answer.json()["code"]) == (422, "device_unknown")


def test_all_sayings_are_said_in_both_languages() -> None:
    for code, words in sayings().items():
        names = [{name for _, name, *_ in string.Formatter().parse(said) if name} for said in (words.vi, words.en)]
        assert words.vi and words.en and names[0] == names[1], code
