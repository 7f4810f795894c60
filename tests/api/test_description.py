"""The interface as it describes itself: complete, true, and readable without a network."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.cookies import name_of
from api.permissions import permissions
from devices.protocol.keys import SigningKey
from firmware_sim.certificate import certificate_request, renewal_request
from firmware_sim.identity import Birth, Identity
from tests.api.described import description
from tests.api.test_interface import WEEKLY, fill
from tests.fakes.desk import ApiDesk, Place

SCHEMA = description()
OPERATIONS = {
    f"{method.upper()} {path}": said for path, item in SCHEMA["paths"].items() for method, said in item.items()
}


def test_it_is_openapi_31_and_public(desk: ApiDesk) -> None:
    answer = desk.client("nobody").get("openapi.json")
    assert answer.status_code == 200 and answer.json()["openapi"].startswith("3.1")
    assert answer.json()["info"]["license"]["identifier"] == "Apache-2.0"


def test_the_session_is_described_by_both_names_of_its_cookie() -> None:
    said = SCHEMA["components"]["securitySchemes"]["APIKeyCookie"]
    assert said["name"] == name_of("session", tls=False) and f"`{name_of('session', tls=True)}`" in said["description"]


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*map(references, value.values()))
    return set().union(*map(references, value)) if isinstance(value, list) else set()


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in SCHEMA["components"]["schemas"]}
    assert references(SCHEMA) <= known


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_says_how_it_refuses(name: str) -> None:
    said, right = OPERATIONS[name], permissions()[name]
    assert said["description"] and said["responses"]
    problems = {
        status
        for status, answer in said["responses"].items()
        if "application/problem+json" in answer.get("content", {})
    }
    assert problems == {status for status in said["responses"] if status >= "400"}
    assert right == "public" or {"401", "403", "503"} <= problems
    assert ("security" in said) == (right != "public")
    if name.startswith(("POST", "PUT")):
        assert {"400", "408", "413", "415", "507"} <= problems
    if name.startswith("POST") and not name.endswith("/preview"):
        assert "Idempotency-Key" in {one["name"] for one in said["parameters"]}


BY_PEOPLE = re.compile(r"/approvals/|/delegations|/roles$")
"""What only people do; tried in test_approvals and test_people."""


def addressed(client: TestClient, place: Place, path: str) -> str:
    """The path, with what it names in braces made first."""
    known = {"{device}": place.device, "{area}": place.area, "{day}": "2026-11-18"}
    if "{zone}" in path:
        circle = {"name": "Trường", "kind": "school", "latitude": 10.0, "longitude": 106.0, "radius_m": 200}
        known["{zone}"] = client.post("zones", json=circle).json()["id"]
    if "{rule}" in path:
        known["{rule}"] = client.post("air-rules", json={"name": "x", "area": place.area, "rules": {}}).json()["id"]
    if "{person}" in path:
        somebody = {"login": "nguyen.binh", "name": "Bình", "area": place.area}
        known["{person}"] = client.post("persons", json=somebody).json()["id"]
    for name, value in known.items():
        path = path.replace(name, value)
    return path


EXAMPLES = [
    (name, said["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])
    for name, said in OPERATIONS.items()
    if "application/json" in said.get("requestBody", {}).get("content", {}) and not BY_PEOPLE.search(name)
]


def filled(example: Any, place: Place) -> Any:
    """The example with what is there in place of what it names."""
    known = {
        "bulletin": place.bulletin, "areas": [place.area], "area": place.area, "owner": place.area,
        "members": [place.bulletin, place.bulletin],
        "at": "2099-01-01T00:00:00+07:00",
    }  # fmt: skip
    if not isinstance(example, dict):
        return example
    return {field: known.get(field, filled(value, place)) for field, value in example.items()}


def as_a_speaker(client: TestClient, place: Place, body: dict[str, Any]) -> dict[str, Any]:
    """A new speaker's own words in place of those that nobody else can have said."""
    if "csr" in body:
        key = SigningKey(b"\x06" * 32)
        made = client.post("claim-codes", json={"area": place.area, "name": "Loa 2"}).json()["items"][0]
        body |= {"code": made["code"], "public_key": key.verify_key.public, "csr": certificate_request(key)}
    if "request" in body:
        birth = Birth(**client.get("trust").json(), device=place.device)
        body |= {"request": renewal_request(Identity(birth, SigningKey(b"\5" * 32)), 0)}
    return body


@pytest.mark.parametrize(("name", "model"), EXAMPLES)
def test_every_order_shows_an_example_that_works(client: TestClient, place: Place, name: str, model: str) -> None:
    examples = SCHEMA["components"]["schemas"][model]["examples"]
    assert examples
    for example in examples:
        body = as_a_speaker(client, place, filled(example, place))
        method, path = name.split(" ")
        programmes = [client.post("programmes", json=fill(WEEKLY, place)).json()["id"] for _ in range(2)]
        if "first" in body and "second" in body:
            body |= {"first": programmes[0], "second": programmes[1]}
        if "fingerprint" in body:
            seen = client.post("areas/changes/preview", json={"change": body["change"]})
            body |= {"fingerprint": seen.json()["fingerprint"]}
        path = addressed(client, place, path).replace("{programme}", programmes[0])
        if "{group}" in path:
            path = path.replace("{group}", client.post("groups", json={"name": "Chợ"}).json()["id"])
        answer = client.request(method, f"http://loa.test{path}", json=body)
        late = answer.json().get("code") == "start_too_far"
        assert answer.status_code in (200, 201) or (late and "at" in example), answer.text


def test_the_page_for_people_needs_no_network_and_no_script(desk: ApiDesk) -> None:
    answer = desk.client("nobody").get("docs")
    assert answer.headers["content-type"].startswith("text/html")
    assert not re.search(r"<script|https?://|\son\w+=", answer.text)
    assert "style-src 'sha256-" in answer.headers["content-security-policy"]
    assert all(path in answer.text for path in SCHEMA["paths"]) and "Kính mời bà con" in answer.text


def test_the_page_of_the_interface_names_only_what_is_there() -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    named = set(re.findall(r"\$API(/[A-Za-z/-]+)", page))
    known = {re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), path) for path in SCHEMA["paths"]}
    assert len(named) > 8 and {f"/api/v1{path}" for path in named} <= known
