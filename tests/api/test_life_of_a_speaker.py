"""In service, lost, stolen, found, replaced, retired: what each of them is told, and what is believed of it."""

import pytest
from httpx import Response
from sqlmodel import select
from starlette.testclient import TestClient

from devices.models import Device, DeviceCertificate, Incident
from devices.protocol import bitmap
from devices.protocol.keys import SigningKey
from devices.protocol.messages.control import Config
from devices.protocol.messages.orders import Play
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.speaker import State
from devices.protocol.units import MINUTE
from firmware_sim.certificate import renewal_request
from tests.api.test_joining import ONE, TWO, code_for, identity, join
from tests.api.week import keep, plan
from tests.fakes.bench import Bench
from tests.fakes.desk import ApiDesk, Place, real_now
from tests.fakes.words import BOOT, hello, receipt

OUT = ["lost", "stolen", "retired"]


def become(client: TestClient, device: str, status: str, **more: str) -> Response:
    return client.put(f"devices/{device}/status", json={"status": status} | more)


def newcomer(client: TestClient, desk: ApiDesk, place: Place, key: SigningKey = ONE, **wish: object) -> str:
    made = join(desk.client("nobody"), code_for(client, place, **wish), key)
    assert made.status_code == 201, made.text
    desk.office.keys[made.json()["device"]] = key
    return str(made.json()["device"])


def incidents(desk: ApiDesk) -> list[str]:
    with desk.office.database.read() as session:
        return [row.kind for row in session.exec(select(Incident).order_by("opened_at"))]


def test_what_is_gone_for_good_stays_gone(client: TestClient, place: Place) -> None:
    assert become(client, place.device, "retired").status_code == 200
    answer = become(client, place.device, "in_service")
    assert (answer.status_code, answer.json()["code"]) == (409, "status_not_possible")
    assert become(client, place.device, "replaced").status_code == 422, "only another box replaces one"


@pytest.mark.parametrize("status", OUT)
def test_out_of_service_it_is_no_target_and_its_certificates_are_void(
    client: TestClient, desk: ApiDesk, place: Place, status: str
) -> None:
    device = newcomer(client, desk, place)
    shown = become(client, device, status, note="đêm 12/11").json()
    assert shown["status"] == status and shown["retired_at"] and not shown["online"] and desk.rung[-1] == "door"
    assert become(client, device, status).json() == shown, "twice changes nothing"
    assert desk.audit().count(("administrator", "device.revoke")) == 1
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    assert order["targets"] == [place.device]
    listed = client.get("devices", params={"status": status}).json()["items"]
    assert [row["id"] for row in listed] == [device]
    given = client.get(f"devices/{device}/certificates").json()["items"]
    assert len(given) == 1 and given[0]["revoked_at"]
    asking = {"request": renewal_request(identity(client, device, ONE), 0)}
    assert desk.client("nobody").post("enrolments/renewals", json=asking).json()["code"] == "renewal_refused"


def test_nothing_that_a_stolen_speaker_says_is_believed(client: TestClient, desk: ApiDesk, place: Place) -> None:
    device = newcomer(client, desk, place)
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    bench = Bench(desk.office, real_now())
    bench.step(10)
    tenant = desk.office.keyring.tenant
    assert [said.only for _, said in bench.said(Play)] == [bitmap.pack([0, 1])]  # type: ignore[attr-defined]
    become(client, device, "stolen")
    with desk.office.database.write() as session:
        session.get_one(Device, device).shut_out_at = bench.now
    heard = receipt(tenant, 1, order["id"], order["occurrence"], "played", sha256=order["sha256"], heard=60_000)
    bench.hear(device, "receipt", heard)
    bench.hear(device, "hello", hello(tenant))
    shown = client.get(f"broadcasts/{order['id']}").json()
    assert {row["device"]: row["state"] for row in shown["deliveries"]}[device] == "ordered"
    assert incidents(desk).count("revoked_device") == 1 and bench.said(Config) == []
    with desk.office.database.read() as session:
        assert session.get_one(Device, device).shut_out_at is None, "it is thrown out again"
        assert not session.get_one(Device, device).online
    bench.controller.on_link(True, bench.now)
    bench.step(30)
    assert [said.only for _, said in bench.said(Play)] == [bitmap.pack([0])]  # type: ignore[attr-defined]


