"""Persons, roles and loans over the interface: who is shown to whom, and what nobody can write."""

from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from api.timestamps import to_rfc3339
from controller.people.models import Person, RoleGrant
from devices.models import Area
from devices.protocol.units import DAY
from tests.api.described import description
from tests.fakes.desk import ApiDesk, Place
from tests.fakes.sessions import add_person, come, log_in

SCHEMA = description()
BODIES = sorted(
    {
        (
            f"{method.upper()} {path}",
            said["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1],
        )
        for path, item in SCHEMA["paths"].items()
        for method, said in item.items()
        if "application/json" in said.get("requestBody", {}).get("content", {})
    }
)
READ_ONLY = ("id", "created_by", "created_at", "approved_by", "state", "given_by", "delegated_by", "held", "digest")


@pytest.fixture
def communes(client: TestClient) -> tuple[str, str]:
    province = client.post("areas", json={"name": "Tỉnh"}).json()["id"]
    first, second = (client.post("areas", json={"name": name, "parent": province}).json()["id"] for name in "AB")
    return first, second


@pytest.fixture
def local(desk: ApiDesk, communes: tuple[str, str]) -> TestClient:
    """The administrator of commune A."""
    return come(desk, "truong", "administrator", communes[0])


def test_an_invited_person_gets_a_link_once_and_may_nothing(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    body = {"login": "Moi.A", "name": "Người mới", "area": communes[0]}
    key = {"Idempotency-Key": "invite"}
    made, again = (local.post("persons", json=body, headers=key) for _ in range(2))
    assert (made.status_code, made.json()["login"], made.json()["can_log_in"]) == (201, "moi.a", False)
    assert again.json()["id"] == made.json()["id"] and again.json()["link"] is None
    assert desk.client("nobody").get(f"http://loa.test{made.json()['link']}").status_code == 200
    assert log_in(desk, made.json()["id"]).get("broadcasts").status_code == 403
    taken = local.post("persons", json=body | {"name": "Khác"})
    assert (taken.status_code, taken.json()["code"]) == (409, "login_taken")


def test_nothing_of_another_commune_is_seen_or_touched(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    first, second = communes
    near, far = add_person(desk, "gan", "editor", first), add_person(desk, "xa", "editor", second)
    with desk.office.database.read() as session:
        grant = session.exec(select(RoleGrant.id).where(RoleGrant.person_id == far)).one()
    listed = {one["login"] for one in local.get("persons").json()["items"]}
    assert listed == {"truong", "gan"} and local.get(f"persons/{near}").status_code == 200
    for answer in (
        local.get(f"persons/{far}"), local.post(f"persons/{far}/disable"), local.post(f"persons/{far}/link"),
        local.put(f"persons/{far}", json={"name": "x"}), local.post(f"roles/{grant}/end"),
    ):  # fmt: skip
        assert answer.status_code == 404, answer.text
    wishes: list[tuple[str, dict[str, Any]]] = [
        ("persons", {"login": "moi", "name": "x", "area": second}),
        ("roles", {"person": near, "role": "viewer", "area": second}),
        ("roles", {"person": far, "role": "viewer", "area": first}),
        ("keys", {"name": "x", "role": "viewer", "areas": [second]}),
        ("delegations", {"to": "xa", "role": "administrator", "area": first, "until": "2099-01-01T00:00:00Z"}),
    ]
    for path, body in wishes:
        refused = local.post(path, json=body)
        assert refused.status_code == 422 and refused.json()["code"].endswith("_unknown"), refused.text
    for path, body in (
        ("persons", {"login": "moi", "name": "x", "area": None}),
        ("keys", {"name": "x", "role": "viewer"}),
    ):
        assert local.post(path, json=body).status_code == 403
    assert {one["area"] for one in local.get("roles").json()["items"]} == {first}
    assert come(desk, "xem", "viewer", first).get("persons").json()["items"][0]["login"] == "xem"


def test_a_person_of_two_communes_is_shown_and_not_disabled_by_one(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    both = add_person(desk, "hai", "editor", communes[1])
    with desk.office.database.write() as session:
        session.add(
            RoleGrant(id=desk.office.new_id(), person_id=both, role="editor", area_id=communes[0], since=1, given_by="")
        )
    shown = local.get(f"persons/{both}").json()
    assert [role["area"] for role in shown["roles"]] == [communes[0]], "of their roles those that one sees"
    assert local.post(f"persons/{both}/disable").status_code == 403


def test_a_disabled_person_is_out_at_once(desk: ApiDesk, local: TestClient, communes: tuple[str, str]) -> None:
    person = add_person(desk, "soan", "editor", communes[0])
    browser = log_in(desk, person)
    assert browser.get("broadcasts").status_code == 200
    assert local.post(f"persons/{person}/disable").json()["disabled_at"]
    assert browser.get("broadcasts").status_code == 401


def test_a_role_that_changes_ends_the_sessions_of_before(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    person = add_person(desk, "soan", "editor", communes[0])
    browser, second = log_in(desk, person), come(desk, "pho", "administrator", communes[0])
    asked = local.post("roles", json={"person": person, "role": "approver", "area": communes[0]})
    assert asked.status_code == 202 and browser.get("broadcasts").status_code == 200
    assert second.post(f"approvals/{asked.json()['id']}/approve", json={}).json()["state"] == "approved"
    assert browser.get("broadcasts").status_code == 401
    roles = second.get("roles", params={"person": person}).json()["items"]
    assert {one["role"] for one in roles} == {"editor", "approver"}


def test_a_loan_is_listed_and_ended_by_whom_it_concerns(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    deputy = add_person(desk, "thay", "viewer", communes[0])
    until = desk.services.now() // 1_000_000 + 86_400
    wish = {"to": "THAY", "role": "administrator", "area": communes[0], "until": to_rfc3339(until * 1_000_000)}
    made = local.post("delegations", json=wish)
    assert made.status_code == 201, made.text
    browser = log_in(desk, deputy)
    lent = browser.get("delegations").json()["items"]
    assert [one["id"] for one in lent] == [made.json()["id"]] and browser.get("persons").json()["items"][1:]
    outsider = come(desk, "khac", "viewer", communes[0])
    assert outsider.post(f"delegations/{made.json()['id']}/end").status_code == 403
    assert local.post(f"delegations/{made.json()['id']}/end").json()["ended_at"]
    assert browser.get("broadcasts").status_code == 200, "it goes on as a viewer"
    assert browser.get("persons").json()["items"][1:] == [] and local.get("delegations").json()["items"] == []
    by_key = desk.client().post("delegations", json=wish)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "person_needed")


@pytest.mark.parametrize(("name", "model"), BODIES)
def test_no_body_takes_a_field_that_it_does_not_name(name: str, model: str) -> None:
    """E8: every body forbids what it does not know, and none knows what only we write."""
    shape = SCHEMA["components"]["schemas"][model]
    assert shape.get("additionalProperties") is False, name
    assert set(shape["properties"]).isdisjoint(set(READ_ONLY) - ({"id"} if name.endswith("/devices") else set())), name


def test_mass_assignment_changes_nothing(desk: ApiDesk, local: TestClient, communes: tuple[str, str]) -> None:
    person = add_person(desk, "soan", "editor", communes[0])
    for more in ({"login": "x"}, {"password": "x"}, {"area_id": None}, {"disabled_at": None}, {"issuer_subject": "x"}):
        refused = local.put(f"persons/{person}", json={"name": "Soạn"} | more)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "extra_forbidden")
    with desk.office.database.read() as session:
        assert session.get_one(Person, person).name == "Soan"


def test_twenty_orders_of_a_person_with_one_key_are_one(desk: ApiDesk, place: Place) -> None:
    editor = come(desk, "soan", "editor", place.area)
    body = {"bulletin": place.bulletin, "areas": [place.area]}
    answers = [editor.post("broadcasts", json=body, headers={"Idempotency-Key": "x"}) for _ in range(20)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["id"] for answer in answers}) == 1
    refused = editor.post("broadcasts", json=body | {"volume": 7}, headers={"Idempotency-Key": "x"})
    assert refused.json()["code"] == "idempotency_key_reused"


def test_who_is_out_can_be_forgotten_and_only_then(desk: ApiDesk, client: TestClient, place: Place) -> None:
    person = add_person(desk, "bay", "viewer", place.area)
    refused = client.post(f"persons/{person}/forget")
    assert (refused.status_code, refused.json()["code"]) == (409, "person_still_in")
    assert client.post(f"persons/{person}/disable").status_code == 200
    assert client.post(f"persons/{person}/forget").status_code == 204
    assert client.post(f"persons/{person}/forget").status_code == 204, "twice is once"
    with desk.office.database.read() as session:
        row = session.get_one(Person, person)
    assert "bay" not in (row.login + row.name).lower() and row.password is None
    assert ("administrator", "person.forget") in desk.audit()


def test_nobody_is_put_out_by_loans(desk: ApiDesk, local: TestClient, communes: tuple[str, str]) -> None:
    browser = come(desk, "truc", "emergency", communes[0])
    until = to_rfc3339(desk.services.now() // 1_000_000 * 1_000_000 + DAY)
    wish = {"to": "truc", "role": "administrator", "area": communes[0], "until": until}
    made = [local.post("delegations", json=wish) for _ in range(3)]
    assert [answer.status_code for answer in made] == [201] * 3 and len({answer.json()["id"] for answer in made}) == 1
    assert browser.get("broadcasts").status_code == 200


def test_a_role_that_is_over_shows_nothing_and_keeps_nobody_from_theirs(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    """A technician of B to whom a role at A was lent for a day: a day later A knows nothing of them."""
    first, second = communes
    away = add_person(desk, "tho", "technician", second)
    there = come(desk, "truong-b", "administrator", second)
    until = desk.services.now() // 1_000_000 * 1_000_000 + DAY
    wish = {"to": "tho", "role": "administrator", "area": first, "until": to_rfc3339(until)}
    assert come(desk, "ca-hai", "administrator").post("delegations", json=wish).status_code == 201
    assert local.get(f"persons/{away}").status_code == 200 and there.post(f"persons/{away}/link").status_code == 403
    desk.later = 2 * DAY
    local, there = (come(desk, f"moi-{n}", "administrator", area) for n, area in enumerate(communes))
    assert local.get(f"persons/{away}").status_code == 404
    assert "tho" not in {one["login"] for one in local.get("persons").json()["items"]}
    assert there.put(f"persons/{away}", json={"name": "Thợ"}).status_code == 200
    assert there.post(f"persons/{away}/link").status_code == 200


def test_an_area_that_has_ended_takes_up_nobody(
    desk: ApiDesk, client: TestClient, local: TestClient, communes: tuple[str, str]
) -> None:
    first, second = communes
    person, until = add_person(desk, "moi", area=first), to_rfc3339(desk.services.now() // 1_000_000 * 1_000_000 + DAY)
    head = come(desk, "dau", "administrator")
    with desk.office.database.write() as session:
        session.get_one(Area, first).ended_at = desk.services.now()
    for who, path, body in (
        (head, "persons", {"login": "moi.a", "name": "x", "area": first}),
        (head, "roles", {"person": person, "role": "viewer", "area": first}),
        (local, "delegations", {"to": "moi", "role": "administrator", "area": first, "until": until}),
        (head, "keys", {"name": "x", "role": "viewer", "areas": [second, first]}),
        (client, "bulletins", {"title": "x", "text": "x", "owner": first}),
    ):
        refused = who.post(path, json=body)
        assert (refused.status_code, refused.json()["code"]) == (409, "area_ended"), path
    refused = head.put(f"areas/{first}/approval-policy", json={"ranks": ["priority"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "area_ended")


@pytest.mark.parametrize(
    ("path", "body"),
    [("roles", {"role": "viewer", "area": None, "until": "2020-01-01T00:00:00Z"}),
     ("keys", {"name": "x", "role": "viewer", "expires_at": "2020-01-01T00:00:00Z"})],
)  # fmt: skip
def test_nothing_is_given_that_is_over_already(desk: ApiDesk, path: str, body: dict[str, Any]) -> None:
    person = {"person": add_person(desk, "moi")} if path == "roles" else {}
    refused = come(desk, "dau", "administrator").post(path, json=body | person)
    assert (refused.status_code, refused.json()["code"]) == (422, "end_in_past")


def test_the_keys_that_somebody_made_are_named_when_they_go(
    desk: ApiDesk, local: TestClient, communes: tuple[str, str]
) -> None:
    person = add_person(desk, "cu", "administrator", communes[0])
    made = log_in(desk, person).post("keys", json={"name": "Trạm", "role": "viewer", "areas": [communes[0]]}).json()
    gone = log_in(desk, person).post("keys", json={"name": "Cũ", "role": "viewer", "areas": [communes[0]]}).json()
    assert local.post(f"keys/{gone['id']}/revoke").status_code == 200
    assert local.get(f"persons/{person}").json()["keys"] == [made["id"]]
    other = come(desk, "xem", "administrator", communes[1])
    assert other.get(f"persons/{person}").status_code == 404
