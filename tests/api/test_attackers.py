"""What an attacker tried, and found closed or had closed: docs/security-review.md tells the whole."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.timestamps import to_rfc3339
from controller.backup import write_backup
from controller.restoring import restore_backup
from controller.settings import ApiSettings
from devices.protocol.keys import SigningKey
from devices.protocol.units import DAY
from tests.api.test_joining import code_for, join
from tests.fakes.desk import ApiDesk, Place
from tests.fakes.sessions import add_person, come


@pytest.fixture
def communes(client: TestClient) -> tuple[str, str]:
    province = client.post("areas", json={"name": "Tỉnh"}).json()["id"]
    first, second = (client.post("areas", json={"name": name, "parent": province}).json()["id"] for name in "AB")
    return first, second


def test_of_a_request_for_two_communes_an_approver_of_one_sees_nothing(
    desk: ApiDesk, client: TestClient, communes: tuple[str, str]
) -> None:
    first, second = communes
    bulletin = client.post("bulletins", json={"title": "Họp", "text": "Họp"}).json()["id"]
    for number, area in enumerate(communes):
        key = SigningKey(bytes([number + 1]) * 32).verify_key.public
        client.post("devices", json={"name": "Loa", "area": area, "public_key": key})
    order = {"bulletin": bulletin, "areas": [first, second]}
    above = come(desk, "huyen", "administrator")
    come(desk, "tinh", "administrator")
    asked = above.post("broadcasts", json=order)
    assert asked.status_code == 202, asked.text
    approval = asked.json()["id"]
    other = come(desk, "duyet.b", "approver", second)
    assert other.get("approvals").json()["items"] == []
    for answer in (other.get(f"approvals/{approval}"), other.get("approvals", params={"after": approval})):
        assert answer.status_code in (404, 422) and first not in answer.text, answer.text
    assert other.post(f"approvals/{approval}/approve", json={}).status_code in (403, 404)
    assert come(desk, "duyet", "approver").get(f"approvals/{approval}").status_code == 200


def test_whoever_lends_a_role_learns_nothing_of_strangers(desk: ApiDesk, communes: tuple[str, str]) -> None:
    first, second = communes
    stranger = add_person(desk, "an.a", "editor", first)
    lender = come(desk, "binh.b", "approver", second)
    until = to_rfc3339(desk.services.now() + DAY)

    def told(login: str) -> dict[str, Any]:
        wish = {"to": login, "role": "approver", "area": second, "until": until}
        said: dict[str, Any] = lender.post("delegations", json=wish).json()
        return {name: value for name, value in said.items() if name != "request"}

    assert stranger not in str(told("an.a"))
    assert told("an.a") == {**told("khong.co"), "person": "an.a"}


def test_a_link_for_a_password_dies_when_its_person_may_approve(desk: ApiDesk, communes: tuple[str, str]) -> None:
    """Otherwise whoever made it before could become the second person of their own orders."""
    one, other = come(desk, "mot", "administrator"), come(desk, "hai", "administrator")
    person = add_person(desk, "chi", "editor", communes[0])
    link = one.post(f"persons/{person}/link").json()["link"]
    asked = one.post("roles", json={"person": person, "role": "approver", "area": communes[0]}).json()["id"]
    assert other.post(f"approvals/{asked}/approve", json={}).json()["state"] == "approved"
    assert desk.client("nobody").get(f"http://loa.test{link}").status_code == 410


def test_a_loan_ends_such_a_link_too(desk: ApiDesk, communes: tuple[str, str]) -> None:
    one, lender = come(desk, "mot", "administrator"), come(desk, "ba", "approver", communes[0])
    person = add_person(desk, "chi", "editor", communes[0])
    link = one.post(f"persons/{person}/link").json()["link"]
    until = to_rfc3339(desk.services.now() + DAY)
    lent = lender.post("delegations", json={"to": "chi", "role": "approver", "area": communes[0], "until": until})
    assert lent.status_code == 201, lent.text
    assert desk.client("nobody").get(f"http://loa.test{link}").status_code == 410


def test_who_joins_with_a_key_of_another_speaker_is_not_told_whose(
    client: TestClient, desk: ApiDesk, place: Place
) -> None:
    known = client.get(f"devices/{place.device}").json()
    answer = join(desk.client("nobody"), code_for(client, place), SigningKey(b"\5" * 32))
    assert (answer.status_code, answer.json()["code"]) == (409, "public_key_taken")
    assert known["id"] not in answer.text


def test_labels_lead_to_the_address_of_the_installation_whatever_the_host_says(tmp_path: Any) -> None:
    with ApiDesk(tmp_path, api=ApiSettings(public_url="https://loa.example.vn")) as desk:
        client = desk.client()
        place = Place(client)
        wish = {"area": place.area, "name": "Loa"}
        made = client.post("claim-codes", json=wish, headers={"Host": "evil.example"}).json()["items"][0]
        moved = client.get("areas/", headers={"Host": "evil.example"}, follow_redirects=False)
    assert moved.status_code == 404 and "location" not in moved.headers
    assert "at=https%3A%2F%2Floa.example.vn&" in made["text"] and "evil" not in made["text"]


def test_a_backup_brings_back_no_session_and_no_link(desk: ApiDesk, tmp_path: Path) -> None:
    """Both may have been ended since, by who was robbed of them."""
    person = add_person(desk, "chi", "editor")
    assert come(desk, "mot", "administrator").post(f"persons/{person}/link").status_code == 200
    write_backup(desk.office.folder, tmp_path / "backup.tar")
    restore_backup(tmp_path / "backup.tar", tmp_path / "new", None)
    with closing(sqlite3.connect(tmp_path / "new" / "loa.db")) as tables:
        sessions = tables.execute("SELECT count(*) FROM log_in_session").fetchone()
        links = tables.execute("SELECT count(*) FROM one_time_link").fetchone()
        people = tables.execute("SELECT count(*) FROM person").fetchone()
    assert (sessions, links, people) == ((0,), (0,), (2,))
