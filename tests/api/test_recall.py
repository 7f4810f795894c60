"""A bulletin is taken back: nothing begins it any more, and what is proven is said for each speaker."""

from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from controller.broadcast.models import Broadcast
from controller.deliveries.models import Delivery
from controller.deliveries.states import DeliveryEventKind as Kind
from controller.deliveries.tracking import advance, write_down
from controller.library.models import Blob
from controller.programmes.plan_words import PlanWords
from devices.models import DevicePlan
from devices.protocol.messages.orders import Stop
from devices.protocol.messages.plans import Plan
from devices.protocol.messages.speaker import PlanAck
from tests.api.test_lists import add_speakers, signed
from tests.api.week import keep, plan
from tests.fakes.desk import ApiDesk, Place, real_now


def proof_of(answer: dict[str, Any]) -> dict[str, str]:
    return {one["device"]: one["proof"] for one in answer["speakers"]}


def test_a_recalled_bulletin_airs_nowhere(client: TestClient, desk: ApiDesk, place: Place) -> None:
    order = {"bulletin": place.bulletin, "areas": [place.area]}
    made = client.post("broadcasts", json=order).json()
    keep(client, place)
    plan(desk)
    assert len(client.get("preview").json()["slots"]) == 7
    answer = client.post(f"bulletins/{place.bulletin}/recall")
    assert answer.status_code == 200 and answer.json()["recalled_at"] and desk.rung[-2:] == ["controller", "almanac"]
    assert client.get(f"bulletins/{place.bulletin}").json()["state"] == "recalled"
    refused = client.post("broadcasts", json=order)
    assert (refused.json()["code"], refused.json()["state"]) == ("bulletin_not_ready", "recalled")
    assert client.get(f"broadcasts/{made['id']}").json()["stop_requested_at"]
    seen = client.get("preview").json()
    assert seen["slots"] == [] and {one["reason"] for one in seen["silent"]} == {"no_sound"}
    with desk.office.database.read() as session:
        assert all(one.stop_requested_at for one in session.exec(select(Broadcast)))
    assert client.post(f"bulletins/{place.bulletin}/recall").json() == answer.json(), "twice changes nothing"
    assert desk.audit().count(("administrator", "bulletin.recall")) == 1


def test_its_sound_leaves_the_broker_and_the_stops_go_out(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    bench = plan(desk)
    sha256 = client.get(f"bulletins/{place.bulletin}").json()["sha256"]
    with desk.office.database.read() as session:
        assert session.get_one(Blob, sha256).retained_until > bench.now
    client.post(f"bulletins/{place.bulletin}/recall")
    bench.link.sent.clear()
    bench = plan(desk)
    emptied = {topic for topic, payload, *_ in bench.link.sent if not payload}
    assert f"blob/{sha256}/m" in {"/".join(topic.split("/")[-3:]) for topic in emptied}
    assert bench.said(Stop)
    with desk.office.database.read() as session:
        assert session.get_one(Blob, sha256).retained_until == 0


def test_a_sound_that_another_order_needs_stays(client: TestClient, desk: ApiDesk, place: Place) -> None:
    same = client.post("bulletins", json={"title": "Như cũ", "text": "Kính mời bà con"}).json()
    client.post("broadcasts", json={"bulletin": same["id"], "areas": [place.area]})
    client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]})
    client.post(f"bulletins/{place.bulletin}/recall")
    with desk.office.database.read() as session:
        assert session.get_one(Blob, same["sha256"]).retained_until > 0
    (other,) = [one for one in client.get("broadcasts").json()["items"] if one["bulletin"] == same["id"]]
    assert other["stop_requested_at"] is None


