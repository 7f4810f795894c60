"""Groups of speakers and languages of areas, as programmes use them."""

from starlette.testclient import TestClient

from tests.api.test_lists import add_speakers
from tests.api.week import keep
from tests.fakes.desk import ApiDesk, Place


def heard_by(client: TestClient) -> set[tuple[str, ...]]:
    slots = client.get("preview", params={"speakers": True}).json()["slots"]
    return {tuple(one["devices"]) for one in slots}


def test_a_programme_follows_its_group(client: TestClient, desk: ApiDesk, place: Place) -> None:
    more = add_speakers(client, place.area, 2)
    group = client.post("groups", json={"name": "Chợ", "devices": more}).json()
    keep(client, place, targets={"groups": [group["id"]]})
    assert heard_by(client) == {tuple(sorted(more))}
    changed = client.put(f"groups/{group['id']}", json={"name": "Chợ mới", "devices": [place.device]}).json()
    assert (changed["name"], changed["devices"]) == ("Chợ mới", [place.device])
    assert desk.rung[-1] == "almanac" and heard_by(client) == {(place.device,)}
    assert client.get("groups").json()["items"] == [changed] == [client.get(f"groups/{group['id']}").json()]


def test_a_group_in_use_is_not_forgotten(client: TestClient, place: Place) -> None:
    group = client.post("groups", json={"name": "Chợ", "devices": [place.device]}).json()["id"]
    made = keep(client, place, targets={"groups": [group]})
    refused = client.delete(f"groups/{group}")
    assert (refused.status_code, refused.json()["code"], refused.json()["programmes"]) == (409, "group_in_use", [made])
    client.delete(f"programmes/{made}")
    assert client.delete(f"groups/{group}").status_code == 204
    assert client.get(f"groups/{group}").json()["code"] == "group_unknown"


def test_a_group_of_strangers_is_refused(client: TestClient, desk: ApiDesk) -> None:
    answer = client.post("groups", json={"name": "Chợ", "devices": [desk.office.new_id()]})
    assert (answer.status_code, answer.json()["code"]) == (422, "device_unknown")
    assert client.get("groups").json()["items"] == []


def test_an_area_says_its_languages(client: TestClient, desk: ApiDesk, place: Place) -> None:
    shown = client.put(f"areas/{place.area}/languages", json={"languages": ["tyz", "vi", "tyz"]}).json()
    assert shown["languages"] == ["tyz", "vi"] and desk.rung[-1] == "almanac"
    assert client.get(f"areas/{place.area}").json() == shown
    for wrong in (["tày"], ["x"], ["vi"] * 9):
        assert client.put(f"areas/{place.area}/languages", json={"languages": wrong}).status_code == 422
    unknown = client.put(f"areas/{desk.office.new_id()}/languages", json={"languages": []})
    assert unknown.json()["code"] == "area_unknown"
