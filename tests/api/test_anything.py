"""Whatever is sent, the answer is one that the description names, and never a failure of ours."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.api.test_interface import POSTS, WEEKLY, fill
from tests.fakes.desk import ApiDesk, Place

JSON = {"content-type": "application/json"}
SMALL = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

texts = st.text(max_size=30) | st.sampled_from(
    ["\ud800", "\x00", "a/#", "+", "' OR 1=1", "\u202e", "2026-11-23T07:00:00Z"]
)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | texts
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4), max_leaves=12
)  # fmt: skip


FIELDS = {
    "areas": ["name", "parent", "latitude", "longitude"],
    "devices": ["name", "area", "public_key", "id", "latitude"],
    "air-rules": ["name", "area", "zone", "device", "rules"],
    "zones": ["name", "kind", "latitude", "longitude", "radius_m"],
    "bulletins": ["title", "text", "voice", "chime", "category", "language", "version_of"],
    "bulletins/playlists": ["title", "members", "chime", "category", "language", "version_of"],
    "bulletins/preview": ["text"],
    "broadcasts": ["bulletin", "areas", "devices", "at", "rank", "volume", "repeats", "gap_ms", "max_late_s"],
    "programmes": [
        "title",
        "owner",
        "content",
        "targets",
        "recurrence",
        "rank",
        "volume",
        "gain_db",
        "repeats",
        "gap_ms",
        "max_late_ms",
        "turns",
        "paused",
        "on_clash",
    ],
    "groups": ["name", "devices"],
    "alerts": ["text", "areas", "expires_at", "expires_in_s", "repeats", "gap_ms", "volume"],
}


ORDERS: list[tuple[str, dict[str, Any]]] = [*POSTS, ("bulletins/preview", {"text": "Một"})]


class Operations:
    """What the description says can be asked: method, path, names of the query, and the answers that are named."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.all = [
            (method, path, [one["name"] for one in said.get("parameters", ()) if one["in"] == "query"], said)
            for path, item in schema["paths"].items()
            for method, said in item.items()
        ]


@pytest.fixture
def operations(desk: ApiDesk) -> Operations:
    return Operations(desk.app.openapi())


def check(answer: Any, said: dict[str, Any]) -> None:
    assert answer.status_code < 500 or answer.json()["code"] == "audio_missing", answer.text
    assert str(answer.status_code) in said["responses"], (answer.status_code, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        examples = said["responses"][str(answer.status_code)]["content"]["application/problem+json"]["examples"]
        assert answer.json()["code"] in examples, (answer.json()["code"], sorted(examples))


@SMALL
@given(data=st.data())
def test_any_request_has_an_answer_that_is_described(
    desk: ApiDesk, client: TestClient, place: Place, operations: Operations, data: st.DataObject
) -> None:
    method, path, names, said = data.draw(st.sampled_from(operations.all))
    for name in (
        "area",
        "device",
        "bulletin",
        "broadcast",
        "alert",
        "incident",
        "rule",
        "zone",
        "day",
        "programme",
        "group",
    ):
        ids = st.sampled_from(
            [place.area, place.device, place.bulletin, desk.office.new_id(), "x", "%00", "2026-09-02"]
        )
        path = path.replace("{" + name + "}", data.draw(ids)) if "{" + name + "}" in path else path
    asked = data.draw(st.dictionaries(st.sampled_from([*names, "x"]), texts | st.integers(-1, 300).map(str)))
    query = {name: value.encode("utf-8", "replace") for name, value in asked.items() if name != "wait_s"}
    body = json.dumps(data.draw(anything)) if method in ("post", "put") else None
    check(client.request(method, f"http://loa.test{path}", params=query, content=body, headers=JSON), said)


@SMALL
@given(data=st.data())
def test_any_order_with_one_odd_field_has_an_answer_that_is_described(
    client: TestClient, place: Place, operations: Operations, data: st.DataObject
) -> None:
    path, good = data.draw(st.sampled_from(ORDERS))
    body = fill(good, place)
    body[data.draw(st.sampled_from(FIELDS[path]))] = data.draw(anything)
    said = next(one[3] for one in operations.all if one[:2] == ("post", f"/api/v1/{path}"))
    check(client.post(path, content=json.dumps(body), headers=JSON), said)


PARTS = {"days": ["kind", "days", "every", "nth", "day", "rrule"], "": ["times", "zone", "first", "last", "only_on"]}


@SMALL
@given(data=st.data())
def test_any_recurrence_has_an_answer_that_is_described(
    client: TestClient, place: Place, operations: Operations, data: st.DataObject
) -> None:
    body = fill(WEEKLY, place)
    part, names = data.draw(st.sampled_from(sorted(PARTS.items())))
    (body["recurrence"][part] if part else body["recurrence"])[data.draw(st.sampled_from(names))] = data.draw(anything)
    said = next(one[3] for one in operations.all if one[:2] == ("post", "/api/v1/programmes"))
    for path in ("programmes", "programmes?dry_run=true"):
        check(client.post(path, content=json.dumps(body), headers=JSON), said)


@SMALL
@given(content=st.binary(max_size=80), path=st.sampled_from([*dict(POSTS), "bulletins/preview"]), kind=texts)
def test_any_bytes_of_any_type_have_an_answer(client: TestClient, content: bytes, path: str, kind: str) -> None:
    for said in ("application/json", "multipart/form-data; boundary=x", kind.encode("ascii", "replace")):
        answer = client.post(path, content=content, headers={"content-type": said})
        assert 400 <= answer.status_code < 500 and answer.json()["code"], answer.text
