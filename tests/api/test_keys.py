"""Keys for programs: shown once, and good only where, from where, for what, how often and as long as was said."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.cli.main import app
from api.permissions import permissions
from controller.people.models import ApiKey
from controller.reach.subjects import FINDERS
from devices.protocol.units import MINUTE
from tests.api.test_interface import WEEKLY, fill
from tests.fakes.desk import ApiDesk, Place
from tests.fakes.sessions import add_person, come


def with_key(desk: ApiDesk, key: str) -> TestClient:
    return desk.client("nobody", Authorization=f"Bearer {key}")


def make(client: TestClient, **more: Any) -> Any:
    answer = client.post("keys", json={"name": "Trạm", "role": "operator"} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_key_is_shown_once_and_dead_when_revoked(desk: ApiDesk, client: TestClient) -> None:
    once = {"Idempotency-Key": "key"}
    body = {"name": "Trạm", "role": "viewer"}
    first, again = (client.post("keys", json=body, headers=once).json() for _ in range(2))
    assert first["id"] == again["id"] and again["key"] is None
    program = with_key(desk, first["key"])
    assert program.get("broadcasts").status_code == 200
    assert first["key"] not in client.get("keys").text
    assert client.post(f"keys/{first['id']}/revoke").json()["revoked_at"]
    assert program.get("broadcasts").status_code == 401


def test_its_last_use_is_shown_and_not_written_for_every_request(desk: ApiDesk, client: TestClient) -> None:
    made = make(client, role="viewer")
    program = with_key(desk, made["key"])
    assert client.get(f"keys/{made['id']}").json()["last_used_at"] is None
    program.post("areas", json={"name": "x"})
    used = client.get(f"keys/{made['id']}").json()
    assert used["last_used_at"] and used["last_used_from"] == "testclient", "a refused use is a use"
    program.get("broadcasts")
    assert client.get(f"keys/{made['id']}").json() == used
    desk.later += MINUTE
    program.get("broadcasts")
    assert client.get(f"keys/{made['id']}").json()["last_used_at"] > used["last_used_at"]


def test_it_asks_no_faster_than_it_may(desk: ApiDesk, client: TestClient) -> None:
    program = with_key(desk, make(client, per_minute=3)["key"])
    assert [program.get("areas").status_code for _ in range(3)] == [200] * 3
    refused = program.get("areas")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert int(refused.headers["retry-after"]) == 20
    desk.later += 20_000_000
    assert program.get("areas").status_code == 200


@pytest.mark.parametrize(
    ("addresses", "good"), [([], True), (["192.0.2.0/24", "2001:db8::/32"], False), (["0.0.0.0/0"], True)]
)
def test_it_is_good_from_its_addresses_only(
    desk: ApiDesk, client: TestClient, addresses: list[str], good: bool
) -> None:
    key = make(client, addresses=addresses)["key"]
    program = TestClient(
        desk.app, base_url="http://loa.test/api/v1/", headers={"Authorization": f"Bearer {key}"},
        client=("203.0.113.9", 1), raise_server_exceptions=False,
    )  # fmt: skip
    assert program.get("areas").status_code == (200 if good else 401)


@pytest.mark.parametrize("wrong", [["10.0.0.1/8"], ["x"], ["10.0.0.0/33"]])
def test_a_network_that_is_none_is_refused(client: TestClient, wrong: list[str]) -> None:
    answer = client.post("keys", json={"name": "x", "role": "viewer", "addresses": wrong})
    assert answer.json()["errors"][0]["code"] == "not_a_network"


def test_it_ends_by_itself(desk: ApiDesk, client: TestClient) -> None:
    made = make(client)
    shown = client.get(f"keys/{made['id']}").json()
    assert shown["expires_at"] is not None, "in a year where nothing was said"
    program = with_key(desk, made["key"])
    desk.later += 366 * 24 * 60 * MINUTE
    assert program.get("areas").status_code == 401


def test_one_that_waits_for_a_second_person_is_dead_until_then(desk: ApiDesk, place: Place) -> None:
    an, binh = come(desk, "an", "administrator"), come(desk, "binh", "administrator")
    asked = an.post("keys", json={"name": "Trạm", "role": "emergency"})
    made = asked.json()
    assert asked.status_code == 202 and asked.headers["location"].endswith(made["approval"]["id"])
    assert "digest" not in made["approval"]["wish"] and made["key"]
    program = with_key(desk, made["key"])
    assert program.get("areas").status_code == 401
    binh.post(f"approvals/{made['approval']['id']}/approve", json={})
    alert = {"text": "Lũ", "areas": [place.province], "expires_in_s": 60}
    assert program.post("alerts", json=alert).status_code == 201, "and then it sounds by no human hand"


def test_a_program_makes_no_key_that_sounds_where_there_are_people(desk: ApiDesk, client: TestClient) -> None:
    come(desk, "an", "administrator")
    refused = client.post("keys", json={"name": "x", "role": "operator"})
    assert (refused.status_code, refused.json()["code"]) == (403, "person_needed")
    assert make(client, role="viewer")["key"]


class Stolen:
    """A key of commune B, and everything that there is in commune A."""

    def __init__(self, desk: ApiDesk, client: TestClient, place: Place) -> None:
        other = client.post("areas", json={"name": "Xã B", "parent": place.province}).json()["id"]
        self.key = make(client, role="administrator", areas=[other])["key"]
        person = add_person(desk, "nguoi-a", "editor", place.area)
        grant = client.get("roles").json()["items"][0]["id"]
        own = client.post("bulletins", json={"title": "Tin A", "text": "Một", "owner": place.area}).json()["id"]
        body = {"bulletin": own, "areas": [place.area]}
        self.ids = {
            "area": place.area, "device": place.device, "bulletin": own, "person": person, "grant": grant,
            "broadcast": client.post("broadcasts", json=body).json()["id"],
            "alert": client.post(
                "alerts", json={"text": "Lũ", "areas": [place.area], "expires_in_s": 60}
            ).json()["id"],
            "programme": client.post("programmes", json=fill(WEEKLY, place)).json()["id"],
            "group": client.post("groups", json={"name": "Chợ", "devices": [place.device]}).json()["id"],
            "rule": client.post("air-rules", json={"name": "x", "area": place.area, "rules": {}}).json()["id"],
            "api_key": make(client, role="viewer", areas=[place.area])["id"],
            "approval": come(desk, "soan", "editor", place.area).post("broadcasts", json=body).json()["id"],
        }  # fmt: skip


KINDS = ("area", "device", "bulletin", "person", "grant", "broadcast", "alert", "programme", "group", "rule", "api_key",
         "approval")  # fmt: skip
"""What `Stolen` has of another commune."""
ELSEWHERE = {"zone", "incident", "claim_code"}
"""What has no place there is tried in test_communes.py."""
NAMED = {name: set(re.findall(r"{(\w+)}", name)) for name in sorted(permissions())}
ASKED = [name for name, kinds in NAMED.items() if kinds and kinds <= set(KINDS)]


@pytest.fixture(scope="module")
def thief(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, dict[str, str]]]:
    with ApiDesk(tmp_path_factory.mktemp("thief")) as desk:
        client = desk.client()
        stolen = Stolen(desk, client, Place(client))
        yield with_key(desk, stolen.key), stolen.ids


@pytest.mark.parametrize("name", ASKED)
def test_a_stolen_key_does_nothing_elsewhere(name: str, thief: tuple[TestClient, dict[str, str]]) -> None:
    """E7: every route that names a thing, with the things of another commune; `pytest --collect-only` prints them."""
    (program, ids), (method, path) = thief, name.split(" ")
    address = re.sub(r"{(\w+)}", lambda found: ids[found[1]], path)
    answer = program.request(method, f"http://loa.test{address}", json={} if method in ("POST", "PUT") else None)
    assert answer.status_code in (403, 404), answer.text


def test_every_route_that_names_a_thing_is_asked(thief: tuple[TestClient, dict[str, str]]) -> None:
    assert thief[1].keys() == set(KINDS) and set(FINDERS) - set(KINDS) == ELSEWHERE and len(ASKED) > 45


def test_a_stolen_key_sounds_nowhere_else(desk: ApiDesk, client: TestClient, place: Place) -> None:
    program = with_key(desk, Stolen(desk, client, place).key)
    before = (client.get("broadcasts").json(), client.get("alerts").json(), client.get("programmes").json())
    orders: list[tuple[str, dict[str, Any]]] = [
        ("broadcasts", {"bulletin": place.bulletin, "areas": [place.area]}),
        ("broadcasts", {"bulletin": place.bulletin, "devices": [place.device]}),
        ("broadcasts", {"bulletin": place.bulletin, "areas": [place.province]}),
        ("alerts", {"text": "Lũ", "areas": [place.area], "expires_in_s": 60}),
        ("programmes", fill(WEEKLY, place)),
        ("keys", {"name": "x", "role": "viewer", "areas": [place.area]}),
        ("persons", {"login": "ke-trom", "name": "x", "area": place.area}),
    ]
    for path, body in orders:
        assert program.post(path, json=body).status_code in (403, 422), path
    assert (client.get("broadcasts").json(), client.get("alerts").json(), client.get("programmes").json()) == before


def test_keys_on_the_machine(desk: ApiDesk, client: TestClient, place: Place) -> None:
    def loa(*words: str) -> Any:
        done = CliRunner().invoke(app, ["key", *words, "--json", "--data", str(desk.office.folder)])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    limits = ("--area", "Xã Tân Đông", "--action", "see", "--address", "203.0.113.0/24", "--per-minute", "9")
    made = loa("add", "Trạm", "--role", "operator", "--days", "2", *limits)
    shown = client.get(f"keys/{made['id']}").json()
    assert (shown["areas"], shown["actions"], shown["per_minute"]) == ([place.area], ["see"], 9)
    assert with_key(desk, made["key"]).get("areas").status_code == 401, "not from here"
    assert made["id"] in {one["id"] for one in loa("list")}
    assert loa("revoke", "Trạm") == {"id": made["id"]}
    assert client.get(f"keys/{made['id']}").json()["revoked_at"]
    wrong = CliRunner().invoke(app, ["key", "add", "x", "--action", "fly", "--data", str(desk.office.folder)])
    assert wrong.exit_code == 1 and "broadcast.create" in wrong.output


def test_what_is_revoked_stays_in_the_table(desk: ApiDesk, client: TestClient) -> None:
    made = make(client)
    client.post(f"keys/{made['id']}/revoke")
    with desk.office.database.read() as session:
        row = session.get_one(ApiKey, made["id"])
        assert row.revoked_at is not None and made["key"] not in str(row.model_dump())
