"""Communes of one installation: nothing of one is seen, or guessed, from another. Generated from the description."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from api.app import PREFIX
from api.deps import tree_of
from api.permissions import permissions
from controller.people.callers import Caller
from controller.people.permissions import Action, carries
from controller.people.rights import Given, Rights
from controller.reach.admission import CONTENTS, PLACES
from controller.reach.sight import TABLES, Sight
from controller.reach.subjects import FINDERS
from devices.protocol.units import UUID_PATTERN
from tests.api.described import description
from tests.api.district import LISTS, VARIANTS, WAVE, Commune, District, body_of, query_of
from tests.fakes.desk import ApiDesk

SCHEMA = description()
OPERATIONS = {
    f"{method.upper()} {path.removeprefix(PREFIX)}": said
    for path, item in SCHEMA["paths"].items()
    for method, said in item.items()
}
NOBODYS = "00000000-0000-4000-8000-000000000000"
TABLE = "Tên,Địa bàn,Chuyên mục,Ngày,Giờ\n".encode()
"""A file without a line, of programmes or of speakers."""
NEW = {"id"}
"""Fields of bodies that name what is not there yet."""
BOUNDS = {"GET /devices", "GET /areas/{area}/plans"}
"""Where `after` is no row but a bound: any id is good, and tells nothing."""
KIND = {"trace": "device"} | {kind: kind for kind in FINDERS}
"""Name of a parameter to the kind of what it names; `after` names a row of the list itself."""
LISTED = {"GET /bulletins": "bulletin", "GET /broadcasts": "broadcast", "GET /programmes": "programme",
          "GET /alerts": "alert", "GET /incidents": "incident"}  # fmt: skip
INSTALLATIONS = (
    "POST /special-days/refill",
    "PUT /special-days/{day}",
    "DELETE /special-days/{day}",
    "PUT /approval-policy",
    "GET /audit/head",
)
"""What only who holds the whole installation may."""
PERSONS = ("POST /approvals/{approval}/approve", "POST /approvals/{approval}/refuse", "POST /delegations")
"""What no key may, whatever it names: `person_needed`, if it may be named at all."""
OWN = ("POST /approvals/{approval}/withdraw",)
"""What only who asked for it may."""
CHANGES: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "area": lambda own, named: {"kind": "rename", "area": named, "name": "x"},
    "areas": lambda own, named: {"kind": "merge", "areas": [named], "into": own},
    "into": lambda own, named: {"kind": "merge", "areas": [own], "into": named},
    "parent": lambda own, named: {"kind": "reparent", "area": own, "parent": named},
    "devices": lambda own, named: {"kind": "move", "devices": [named], "area": own},
}
"""Field to a change of areas that has it."""
LAST = ("POST /broadcasts/{broadcast}/stop", "DELETE /programmes/{programme}", "DELETE /groups/{group}",
        "DELETE /air-rules/{rule}", "DELETE /zones/{zone}", "POST /bulletins/{bulletin}/recall",
        "POST /persons/{person}/disable", "POST /persons/{person}/forget")  # fmt: skip
"""What ends the thing that the others need."""


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return SCHEMA["components"]["schemas"][name] if name else schema


def id_fields(schema: dict[str, Any], called: str = "") -> Iterator[str]:
    """Names of all fields that hold ids, however deep."""
    schema = resolved(schema)
    if schema.get("pattern") == UUID_PATTERN or schema.get("format") == "uuid":
        yield called
    for name, inner in schema.get("properties", {}).items():
        yield from id_fields(inner, name)
    for inner in (schema.get("items", {}), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
        if inner:
            yield from id_fields(inner, called)


def bodies(operation: str) -> dict[str, set[str]]:
    """Kind of body to the names of its fields that hold ids."""
    content = OPERATIONS[operation].get("requestBody", {}).get("content", {})
    return {kind: set(id_fields(one["schema"])) for kind, one in content.items()}


def parameters(operation: str, where: str) -> list[dict[str, Any]]:
    return [one for one in OPERATIONS[operation].get("parameters", ()) if one["in"] == where]


def slots() -> list[tuple[str, str, str]]:
    """Every place in every operation at which something is named: operation, where, name."""
    found = []
    for operation in OPERATIONS:
        for where in ("path", "query"):
            found += [
                (operation, where, one["name"])
                for one in parameters(operation, where)
                if UUID_PATTERN in str(one["schema"])
            ]
        for kind, names in bodies(operation).items():
            found += [(operation, kind, name) for name in sorted(names - NEW)]
    return found


SLOTS = slots()


def test_every_field_that_names_something_is_declared() -> None:
    """Whoever adds a body with another name for an id says what it names: or it would not be checked."""
    declared = PLACES.keys() | CONTENTS.keys() | NEW
    for operation in OPERATIONS:
        for names in bodies(operation).values():
            assert names <= declared, operation
    assert {name for _, where, name in SLOTS if where in {"path", "query"}} <= {"after", *KIND}


def test_every_operation_that_names_something_is_asked() -> None:
    """100 % of the routes. `pytest --collect-only` on this file prints the list."""
    asked = {operation for operation, _, _ in SLOTS}
    plain = OPERATIONS.keys() - asked
    assert all("{" not in operation.replace("{day}", "") for operation in plain)
    assert len(asked) + len(plain) == len(permissions())


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Iterator[District]:
    with ApiDesk(tmp_path_factory.mktemp("district")) as desk:
        yield District(desk)


class Asking:
    """One operation about a place, and the same with one thing in it exchanged."""

    def __init__(self, operation: str, district: District, place: Commune) -> None:
        self.method, self.path = operation.split(" ")
        self.operation, self.place = operation, place
        self.ids = {"day": "2026-02-17"} | place.ids
        self.query = {
            one["name"]: place.ids[one["name"]] for one in parameters(operation, "query")
            if one.get("required") and one["name"] in place.ids
        } | query_of(operation)  # fmt: skip
        self.body = body_of(operation, place, district)
        kinds = bodies(operation)
        assert "application/json" not in kinds or self.body is not None, f"tell body_of() what {operation} is sent"

    def exchange(self, where: str, name: str, value: str) -> None:
        if where == "path":
            self.ids[name] = value
        elif where == "query":
            self.query = self.query | {name: value}
        else:
            self.body = exchanged(self.operation, self.body or {"title": "x"}, name, value)

    def send(self, client: TestClient, kind: str = "application/json", **more: str) -> Any:
        path = re.sub(r"\{(\w+)\}", lambda found: self.ids[found[1]], self.path).removeprefix("/")
        query = self.query | more
        if kind == "multipart/form-data" or (self.body is None and "multipart/form-data" in bodies(self.operation)):
            fields = {name: value for name, value in (self.body or {}).items() if name != "text"}
            file = TABLE if "import" in path else WAVE
            return client.request(self.method, path, params=query, data=fields, files={"file": ("x.wav", file)})
        return client.request(self.method, path, params=query, json=self.body)


def exchanged(operation: str, body: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    """The body with this id in place of what the field named, or in another body of its kind."""
    if "changes" in operation:
        return body | {"change": CHANGES[name](body["change"]["area"], value)}
    if name == "replaces":
        return {name: value}
    if "air-rules" in operation:
        return {field: one for field, one in body.items() if field not in {"area", "zone", "device"}} | {name: value}

    def changed(field: str, one: Any) -> Any:
        if isinstance(one, dict):
            return exchanged(operation, one, name, value)
        if field != name:
            return one
        return [value, *one[1:]] if isinstance(one, list) else value

    return {field: changed(field, one) for field, one in body.items()}


def plain(answer: Any, named: str) -> tuple[int, str]:
    """Status and body, without the number of the request and the name that was asked for."""
    text = re.sub(r'"request":"[^"]*"', "", answer.text)
    return answer.status_code, text.replace(named, "…")


def read(answer: Any) -> str:
    """All that an answer says: headers, and a workbook's cells too."""
    said = " ".join(f"{name}: {value}" for name, value in answer.headers.items()) + "\n"
    if not answer.content.startswith(b"PK"):
        return said + str(answer.content, "utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parcel:
        return said + "\n".join(parcel.read(name).decode("utf-8", "replace") for name in parcel.namelist())


@pytest.mark.parametrize(("operation", "where", "name"), SLOTS)
def test_what_is_a_neighbours_is_as_unknown_as_what_is_not_there(
    district: District, operation: str, where: str, name: str
) -> None:
    """Asked with every role of the south for what is the north's: the very words of what is not there."""
    kind = LISTED.get(operation, "device") if name == "after" else KIND.get(name) or {**PLACES, **CONTENTS}[name]
    for role, client in keys_of(district).items():
        answers = []
        for value in (district.north.ids[kind], NOBODYS):
            asking = Asking(operation, district, district.south)
            asking.exchange(where, name, value)
            answer = asking.send(client, where)
            assert not district.north.knows(read(answer).replace(value, "…")), (role, answer.text)
            answers.append(plain(answer, value))
        if name == "after" and operation in BOUNDS:
            continue
        assert answers[0] == answers[1], (role, answers)
        lacks = not carries(role, Action(str(permissions()[operation.replace(" ", f" {PREFIX}")])))
        expected = (403,) if lacks else (404, 422, 403) if "person_needed" in answers[0][1] else (404, 422)
        assert answers[0][0] in expected, (role, answers)
        assert lacks or "_unknown" in answers[0][1] or "person_needed" in answers[0][1], (role, answers)


_KEYS: dict[int, dict[str, TestClient]] = {}


def keys_of(district: District) -> dict[str, TestClient]:
    return _KEYS.setdefault(id(district), district.keys(district.south.area))


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.startswith("GET")])
def test_nothing_of_a_neighbour_is_in_any_answer(district: District, operation: str) -> None:
    public = permissions()[operation.replace(" ", f" {PREFIX}")] == "public" and operation != "GET /health"
    for role, client in list(keys_of(district).items())[: 1 if public else None]:
        for variant in ({}, *VARIANTS.get(operation, ())):
            answer = Asking(operation, district, district.south).send(client, **variant)
            refused = (403, 404) if role != "administrator" or operation in INSTALLATIONS else ()
            assert answer.status_code in (200, *refused), (role, answer.text)
            assert not district.north.knows(read(answer)), (role, operation, variant)


