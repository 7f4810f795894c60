"""What is shown: page by page, in numbers, and who has not confirmed a stop."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import DeliveryEventKind as Kind
from controller.deliveries.tracking import advance, write_down
from devices.incidents import open_incident
from devices.models import Device
from devices.protocol.keys import SigningKey
from tests.fakes.desk import ApiDesk, Place, real_now


def walked(client: TestClient, path: str, **query: Any) -> list[str]:
    """The ids of all pages, in order."""
    seen: list[str] = []
    page = client.get(path, params=query).json()
    while True:
        seen += [row["id"] for row in page["items"]]
        if page["next"] is None:
            return seen
        page = client.get(path, params=query | {"after": page["next"]}).json()


def add_speakers(client: TestClient, area: str, count: int) -> list[str]:
    keys = [SigningKey(bytes([100 + number]) * 32).verify_key.public for number in range(count)]
    return [client.post("devices", json={"name": "Loa", "area": area, "public_key": key}).json()["id"] for key in keys]


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
def test_orders_come_newest_first_and_none_is_lost_between_pages(
    client: TestClient, place: Place, desk: ApiDesk, limit: int
) -> None:
    made = [
        client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()["id"]
        for _ in range(5)
    ]
    with desk.office.database.write() as session:  # two of the same instant are told apart by their id
        same = [session.get_one(Broadcast, order) for order in made[2:4]]
        same[0].created_at = same[1].created_at
    found = walked(client, "broadcasts", limit=limit)
    assert sorted(found) == sorted(made) and found[:1] == made[-1:] and found[-2:] == made[1::-1]


def test_alerts_bulletins_and_incidents_are_pages_too(client: TestClient, place: Place, desk: ApiDesk) -> None:
    alerts = [
        client.post("alerts", json={"text": "Lũ", "areas": [place.area], "expires_in_s": 60}).json()["id"]
        for _ in range(3)
    ]
    bulletins = [client.post("bulletins", json={"title": "x", "text": f"Tin {n}"}).json()["id"] for n in range(3)]
    with desk.office.database.write() as session:
        incidents = [
            open_incident(session, desk.office.new_id, "refused", 1_000 + n, subject=str(n)).id for n in range(3)
        ]
    assert walked(client, "alerts", limit=2) == alerts[::-1]
    assert walked(client, "bulletins", limit=2) == [*bulletins[::-1], place.bulletin]
    assert walked(client, "incidents", limit=2) == incidents[::-1]


def test_an_incident_is_closed_once_by_name(client: TestClient, desk: ApiDesk) -> None:
    with desk.office.database.write() as session:
        made = open_incident(session, desk.office.new_id, "bad_signature", real_now(), subject="order").id
    first = client.post(f"incidents/{made}/close").json()
    assert first["closed_by"] == "administrator" and client.post(f"incidents/{made}/close").json() == first
    assert desk.audit().count(("administrator", "incident.close")) == 1
    assert walked(client, "incidents", open=True) == [] and walked(client, "incidents", open=False) == [made]


def test_an_area_counts_what_hears_it(client: TestClient, place: Place, desk: ApiDesk) -> None:
    added = add_speakers(client, place.area, 3)
    with desk.office.database.write() as session:
        session.get_one(Device, added[0]).online = True
        session.get_one(Device, added[1]).retired_at = real_now()
    province = client.get(f"areas/{place.province}").json()
    assert (province["speakers"], province["online"]) == (3, 1)
    listed = {row["id"]: row for row in client.get("areas").json()["items"]}
    assert listed[place.province] == province and listed[place.area]["speakers"] == 3


def test_speakers_are_found_by_place_and_presence(client: TestClient, place: Place, desk: ApiDesk) -> None:
    other = client.post("areas", json={"name": "Xã khác", "parent": place.province}).json()["id"]
    away = add_speakers(client, other, 2)
    with desk.office.database.write() as session:
        session.get_one(Device, away[0]).online = True
    assert walked(client, "devices", area=other, limit=1) == sorted(away)
    assert walked(client, "devices", area=place.province) == sorted([*away, place.device])
    assert walked(client, "devices", online=True) == away[:1]
    shown = client.get(f"devices/{away[1]}").json()
    assert shown["last_seen"] is None and shown["config_seq"] == shown["reported_config_seq"] == 0
    assert sorted(held["area"] for held in shown["places"]) == sorted([other, place.province])


def signed(desk: ApiDesk, occurrence: str, device: str, *words: Kind) -> None:
    with desk.office.database.write() as session:
        for word in words:
            write_down(session, [advance(session.get_one(Delivery, (occurrence, device)), word, real_now(), receipt=1)])


def test_a_stop_is_counted_speaker_by_speaker(client: TestClient, place: Place, desk: ApiDesk) -> None:
    played, cancelled, silent, lost = [place.device, *add_speakers(client, place.area, 3)]
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    assert order["cancel"] is None and {row["cancel_confirmed"] for row in order["deliveries"]} == {None}
    signed(desk, order["occurrence"], played, Kind.PLAYED)
    client.post(f"broadcasts/{order['id']}/stop")
    signed(desk, order["occurrence"], cancelled, Kind.CANCELLED)
    signed(desk, order["occurrence"], lost, Kind.DEADLINE)
    shown = client.get(f"broadcasts/{order['id']}").json()
    confirmed = {row["device"]: row["cancel_confirmed"] for row in shown["deliveries"]}
    assert confirmed == {played: None, cancelled: True, silent: False, lost: False}
    assert (shown["cancel"]["confirmed"], shown["cancel"]["not_confirmed"]) == (1, 2)
    assert shown["counts"] == {"played": 1, "cancelled": 1, "queued": 1, "unreachable": 1}
    (listed,) = client.get("broadcasts").json()["items"]
    assert listed.items() <= shown.items() and "deliveries" not in listed


def test_one_order_is_traced_at_one_speaker(client: TestClient, place: Place, desk: ApiDesk) -> None:
    alert = client.post("alerts", json={"text": "Lũ", "areas": [place.area], "expires_in_s": 60}).json()
    signed(desk, alert["id"], place.device, Kind.PUBLISHED, Kind.HAVE, Kind.PLAYING, Kind.PLAYED)
    trace = client.get(f"alerts/{alert['id']}", params={"trace": place.device}).json()["trace"]
    assert [step["event"] for step in trace] == ["published", "have", "playing", "played"]
    assert trace[-1]["receipt"] == 1 and trace[-1]["at"].endswith("Z")
    stranger = client.get(f"alerts/{alert['id']}", params={"trace": desk.office.new_id()})
    assert (stranger.status_code, stranger.json()["code"]) == (422, "device_unknown")


def test_a_list_of_bulletins_does_not_carry_their_texts(client: TestClient) -> None:
    made = client.post("bulletins", json={"title": "Dài", "text": "Kính mời bà con. " * 5, "chime": False}).json()
    (listed,) = client.get("bulletins").json()["items"]
    assert "text" not in listed and listed.items() <= made.items() and made["chime"] is False
    assert made["voice"] == {"engine": "espeak", "accent": "north", "rate": 1.0, "gender": "female"}


def test_what_is_made_says_where_it_is(client: TestClient, place: Place) -> None:
    for path, body in (
        ("areas", {"name": "Ấp 4"}),
        ("bulletins", {"title": "Tin", "text": "Một"}),
        ("broadcasts", {"bulletin": place.bulletin, "areas": [place.area]}),
    ):
        answer = client.post(path, json=body)
        assert client.get(f"http://loa.test{answer.headers['location']}").json()["id"] == answer.json()["id"]


def test_a_name_is_kept_in_composed_letters(client: TestClient) -> None:
    made = client.post("areas", json={"name": "  Xa\u0303 Ta\u0302n\u200b \u00d0o\u0302ng "}).json()
    assert made["name"] == "Xã Tân \u00d0ông"


def test_a_speaker_may_bring_its_own_id_once(client: TestClient, place: Place, desk: ApiDesk) -> None:
    own = desk.office.new_id()
    keys = [SigningKey(bytes([number]) * 32).verify_key.public for number in (41, 42)]
    first = client.post("devices", json={"id": own, "name": "x", "area": place.area, "public_key": keys[0]})
    assert first.json()["id"] == own and first.json()["birth"]["device"] == own
    again = client.post("devices", json={"id": own, "name": "x", "area": place.area, "public_key": keys[1]})
    assert (again.status_code, again.json()["code"]) == (409, "device_taken")
    same_key = client.post("devices", json={"name": "x", "area": place.area, "public_key": keys[0]})
    assert (same_key.status_code, same_key.json()["device"]) == (409, own)


def test_a_crate_of_speakers_is_registered_whole_or_not_at_all(client: TestClient, place: Place, desk: ApiDesk) -> None:
    keys = [SigningKey(bytes([number]) * 32).verify_key.public for number in range(51, 55)]
    crate = [{"name": f"Loa {number}", "public_key": key} for number, key in enumerate(keys[:3])]
    body = {"area": place.area, "devices": crate}
    first = client.post("devices/batch", json=body, headers={"Idempotency-Key": "crate"})
    assert first.status_code == 201
    again = client.post("devices/batch", json=body, headers={"Idempotency-Key": "crate"})
    assert again.json() == first.json()
    alone = client.post("devices", json={"name": "x", "area": place.area, "public_key": keys[3]}).json()
    assert {name: first.json()[name] for name in ("tenant", "root", "trust")}.items() <= alone["birth"].items()
    shown = [client.get(f"devices/{made}").json() for made in first.json()["devices"]]
    assert [row["name"] for row in shown] == ["Loa 0", "Loa 1", "Loa 2"]
    numbers = [row["places"] for row in (*shown, alone)]
    assert all(len({held["number"] for places in numbers for held in places if held["area"] == area}) == 4
               for area in (place.area, place.province))  # fmt: skip
    assert desk.audit().count(("administrator", "device.register")) >= 4

    taken = [{"name": "neu", "public_key": SigningKey(b"\x37" * 32).verify_key.public}, crate[0]]
    refused = client.post("devices/batch", json={"area": place.area, "devices": taken})
    assert (refused.status_code, refused.json()["device"]) == (409, first.json()["devices"][0])
    twice = client.post("devices/batch", json={"area": place.area, "devices": [taken[0], taken[0]]})
    assert (twice.status_code, twice.json()["code"]) == (409, "public_key_taken")
    assert len(walked(client, "devices", area=place.area)) == 5
