"""Areas are changed over the interface and by the command: looked at, then done, by whoever may there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.cli.areas import LISTS
from api.cli.endpoint import Endpoint, write_endpoint
from api.cli.main import app
from controller.people.api_keys import add_key, make_key
from controller.people.models import ApiKey
from devices.protocol.keys import SigningKey
from tests.fakes.desk import ApiDesk, Place

MERGED = "Xã Gò Công"


@pytest.fixture
def other(client: TestClient, place: Place) -> str:
    """A second commune with a speaker."""
    made = client.post("areas", json={"name": "Xã Bình Ân", "parent": place.province}).json()["id"]
    key = SigningKey(b"\6" * 32).verify_key.public
    client.post("devices", json={"name": "Loa 2", "area": made, "public_key": key})
    return str(made)


@pytest.fixture
def merge(place: Place, other: str) -> dict[str, Any]:
    return {"kind": "merge", "areas": [place.area, other], "name": MERGED}


def do(client: TestClient, change: dict[str, Any], key: str | None = None) -> Any:
    seen = client.post("areas/changes/preview", json={"change": change}).json()
    body = {"change": change, "fingerprint": seen["fingerprint"]}
    return client.post("areas/changes", json=body, headers={"Idempotency-Key": key} if key else {})


def test_it_is_done_as_it_was_seen_and_once(client: TestClient, desk: ApiDesk, place: Place, merge: Any) -> None:
    seen = client.post("areas/changes/preview", json={"change": merge}).json()
    assert set(LISTS) < seen.keys(), "the command tells of each"
    assert seen["configurations"] == 2 and [one["ends"] for one in seen["areas"]] == [True, True, False]
    body = {"change": merge, "fingerprint": seen["fingerprint"]}
    desk.rung.clear()
    answers = [client.post("areas/changes", json=body, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].status_code == 200 and answers[0].json() == answers[1].json()
    assert {"controller", "almanac"} <= set(desk.rung)
    new = answers[0].json()["area"]
    assert [area["name"] for area in client.get("areas").json()["items"]] == [
        "Tỉnh Tiền Giang",
        MERGED,
    ]
    old = client.get(f"areas/{place.area}").json()
    assert (old["name"], old["merged_into"], old["speakers"]) == ("Xã Tân Đông", new, 0) and old["ended_at"]
    assert len(client.get("areas", params={"ended": True}).json()["items"]) == 4
    lines = client.get(f"areas/{place.area}/history").json()["items"]
    assert [(line["name"], line["parent"]) for line in lines] == [("Xã Tân Đông", place.province), ("Xã Tân Đông", new)]


def test_what_has_changed_since_is_refused_with_words(client: TestClient, place: Place, merge: Any) -> None:
    seen = client.post("areas/changes/preview", json={"change": merge}).json()
    do(client, {"kind": "rename", "area": place.area, "name": "Xã Tân Đông mới"})
    body = {"change": merge, "fingerprint": seen["fingerprint"]}
    refused = client.post("areas/changes", json=body, headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (409, "change_outdated")
    assert "preview" in refused.json()["title"]


def test_what_has_ended_takes_up_nothing_new(client: TestClient, place: Place, merge: Any) -> None:
    new = do(client, merge).json()["area"]
    order = {"bulletin": place.bulletin, "areas": [place.area]}
    for path, body in (("areas", {"name": "Ấp 1", "parent": place.area}), ("broadcasts", order)):
        refused = client.post(path, json=body)
        assert (refused.status_code, refused.json()["code"], refused.json()["merged_into"]) == (409, "area_ended", new)


@pytest.mark.parametrize(
    ("areas", "status"),
    [
        (lambda place, other: [place.area, other], 403),
        (lambda place, other: [place.area], 422),
        (lambda place, other: [place.province], 200),
        (lambda place, other: [], 200),
    ],
)
def test_who_may_in_one_of_them_may_not_make_them_one(
    client: TestClient, desk: ApiDesk, place: Place, other: str, merge: Any, status: int,
    areas: Callable[[Place, str], list[str]],
) -> None:  # fmt: skip
    """In both: not in what they lie in. In one of them: the other is not even there for it."""
    key = make_key(b"1" * 24)
    with desk.office.database.write() as session:
        add_key(session, desk.office.new_id(), "its own", key, "administrator", 0)
        session.flush()
        for row in session.exec(select(ApiKey).where(ApiKey.name == "its own")):
            row.areas = areas(place, other)
    desk.keys["own"] = key
    answer = desk.client("own").post("areas/changes/preview", json={"change": merge})
    assert answer.status_code == status, answer.text


def test_the_command_shows_first_and_does_it_with_yes(
    desk: ApiDesk, address: str, client: TestClient, place: Place, other: str, tmp_path: Path
) -> None:
    write_endpoint(tmp_path, Endpoint(address.removesuffix("/api/v1"), ""))
    (tmp_path / "api-key").write_text(desk.keys["administrator"])

    def loa(*words: str) -> str:
        done = CliRunner().invoke(app, ["area", *words, "--data", str(tmp_path)])
        assert done.exit_code == 0, done.output
        return done.output

    merge = ("merge", "Xã Tân Đông", "Xã Bình Ân", "--name", MERGED)
    assert "With --yes" in loa(*merge) and MERGED not in loa("list")
    assert "done" in loa(*merge, "--yes")
    assert MERGED in loa("list") and "Xã Bình Ân (ended)" in loa("list", "--ended")
    loa("move", MERGED, "--yes")
    assert [area["parent"] for area in client.get("areas").json()["items"]] == [None, None]