@pytest.mark.parametrize("kind", TABLES)
def test_lists_and_addresses_agree_on_what_is_seen(district: District, kind: str) -> None:
    """What a list holds is just what an address of it opens."""
    with district.desk.office.database.read() as session:
        every = set(session.exec(select(TABLES[kind].id)).all())  # type: ignore[attr-defined]
        assert every
        for areas in ([district.north.area], [district.south.area], [district.above], [district.north.area] * 2):
            caller = holder(district, "viewer", *areas)
            opened = {name for name in every if FINDERS[kind](session, name).seen_by(caller)}
            assert Sight(session, caller).seen(kind, every) == opened and opened


def holder(district: District, role: str, *areas: str) -> Any:
    given = tuple(Given(role, area) for area in areas)
    return Caller("key/x", "x", "program", Rights(given, tree_of(district.desk.services)), district.desk.services.now())


def test_what_comes_from_above_is_seen_as_far_as_it_is_heard_here(district: District) -> None:
    client, south = keys_of(district)["viewer"], district.south
    order = client.get(f"broadcasts/{district.broadcast}").json()
    assert order["areas"] == [south.area] and len(order["targets"]) == 2 == sum(order["counts"].values())
    alert = client.get(f"alerts/{district.alert}").json()
    assert alert["areas"] == [district.above] and len(alert["deliveries"]) == 2
    assert client.get(f"groups/{district.group}").json()["devices"] == [south.ids["device"]]
    programme = client.get(f"programmes/{district.programme_above}").json()
    assert programme["targets"] == {
        "areas": [south.area], "groups": [district.group], "devices": [south.ids["device"]]
    }  # fmt: skip
    recall = client.get(f"bulletins/{district.bulletin}/recall").json()
    assert len(recall["speakers"]) == 2 and sum(recall["counts"].values()) == 2
    slots = client.get("preview").json()["slots"]
    assert {one["speakers"] for one in slots if one["title"] == "Sáng huyện"} == {2}
    assert [row["id"] for row in client.get("areas").json()["items"]] == [south.area]
    assert client.get("health").json()["devices"] == {"registered": 2, "online": 0}
    assert district.desk.client("nobody").get("health").json()["devices"] is None