def test_it_gets_no_plan_and_the_others_keep_theirs(client: TestClient, desk: ApiDesk, place: Place) -> None:
    device = newcomer(client, desk, place)
    keep(client, place)
    assert len(plan(desk).said(Plan)) == 2
    become(client, device, "stolen")
    bench = plan(desk, real_now() + MINUTE)
    assert {topic.split("/")[4] for topic, _ in bench.said(Plan)} <= {place.device}


def test_what_was_found_again_serves_with_a_new_certificate(client: TestClient, desk: ApiDesk, place: Place) -> None:
    device = newcomer(client, desk, place)
    become(client, device, "lost")
    shown = become(client, device, "in_service").json()
    assert shown["status"] == "in_service" and shown["retired_at"] is None
    asking = {"request": renewal_request(identity(client, device, ONE), 0)}
    assert desk.client("nobody").post("enrolments/renewals", json=asking).status_code == 201
    given = client.get(f"devices/{device}/certificates").json()["items"]
    assert sorted(bool(one["revoked_at"]) for one in given) == [False, True]
    bench = Bench(desk.office, real_now())
    bench.step(1)
    bench.hear(device, "hello", hello(desk.office.keyring.tenant))
    assert "revoked_device" not in incidents(desk)


def test_another_box_takes_the_place_and_both_histories_stay(client: TestClient, desk: ApiDesk, place: Place) -> None:
    old = newcomer(client, desk, place, latitude=10.4, longitude=106.7, bearing=45.0)
    group = client.post("groups", json={"name": "Chợ", "devices": [old, place.device]}).json()["id"]
    programme = keep(client, place, targets={"devices": [old], "groups": [group]})
    rule = client.post("air-rules", json={"name": "Chùa", "device": old, "rules": {}}).json()["id"]
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "devices": [old]}).json()
    with desk.office.database.write() as session:
        row = session.get_one(Device, old)
        row.volume, row.trim_us, row.interleave = 55, 1234, "B"
    new = newcomer(client, desk, place, TWO, area=None, name=None, replaces=old)
    shown, gone = client.get(f"devices/{new}").json(), client.get(f"devices/{old}").json()
    assert (gone["status"], gone["replaced_by"], shown["replaces"]) == ("replaced", new, old)
    assert [shown[field] for field in ("name", "area", "latitude", "bearing")] == ["Loa mới", place.area, 10.4, 45.0]
    numbers = {device["id"]: {held["number"] for held in device["places"]} for device in (shown, gone)}
    assert not numbers[new] & numbers[old], "no number is given twice"
    assert sorted(client.get(f"groups/{group}").json()["devices"]) == sorted([new, place.device])
    assert client.get(f"programmes/{programme}").json()["targets"]["devices"] == [new]
    with desk.office.database.read() as session:
        row = session.get_one(Device, new)
        assert (row.volume, row.trim_us, row.interleave) == (55, 1234, "B")
        voided = session.exec(select(DeviceCertificate).where(DeviceCertificate.device_id == old)).one()
        assert voided.revoked_at
    assert client.get(f"air-rules/{rule}").json()["device"] == new
    assert [row["device"] for row in client.get(f"broadcasts/{order['id']}").json()["deliveries"]] == [old]
    assert client.get("why", params={"device": old, "at": order["start_at"]}).status_code == 200
    assert become(client, old, "in_service").json()["code"] == "status_not_possible"


def test_a_code_for_a_speaker_that_is_there_gives_its_own_key_a_certificate(
    client: TestClient, desk: ApiDesk, place: Place
) -> None:
    code = code_for(client, place, area=None, name=None, replaces=place.device)
    answer = join(desk.client("nobody"), code, SigningKey(b"\5" * 32))
    assert answer.json()["device"] == place.device
    assert client.get(f"devices/{place.device}").json()["status"] == "in_service"


def test_nobody_takes_the_place_of_what_is_gone_for_good(client: TestClient, desk: ApiDesk, place: Place) -> None:
    code = code_for(client, place, area=None, name=None, replaces=place.device)
    become(client, place.device, "retired")
    assert join(desk.client("nobody"), code).json()["code"] == "claim_refused"
    again = client.post("claim-codes", json={"replaces": place.device})
    assert (again.status_code, again.json()["code"]) == (409, "status_not_possible")


def test_the_brokers_own_word_about_it_is_no_sign_of_it(client: TestClient, desk: ApiDesk, place: Place) -> None:
    become(client, place.device, "stolen")
    bench = Bench(desk.office, real_now())
    bench.hear(place.device, "state", State(boot=BOOT, online=False))
    assert "revoked_device" not in incidents(desk)
