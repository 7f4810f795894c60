"""The interface as programs use it: orders, refusals, rights, and the same request sent again."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.permissions import permissions
from devices.protocol.keys import SigningKey, public_to_pem
from tests.fakes.desk import ApiDesk, Place


def test_an_order_names_all_that_a_judge_needs(client: TestClient, desk: ApiDesk, place: Place) -> None:
    answer = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.province]})
    order = answer.json()
    assert answer.status_code == 201 and order["targets"] == [place.device]
    assert order["deliveries"][0]["state"] == "queued" and order["counts"] == {"queued": 1}
    assert desk.rung[-2:] == ["controller", "almanac"]
    assert client.get(f"broadcasts/{order['id']}").json() == order
    listed = client.get("broadcasts").json()["items"]
    assert [row["id"] for row in listed] == [order["id"]]


def test_an_instant_must_say_its_zone(client: TestClient, place: Place) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    body = {"bulletin": place.bulletin, "areas": [place.area], "at": tomorrow.replace(tzinfo=None).isoformat()}
    assert client.post("broadcasts", json=body).status_code == 422
    body["at"] = tomorrow.astimezone(tz=None).isoformat()
    order = client.post("broadcasts", json=body).json()
    assert datetime.fromisoformat(order["start_at"]) == tomorrow


def test_a_stop_shows_who_has_not_confirmed(client: TestClient, place: Place) -> None:
    order = client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).json()
    stopped = client.post(f"broadcasts/{order['id']}/stop").json()
    assert stopped["stop_requested_at"] and stopped["deliveries"][0]["cancel_confirmed"] is False
    assert client.post(f"broadcasts/{order['id']}/stop").json() == stopped


def test_an_alert_rings_the_controller_before_the_voice(client: TestClient, desk: ApiDesk, place: Place) -> None:
    answer = client.post("alerts", json={"text": "Nước dâng nhanh", "areas": [place.area], "expires_in_s": 600})
    alert = answer.json()
    assert answer.status_code == 201 and desk.rung[-2:] == ["controller", "voice"]
    lead = datetime.fromisoformat(alert["start_at"]) - datetime.fromisoformat(alert["created_at"])
    assert lead == timedelta(milliseconds=400)
    cancelled = client.post(f"alerts/{alert['id']}/cancel").json()
    assert cancelled["cancelled_at"] and cancelled["deliveries"][0]["cancel_confirmed"] is False


@pytest.mark.parametrize("form", ["pem", "base64url"])
def test_a_speaker_gets_what_it_must_be_born_with(client: TestClient, desk: ApiDesk, place: Place, form: str) -> None:
    key = SigningKey(b"\6" * 32).verify_key
    shown = key.public if form == "base64url" else public_to_pem(key).decode()
    made = client.post("devices", json={"name": "Loa 2", "area": place.area, "public_key": shown}).json()
    assert made["birth"] == desk.office.keyring.birth(made["id"])
    assert [held["number"] for held in made["places"]] == [1, 1]
    assert [row["id"] for row in client.get("devices", params={"area": place.province, "limit": 1}).json()["items"]]


def test_all_speakers_come_page_by_page(client: TestClient, place: Place) -> None:
    for number in range(4):
        key = SigningKey(bytes([number + 10]) * 32).verify_key.public
        client.post("devices", json={"name": f"Loa {number}", "area": place.area, "public_key": key})
    seen: list[str] = []
    after = None
    while True:
        page = client.get("devices", params={"limit": 2} | ({"after": after} if after else {})).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_the_glossary_changes_how_a_text_is_read(client: TestClient) -> None:
    assert client.put("glossary", json={"entries": {"NVH": "nhà văn hóa"}}).status_code == 200
    assert client.post("bulletins/preview", json={"text": "Họp tại NVH"}).json()["read_as"] == "Họp tại nhà văn hóa"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"bulletin": "{unknown}", "areas": ["{area}"]}, "bulletin_unknown"),
        ({"bulletin": "{bulletin}", "areas": ["{unknown}"]}, "area_unknown"),
        ({"bulletin": "{bulletin}", "devices": ["{unknown}"]}, "device_unknown"),
        ({"bulletin": "{bulletin}", "areas": ["{empty}"]}, "no_targets"),
        ({"bulletin": "{bulletin}"}, "request_invalid"),
        ({"bulletin": "{bulletin}", "areas": ["{area}"], "at": "2020-01-01T00:00:00Z"}, "start_in_past"),
        ({"bulletin": "{bulletin}", "areas": ["{area}"], "volume": 101}, "request_invalid"),
        ({"bulletin": "{bulletin}", "areas": ["{area}"], "created_by": "x"}, "request_invalid"),
        ({"bulletin": "{bulletin}", "areas": ["a/#"]}, "request_invalid"),
    ],
)
def test_what_cannot_be_is_said_in_both_languages(
    client: TestClient, desk: ApiDesk, place: Place, body: dict[str, Any], code: str
) -> None:
    names = {
        "{unknown}": desk.office.new_id(), "{area}": place.area, "{bulletin}": place.bulletin,
        "{empty}": desk.office.area("Xã không loa"),
    }  # fmt: skip
    filled = {
        field: [names.get(item, item) for item in value] if isinstance(value, list) else names.get(str(value), value)
        for field, value in body.items()
    }
    vi = client.post("broadcasts", json=filled)
    en = client.post("broadcasts", json=filled, headers={"Accept-Language": "en-GB,vi;q=0.5"})
    assert vi.headers["content-type"] == "application/problem+json" and 400 <= vi.status_code < 500
    assert vi.json()["code"] == en.json()["code"] == code and vi.json()["title"] != en.json()["title"]


def test_a_file_that_is_no_sound_is_refused_with_the_reason(client: TestClient) -> None:
    answer = client.post("bulletins", data={"title": "Thu"}, files={"file": ("../../etc/x.wav", b"#EXTM3U")})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_audio")
    kept = client.get(f"bulletins/{answer.json()['bulletin']}").json()
    assert (kept["state"], kept["problem"]) == ("failed", "not_audio")


def test_a_recording_is_rendered_and_can_be_heard(client: TestClient) -> None:
    made = client.post("bulletins", data={"title": "Thu"}, files={"file": ("x", b"RIFF....WAVE")}).json()
    assert made["state"] == "ready"
    heard = client.get(f"bulletins/{made['id']}/audio")
    assert heard.headers["content-type"] == "audio/ogg" and heard.content[:4] == b"OggS"
    assert heard.headers["x-content-type-options"] == "nosniff"
    assert client.get(f"bulletins/{made['id']}/audio", params={"format": "wav"}).content[:4] == b"RIFF"
    part = client.get(f"bulletins/{made['id']}/audio", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"OggS")


WEEKLY: dict[str, Any] = {
    "title": "Bản tin sáng",
    "owner": "{area}",
    "content": {"kind": "bulletin", "bulletin": "{bulletin}"},
    "targets": {"areas": ["{area}"]},
    "recurrence": {"days": {"kind": "weekly", "days": ["monday", "friday"]}, "times": ["05:00"], "first": "2026-11-23"},
    "on_clash": "append",
}
POSTS: list[tuple[str, dict[str, Any]]] = [
    ("areas", {"name": "Ấp 3"}),
    ("bulletins", {"title": "Tin", "text": "Một hai ba"}),
    ("bulletins/playlists", {"title": "Tối", "members": ["{bulletin}", "{bulletin}"]}),
    ("broadcasts", {"bulletin": "{bulletin}", "areas": ["{area}"]}),
    ("alerts", {"text": "Nước dâng", "areas": ["{area}"], "expires_in_s": 60}),
    ("programmes", WEEKLY),
    ("groups", {"name": "Cụm chợ", "devices": ["{device}"]}),
    ("devices", {"name": "Loa 9", "area": "{area}", "public_key": SigningKey(b"\x09" * 32).verify_key.public}),
    ("air-rules", {"name": "Đêm", "area": "{area}", "rules": {"quiet": [{"begin": "21:00", "end": "05:00"}]}}),
    ("zones", {"name": "Trường", "kind": "school", "latitude": 10.0, "longitude": 106.0, "radius_m": 200}),
]


def fill(body: Any, place: Place) -> Any:
    names = {"{bulletin}": place.bulletin, "{area}": place.area, "{device}": place.device}
    if isinstance(body, dict):
        return {field: fill(value, place) for field, value in body.items()}
    return [fill(item, place) for item in body] if isinstance(body, list) else names.get(str(body), body)


@pytest.mark.parametrize(("path", "body"), POSTS, ids=[path for path, _ in POSTS])
def test_the_same_key_makes_one_thing(client: TestClient, place: Place, path: str, body: dict[str, Any]) -> None:
    key = {"Idempotency-Key": "once"}
    first = client.post(path, json=fill(body, place), headers=key)
    again = client.post(path, json=fill(body, place), headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    changed = fill(body, place) | {next(iter(body)): fill(body, place)[next(iter(body))]}
    changed |= {"name": "khác"} if "name" in changed else {"volume": 7} if "areas" in changed else {"title": "khác"}
    refused = client.post(path, json=changed, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")


def test_every_route_but_the_public_ones_asks_for_a_key(desk: ApiDesk) -> None:
    stranger, some = desk.client("nobody"), desk.office.new_id()
    for name, right in permissions().items():
        method, path = name.split(" ")
        path = re.sub(r"{\w+}", some, path)
        answer = stranger.request(method, f"http://loa.test{path}", json={})
        assert answer.status_code in ({200, 422} if right == "public" else {401}), name
        if right != "public":
            assert "Bearer" in answer.headers["www-authenticate"]


def test_a_role_does_only_what_it_may(desk: ApiDesk, client: TestClient, place: Place) -> None:
    viewer, emergency = desk.client("viewer"), desk.client("emergency")
    assert viewer.get("broadcasts").status_code == 200
    assert viewer.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]}).status_code == 403
    alert = {"text": "Nước dâng", "areas": [place.area], "expires_in_s": 60}
    assert viewer.post("alerts", json=alert).status_code == 403
    assert emergency.post("alerts", json=alert).status_code == 201
    assert emergency.post("areas", json={"name": "x"}).status_code == 403


def test_every_act_leaves_a_line(desk: ApiDesk, client: TestClient, place: Place) -> None:
    before = len(desk.audit())
    client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.area]})
    client.post("broadcasts", json={"bulletin": desk.office.new_id(), "areas": [place.area]})
    assert desk.audit()[before:] == [("administrator", "broadcast.create")], "a refused act is no act"


@pytest.mark.parametrize("size", [600_000, 5_000_000])
def test_a_body_is_not_read_further_than_it_may_be_long(common: TestClient, size: int) -> None:
    def slowly() -> Any:
        for _ in range(size // 1_000):
            yield b"x" * 1_000

    for content in (b"x" * size, slowly()):
        answer = common.post("areas", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_text_of_a_hundred_kilobytes_odd_letters_and_nothing_at_all(client: TestClient) -> None:
    long = "Kính mời bà con họp. " * 4_500
    assert client.post("bulletins/preview", json={"text": long}).status_code == 200
    assert client.post("bulletins/preview", json={"text": "x" * 131_073}).status_code == 422
    odd = client.post("bulletins", json={"title": "Tin", "text": "Ba\u0300 con \u0007\u200b 😀 họp"})
    assert odd.status_code == 201
    empty = client.post("bulletins", json={"title": "Tin", "text": " 😀 "})
    assert (empty.status_code, empty.json()["code"]) == (422, "nothing_to_say")


def test_a_bulletin_that_takes_longer_is_asked_for_again_under_its_key(client: TestClient, desk: ApiDesk) -> None:
    desk.studio_works = False
    sent: dict[str, Any] = {"json": {"title": "Tin", "text": "Một"}, "headers": {"Idempotency-Key": "slow"}}
    first = client.post("bulletins?wait_s=0.1", **sent)
    assert (first.status_code, first.json()["state"], first.json()["sha256"]) == (202, "rendering", None)
    order = client.post("broadcasts", json={"bulletin": first.json()["id"], "areas": [desk.office.area("x")]})
    assert (order.status_code, order.json()["code"]) == (409, "bulletin_not_ready")
    assert client.get(f"bulletins/{first.json()['id']}/audio").json()["code"] == "bulletin_not_ready"
    desk.studio_works = True
    again = client.post("bulletins", **sent)
    assert (again.status_code, again.json()["state"]) == (201, "ready") and again.json()["id"] == first.json()["id"]


def test_a_bulletin_that_failed_fails_the_same_way_again(client: TestClient) -> None:
    sent: dict[str, Any] = {"json": {"title": "Tin", "text": "máy hỏng"}, "headers": {"Idempotency-Key": "broken"}}
    answers = [client.post("bulletins", **sent) for _ in range(3)]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(422, "speech_failed")}
    assert len({answer.json()["bulletin"] for answer in answers}) == 1