def test_who_has_the_district_sees_both(district: District) -> None:
    client = district.key("viewer", district.above)
    for path, kind in (LISTS | {"preview": "programme", "conflicts": "programme"}).items():
        said = client.get(path).text
        assert all(place.ids[kind] in said for place in (district.north, district.south)), path
    assert len(client.get("areas").json()["items"]) == 3
    table = client.get("programmes/export", params={"format": "csv"}).text
    assert district.north.name in table and district.south.name in table


def test_keys_of_a_commune_do_all_its_work(tmp_path_factory: pytest.TempPathFactory) -> None:
    """What is refused above is not refused because everything is."""
    with ApiDesk(tmp_path_factory.mktemp("work")) as desk:
        district = District(desk)
        client = district.key("administrator", district.north.area)
        for operation in sorted(OPERATIONS, key=lambda one: (LAST.index(one) if one in LAST else -1, one)):
            if operation.startswith("POST /enrolments"):  # a speaker's own
                continue
            if operation == "DELETE /groups/{group}":
                end_programmes(client, district.north.area)
            asking = Asking(operation, district, district.north)
            if operation == "POST /areas/changes":
                change = {"change": (asking.body or {})["change"]}
                seen = client.post("areas/changes/preview", json=change).json()
                asking.body = change | {"fingerprint": seen["fingerprint"]}
            answer = asking.send(client)
            expected = (403,) if operation in INSTALLATIONS + PERSONS + OWN else (200, 201, 202, 204)
            assert answer.status_code in expected, (operation, answer.text)
            assert operation not in PERSONS or answer.json()["code"] == "person_needed"
            assert not district.south.knows(read(answer)), operation


def end_programmes(client: TestClient, area: str) -> None:
    """A group that a programme names is kept."""
    for row in client.get("programmes", params={"area": area}).json()["items"]:
        if row["owner"] == area:
            assert client.delete(f"programmes/{row['id']}").status_code == 204