def test_each_speaker_has_its_proof(client: TestClient, desk: ApiDesk, place: Place) -> None:
    targets = stopped, silent, over, unreachable = [place.device, *add_speakers(client, place.area, 4)[1:]]
    later = next(one["id"] for one in client.get("devices").json()["items"] if one["id"] not in targets)
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "devices": targets}).json()
    client.post("broadcasts", json={"bulletin": place.bulletin, "devices": [later]})
    signed(desk, order["occurrence"], over, Kind.PLAYED)
    signed(desk, order["occurrence"], silent, Kind.PUBLISHED, Kind.HAVE)
    client.post(f"bulletins/{place.bulletin}/recall")
    signed(desk, order["occurrence"], stopped, Kind.CANCELLED)
    signed(desk, order["occurrence"], unreachable, Kind.PUBLISHED, Kind.DEADLINE)
    seen = client.get(f"bulletins/{place.bulletin}/recall", headers={"Accept-Language": "en"}).json()
    assert proof_of(seen) == {
        stopped: "stopped", silent: "not_confirmed", over: "over", unreachable: "not_confirmed", later: "never_told",
    }  # fmt: skip
    assert seen["counts"] == {"stopped": 1, "not_confirmed": 2, "over": 1, "never_told": 1}
    words = {one["device"]: one["said"] for one in seen["speakers"]}
    assert "may still play" in words[silent] and "signed that it stopped" in words[stopped]


def test_one_order_without_a_word_weighs_more_than_another_one_signed(
    client: TestClient, desk: ApiDesk, place: Place
) -> None:
    orders = [
        client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json() for _ in range(2)
    ]
    signed(desk, orders[1]["occurrence"], place.device, Kind.PUBLISHED)
    client.post(f"bulletins/{place.bulletin}/recall")
    signed(desk, orders[0]["occurrence"], place.device, Kind.CANCELLED)
    assert proof_of(client.get(f"bulletins/{place.bulletin}/recall").json()) == {place.device: "not_confirmed"}
    signed(desk, orders[1]["occurrence"], place.device, Kind.CANCELLED)
    assert proof_of(client.get(f"bulletins/{place.bulletin}/recall").json()) == {place.device: "stopped"}


def erased(desk: ApiDesk, device: str, *sounds: str, seq: int | None = None) -> None:
    """It says that it has erased these sounds for the plan in force, or for another one."""
    with desk.office.database.write() as session:
        held = session.get_one(DevicePlan, device).seq if seq is None else seq
        said = PlanAck(
            tenant=desk.office.keyring.tenant, to="controller", issued_at=0, seq=held, missing=(), gone=sounds,
            free=0, clock_error=0,
        )  # fmt: skip
        PlanWords(session, {device}).keep_ack(device, said, real_now())


def test_a_speaker_that_has_erased_the_sound_has_signed_it(client: TestClient, desk: ApiDesk, place: Place) -> None:
    keep(client, place)
    plan(desk)
    sha256 = client.get(f"bulletins/{place.bulletin}").json()["sha256"]
    client.post(f"bulletins/{place.bulletin}/recall")
    (told,) = [message for _, message in plan(desk).said(Plan)]
    assert told.gone == (sha256,)
    english = {"Accept-Language": "en"}
    for deed in (lambda: erased(desk, place.device), lambda: erased(desk, place.device, sha256, seq=1)):
        deed()
        (speaker,) = client.get(f"bulletins/{place.bulletin}/recall", headers=english).json()["speakers"]
        assert speaker["erased_at"] is None and "not confirmed that the sound is erased" in speaker["said"]
    erased(desk, place.device, sha256)
    (first,) = client.get(f"bulletins/{place.bulletin}/recall").json()["speakers"]
    assert first["erased_at"] and "Loa đã ký xác nhận xóa âm thanh, lúc" in first["said"]
    erased(desk, place.device, sha256)
    erased(desk, place.device)
    assert client.get(f"bulletins/{place.bulletin}/recall").json()["speakers"] == [first], "the first word stays"


def test_the_same_sound_recalled_again_is_proven_again(client: TestClient, desk: ApiDesk, place: Place) -> None:
    """It may have gone out again between the two."""
    keep(client, place)
    plan(desk)
    sha256 = client.get(f"bulletins/{place.bulletin}").json()["sha256"]
    client.post(f"bulletins/{place.bulletin}/recall")
    plan(desk)
    erased(desk, place.device, sha256)
    same = client.post("bulletins", json={"title": "Như cũ", "text": "Kính mời bà con"}).json()
    assert same["sha256"] == sha256
    keep(client, place, content={"kind": "bulletin", "bulletin": same["id"]}, times=["06:00"])
    plan(desk)
    client.post(f"bulletins/{same['id']}/recall")
    for bulletin in (place.bulletin, same["id"]):
        assert client.get(f"bulletins/{bulletin}/recall").json()["speakers"][0]["erased_at"] is None
    plan(desk)
    erased(desk, place.device, sha256)
    assert client.get(f"bulletins/{same['id']}/recall").json()["speakers"][0]["erased_at"]


