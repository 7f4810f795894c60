"""Bulletins among each other: versions in other languages, categories, playlists."""

import pytest
from starlette.testclient import TestClient

from tests.fakes.desk import ApiDesk, Place


def test_a_bulletin_says_where_it_stands(client: TestClient, place: Place) -> None:
    wish = {"title": "Tày", "text": "Một", "language": "tyz", "version_of": place.bulletin, "category": "thời tiết"}
    made = client.post("bulletins", json=wish).json()
    assert {name: made[name] for name in ("language", "version_of", "category")} == {
        "language": "tyz", "version_of": place.bulletin, "category": "thời tiết",
    }  # fmt: skip
    original = client.get(f"bulletins/{place.bulletin}").json()
    assert (original["language"], original["version_of"], original["category"]) == ("vi", None, None)


def test_a_recording_does_too(client: TestClient, place: Place) -> None:
    fields = {"title": "Thu", "language": "khm", "version_of": place.bulletin, "category": "nông vụ"}
    made = client.post("bulletins", data=fields, files={"file": ("x", b"RIFF....WAVE")}).json()
    assert (made["language"], made["version_of"], made["category"]) == ("khm", place.bulletin, "nông vụ")
    bad = client.post("bulletins", data=fields | {"language": "?"}, files={"file": ("x", b"RIFF....WAVE")})
    assert bad.json()["errors"][0]["field"] == "body.language"


def test_a_version_has_no_versions(client: TestClient, desk: ApiDesk, place: Place) -> None:
    first = client.post("bulletins", json={"title": "a", "text": "Một", "version_of": place.bulletin}).json()["id"]
    answers = [
        client.post("bulletins", json={"title": "b", "text": "Hai", "version_of": name})
        for name in (first, desk.office.new_id())
    ]
    assert [(one.status_code, one.json()["code"]) for one in answers] == [
        (422, "version_of_version"), (422, "bulletin_unknown"),
    ]  # fmt: skip


def test_a_playlist_is_a_bulletin_like_any_other(client: TestClient, place: Place) -> None:
    other = client.post("bulletins", json={"title": "Khác", "text": "Một hai ba"}).json()
    members = [place.bulletin, other["id"], place.bulletin]
    answer = client.post("bulletins/playlists", json={"title": "Tối", "members": members, "category": "tối"})
    made = answer.json()
    assert (answer.status_code, made["kind"], made["state"], made["members"]) == (201, "playlist", "ready", members)
    assert made["duration_ms"] == 3 * 1_000 + 2_000, "each lasts a second, and what is between them another one"
    assert answer.headers["location"].endswith(f"/bulletins/{made['id']}")
    assert client.get(f"bulletins/{made['id']}/audio").content[:4] == b"OggS"
    assert client.post("broadcasts", json={"bulletin": made["id"], "areas": [place.area]}).status_code == 201


def test_members_must_be_ready(client: TestClient, desk: ApiDesk, place: Place) -> None:
    desk.studio_works = False
    waiting = client.post("bulletins?wait_s=0", json={"title": "x", "text": "Một"}).json()["id"]
    for member, code in ((waiting, "bulletin_not_ready"), (desk.office.new_id(), "bulletin_unknown")):
        answer = client.post("bulletins/playlists", json={"title": "Tối", "members": [place.bulletin, member]})
        assert answer.json()["code"] == code
    assert [row["kind"] for row in client.get("bulletins").json()["items"]] == ["text", "text"]


def test_a_member_recalled_before_its_turn_fails_the_playlist(client: TestClient, desk: ApiDesk, place: Place) -> None:
    other = client.post("bulletins", json={"title": "Khác", "text": "Một hai ba"}).json()["id"]
    desk.studio_works = False
    made = client.post("bulletins/playlists?wait_s=0", json={"title": "Tối", "members": [other, place.bulletin]}).json()
    client.post(f"bulletins/{other}/recall")
    desk.renderer.do_once()
    assert client.get(f"bulletins/{made['id']}").json()["state"] == "recalled"


@pytest.mark.parametrize("count", [0, 1, 51])
def test_a_playlist_has_two_to_fifty_members(client: TestClient, place: Place, count: int) -> None:
    answer = client.post("bulletins/playlists", json={"title": "Tối", "members": [place.bulletin] * count})
    assert answer.status_code == 422 and answer.json()["errors"][0]["field"] == "body.members"