def test_versions_and_playlists_go_with_it(client: TestClient, desk: ApiDesk, place: Place) -> None:
    version = client.post(
        "bulletins", json={"title": "Tày", "text": "Một", "language": "tyz", "version_of": place.bulletin}
    ).json()
    other = client.post("bulletins", json={"title": "Khác", "text": "Hai"}).json()["id"]
    lists = []
    for members in ([version["id"], other], [other, other]):
        lists.append(client.post("bulletins/playlists", json={"title": "Tối", "members": members}).json()["id"])
    outer = client.post("bulletins/playlists", json={"title": "Tuần", "members": [other, lists[0]]}).json()["id"]
    seen = client.post(f"bulletins/{place.bulletin}/recall").json()
    assert set(seen["with_it"]) == {version["id"], lists[0], outer}
    states = {row["id"]: row["state"] for row in client.get("bulletins").json()["items"]}
    assert [states[name] for name in (version["id"], lists[0], outer)] == ["recalled"] * 3
    assert states[other] == states[lists[1]] == "ready"


def test_a_version_alone_can_be_recalled(client: TestClient, place: Place) -> None:
    version = client.post(
        "bulletins", json={"title": "Tày", "text": "Một", "language": "tyz", "version_of": place.bulletin}
    ).json()["id"]
    assert client.post(f"bulletins/{version}/recall").json()["with_it"] == []
    assert client.get(f"bulletins/{place.bulletin}").json()["state"] == "ready"


def test_the_newest_of_a_category_is_then_the_one_before(client: TestClient, desk: ApiDesk, place: Place) -> None:
    made = [
        client.post("bulletins", json={"title": "Thời tiết", "text": text, "category": "thời tiết"}).json()
        for text in ("Mưa", "Nắng to")
    ]
    keep(client, place, content={"kind": "newest", "category": "thời tiết"})

    def heard() -> set[str]:
        return {one["sha256"] for one in client.get("preview").json()["slots"]}

    assert heard() == {made[1]["sha256"]}
    client.post(f"bulletins/{made[1]['id']}/recall")
    assert heard() == {made[0]["sha256"]}


def test_what_is_recalled_while_it_is_rendered_stays_recalled(client: TestClient, desk: ApiDesk) -> None:
    desk.studio_works = False
    made = client.post("bulletins?wait_s=0", json={"title": "Tin", "text": "Một"}).json()["id"]
    client.post(f"bulletins/{made}/recall")
    assert not desk.renderer.do_once()
    assert client.get(f"bulletins/{made}").json()["state"] == "recalled"


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_recalls_what_is_not_there(client: TestClient, desk: ApiDesk, method: str) -> None:
    answer = client.request(method, f"bulletins/{desk.office.new_id()}/recall")
    assert (answer.status_code, answer.json()["code"]) == (404, "bulletin_unknown")


def test_what_has_not_been_recalled_says_so(client: TestClient, desk: ApiDesk, place: Place) -> None:
    client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]})
    seen = client.get(f"bulletins/{place.bulletin}/recall").json()
    assert seen["recalled_at"] is None and proof_of(seen) == {place.device: "never_told"}
    with desk.office.database.write() as session:
        (row,) = session.exec(select(Delivery)).all()
        write_down(session, [advance(row, Kind.PUBLISHED, 1)])
    assert proof_of(client.get(f"bulletins/{place.bulletin}/recall").json()) == {place.device: "not_confirmed"}


def test_an_order_that_had_expired_can_sound_no_more(client: TestClient, desk: ApiDesk, place: Place) -> None:
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    signed(desk, order["occurrence"], place.device, Kind.PUBLISHED, Kind.DEADLINE)
    desk.later = 86_400_000_000
    seen = client.post(f"bulletins/{place.bulletin}/recall").json()
    assert proof_of(seen) == {place.device: "over"}
