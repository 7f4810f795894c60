"""Two people over the interface: what waits, who may decide, and that it is carried out once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from api.cookies import NAMES
from tests.api.test_interface import WEEKLY, fill
from tests.api.test_lists import add_speakers
from tests.fakes.desk import ApiDesk, Place
from tests.fakes.sessions import add_person, come, log_in


@pytest.fixture
def heads(desk: ApiDesk) -> tuple[TestClient, TestClient]:
    """Two administrators of the installation."""
    return come(desk, "an", "administrator"), come(desk, "binh", "administrator")


def order(client: TestClient, place: Place, **more: Any) -> Any:
    return client.post("broadcasts", json={"bulletin": place.bulletin, "areas": [place.province]} | more)


def test_a_request_says_all_that_is_approved(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    an, binh = heads
    rung = list(desk.rung)
    answer = order(an, place, repeats=2)
    asked = answer.json()
    assert answer.status_code == 202 and answer.headers["location"] == f"/api/v1/approvals/{asked['id']}"
    assert (asked["state"], asked["kind"], asked["reason"], asked["everyone"]) == (
        "waiting", "broadcast", "everyone", True,
    )  # fmt: skip
    assert (asked["speakers"], asked["places"], asked["bulletin"]) == (1, [place.province], place.bulletin)
    assert asked["wish"]["repeats"] == 2 and asked["created_by"] == "An" and asked["may_decide"] is False
    assert desk.rung == rung and client.get("broadcasts").json()["items"] == []
    assert binh.get(asked["listen"].removeprefix("/api/v1/")).status_code == 200
    seen = binh.get("approvals", params={"which": "waiting"}).json()["items"]
    assert [(one["id"], one["may_decide"]) for one in seen] == [(asked["id"], True)]
    assert an.get("approvals", params={"which": "waiting"}).json()["items"] == []
    assert [one["id"] for one in an.get("approvals", params={"which": "mine"}).json()["items"]] == [asked["id"]]
    done = binh.post(f"approvals/{asked['id']}/approve", json={"words": "Đồng ý"}).json()
    made = client.get(f"broadcasts/{done['result']}").json()
    assert (made["created_by"], made["approved_by"], made["repeats"]) == ("An", "Binh", 2)
    assert desk.rung != rung and done["words"] == "Đồng ý"


def test_a_double_click_asks_once(place: Place, heads: tuple[TestClient, TestClient]) -> None:
    an, binh = heads
    key = {"Idempotency-Key": "once"}
    body = {"bulletin": place.bulletin, "areas": [place.province]}
    first, again = (an.post("broadcasts", json=body, headers=key) for _ in range(2))
    assert first.json()["id"] == again.json()["id"] and {first.status_code, again.status_code} == {202}
    binh.post(f"approvals/{first.json()['id']}/approve", json={})
    after = an.post("broadcasts", json=body, headers=key)
    assert (after.status_code, after.json()["state"]) == (202, "approved")


def test_two_sessions_and_a_key_are_one_person(
    desk: ApiDesk, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    one = add_person(desk, "chi", "administrator")
    asked = order(log_in(desk, one), place).json()["id"]
    refused = log_in(desk, one).post(f"approvals/{asked}/approve", json={})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_request")
    by_key = desk.client().post(f"approvals/{asked}/approve", json={})
    assert (by_key.status_code, by_key.json()["code"]) == (403, "person_needed")


def test_twenty_approvals_at_once_sound_once(
    desk: ApiDesk, place: Place, address: str, heads: tuple[TestClient, TestClient]
) -> None:
    an, _ = heads
    people = [log_in(desk, add_person(desk, f"duyet-{number}", "administrator")) for number in range(4)]
    asked = order(an, place).json()["id"]

    def click(number: int) -> httpx.Response:
        who = people[number % 4]
        cookie = f"{NAMES['session']}={who.cookies[NAMES['session']]}"
        shown = {"X-CSRF-Token": who.headers["X-CSRF-Token"], "Cookie": cookie}
        return httpx.post(f"{address}/approvals/{asked}/approve", json={}, headers=shown, timeout=60, trust_env=False)

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(click, range(20)))
    good = [answer.json()["result"] for answer in answers if answer.status_code == 200]
    assert len(good) == 5 and len(set(good)) == 1, "one person's five clicks are one; the others learn that it is over"
    assert {answer.json()["code"] for answer in answers if answer.status_code != 200} == {"approval_over"}
    assert len(desk.client().get("broadcasts").json()["items"]) == 1


def test_a_kill_between_leaves_it_waiting(desk: ApiDesk, place: Place, heads: tuple[TestClient, TestClient]) -> None:
    """Whatever breaks before the commit takes the decision with it: it is one transaction."""
    an, binh = heads
    asked = order(an, place).json()["id"]
    with desk.office.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER cut BEFORE INSERT ON audit_line WHEN NEW.action = 'approve' "
            "BEGIN SELECT RAISE(ABORT, 'cut'); END"
        )
    with capture_logs():
        assert binh.post(f"approvals/{asked}/approve", json={}).status_code == 500
    assert an.get(f"approvals/{asked}").json()["state"] == "waiting"
    assert desk.client().get("broadcasts").json()["items"] == []


def test_an_editor_s_programme_waits_with_every_change_that_sounds(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    editor, (_, binh) = come(desk, "soan", "editor", place.area), heads
    waits = editor.post("programmes", json=fill(WEEKLY, place))
    assert waits.status_code == 202 and client.get("programmes").json()["items"] == []
    made = binh.post(f"approvals/{waits.json()['id']}/approve", json={}).json()["result"]
    assert client.get(f"programmes/{made}").json()["created_by"] == "Soan"
    louder = editor.put(f"programmes/{made}", json=fill(WEEKLY, place) | {"volume": 90})
    more = editor.post(f"programmes/{made}/exceptions", json={"more": ["2027-03-04T17:00:00+07:00"]})
    assert (louder.status_code, more.status_code) == (202, 202)
    assert editor.post(f"programmes/{made}/exceptions", json={"less": ["2026-11-27"]}).status_code == 200
    stale = binh.post(f"approvals/{louder.json()['id']}/approve", json={}).json()
    assert (stale["state"], stale["problem"]) == ("failed", "changed_since"), "it was changed in between"
    assert editor.post(f"programmes/{made}/pause").status_code == 200
    assert editor.post(f"programmes/{made}/resume").status_code == 202


def test_a_bulletin_is_no_way_around_an_approved_programme(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    newest = fill(WEEKLY, place) | {"content": {"kind": "newest", "category": "sáng"}}
    client.post("programmes", json=newest)
    client.post("bulletins", json={"title": "Cũ", "text": "Một", "category": "sáng"})
    editor = come(desk, "soan", "editor")
    made = editor.post("bulletins", json={"title": "Mới", "text": "Hai", "category": "sáng"}).json()
    assert made["held"] is True

    def heard() -> set[str]:
        return {slot["sha256"] for slot in client.get("preview").json()["slots"]}

    assert heard() and made["sha256"] not in heard()
    asked = heads[0].get("approvals", params={"which": "waiting"}).json()["items"]
    assert [(one["kind"], one["subject"]) for one in asked] == [("bulletin", made["id"])]
    heads[0].post(f"approvals/{asked[0]['id']}/approve", json={})
    assert heard() == {made["sha256"]} and client.get(f"bulletins/{made['id']}").json()["held"] is False


def test_a_version_of_the_newest_bulletin_is_no_way_around_either(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    """Where Khmer is heard first, what is said in Khmer is what is heard."""
    client.put(f"areas/{place.area}/languages", json={"languages": ["km", "vi"]})
    client.post("programmes", json=fill(WEEKLY, place) | {"content": {"kind": "newest", "category": "sáng"}})
    original = client.post("bulletins", json={"title": "Mới", "text": "Một", "category": "sáng"}).json()
    body = {"title": "Khác", "text": "Khác hẳn", "language": "km", "version_of": original["id"]}
    made = come(desk, "soan", "editor").post("bulletins", json=body).json()
    assert made["held"] is True
    assert {slot["sha256"] for slot in client.get("preview").json()["slots"]} == {original["sha256"]}


def test_a_group_is_no_way_around_either(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    more = add_speakers(client, place.area, 2)
    group = client.post("groups", json={"name": "Chợ", "devices": more[:1]}).json()["id"]
    client.post("programmes", json=fill(WEEKLY, place) | {"targets": {"groups": [group]}})
    wider = heads[0].put(f"groups/{group}", json={"name": "Chợ", "devices": [place.device, *more]})
    assert (wider.status_code, wider.json()["everyone"]) == (202, True)
    assert client.get(f"groups/{group}").json()["devices"] == more[:1]


def test_a_file_of_programmes_waits_as_a_whole(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    client.post("programmes", json=fill(WEEKLY, place))
    table = client.get("programmes/export", params={"format": "csv"}).content.replace("sáng".encode(), "trưa".encode())
    table = table.replace(b"05:00", b"11:00")
    editor = come(desk, "soan", "editor", place.area)
    send: Callable[..., Any] = lambda: editor.post(  # noqa: E731
        "programmes/import", params={"dry_run": False}, files={"file": ("a.csv", table)},
        headers={"Idempotency-Key": "file"},
    )  # fmt: skip
    first, again = send(), send()
    assert (first.status_code, first.json()["kind"]) == (202, "programme_import"), first.text
    assert first.json()["id"] == again.json()["id"] and len(client.get("programmes").json()["items"]) == 1
    done = heads[1].post(f"approvals/{first.json()['id']}/approve", json={}).json()
    assert done["state"] == "approved" and len(client.get("programmes").json()["items"]) == 2


def test_a_stranger_does_not_see_what_waits(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    elsewhere = client.post("areas", json={"name": "Tỉnh khác"}).json()["id"]
    stranger = come(desk, "la", "approver", elsewhere)
    colleague = come(desk, "xem", "viewer", place.province)
    asked = order(heads[0], place).json()["id"]
    for who in (stranger, colleague):
        assert who.get("approvals").json()["items"] == []
        for path in (f"approvals/{asked}", f"approvals/{asked}/approve"):
            answer = who.get(path) if path == f"approvals/{asked}" else who.post(path, json={})
            assert answer.status_code in (403, 404), answer.text


def test_requests_come_page_by_page(place: Place, heads: tuple[TestClient, TestClient]) -> None:
    asked = {order(heads[0], place).json()["id"] for _ in range(5)}
    seen, after = set[str](), None
    while True:
        page = heads[1].get("approvals", params={"limit": 2} | ({"after": after} if after else {})).json()
        seen |= {one["id"] for one in page["items"]}
        after = page["next"]
        if after is None:
            break
    assert seen == asked


def test_a_policy_asks_for_more_and_is_changed_by_two(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    an, binh = heads
    add_speakers(client, client.post("areas", json={"name": "Xã hai", "parent": place.province}).json()["id"], 2)
    assert order(an, place, areas=[place.area]).status_code == 201
    wish = {"ranks": ["priority"], "sources": ["program"]}
    waits = an.put(f"areas/{place.province}/approval-policy", json=wish)
    assert (waits.status_code, waits.json()["reason"]) == (202, "sensitive")
    assert an.get(f"areas/{place.area}/approval-policy").json()["holds"]["ranks"] == []
    binh.post(f"approvals/{waits.json()['id']}/approve", json={})
    shown = an.get(f"areas/{place.area}/approval-policy").json()
    assert shown["said"] is None and shown["holds"]["ranks"] == ["priority"]
    assert order(an, place, areas=[place.area], rank="priority").json()["reason"] == "rank"
    by_key = order(client, place, areas=[place.area])
    assert (by_key.status_code, by_key.json()["reason"]) == (202, "source")
    assert binh.post(f"approvals/{by_key.json()['id']}/approve", json={}).json()["state"] == "approved"


def test_two_communes_become_one_by_two_people(
    desk: ApiDesk, client: TestClient, place: Place, heads: tuple[TestClient, TestClient]
) -> None:
    an, binh = heads
    other = client.post("areas", json={"name": "Xã Tân Tây", "parent": place.province}).json()["id"]
    person = add_person(desk, "soan", "editor", other)
    policy = an.put(f"areas/{other}/approval-policy", json={"ranks": ["priority"]}).json()["id"]
    binh.post(f"approvals/{policy}/approve", json={})
    change = {"kind": "merge", "areas": [place.area, other], "name": "Xã Tân"}
    seen = an.post("areas/changes/preview", json={"change": change}).json()
    body = {"change": change, "fingerprint": seen["fingerprint"]}
    asked = an.post("areas/changes", json=body)
    assert (asked.status_code, asked.json()["kind"]) == (202, "area_change")
    assert client.get("areas").json()["items"] != [] and binh.get(f"persons/{person}").json()["area"] == other
    by_key = client.post("areas/changes", json=body)
    assert (by_key.status_code, by_key.json()["code"]) == (403, "person_needed")
    done = binh.post(f"approvals/{asked.json()['id']}/approve", json={}).json()
    assert done["state"] == "approved", done
    assert binh.get(f"persons/{person}").json()["area"] == done["result"]
    assert an.get(f"areas/{done['result']}/approval-policy").json()["said"]["ranks"] == ["priority"]
    stale = an.post("areas/changes", json=body)
    assert stale.status_code >= 400, "what was previewed is not what would be done now"


def test_a_new_name_takes_one(place: Place, heads: tuple[TestClient, TestClient]) -> None:
    change = {"kind": "rename", "area": place.area, "name": "Xã Mới"}
    seen = heads[0].post("areas/changes/preview", json={"change": change}).json()
    done = heads[0].post("areas/changes", json={"change": change, "fingerprint": seen["fingerprint"]})
    assert (done.status_code, done.json()) == (200, {"area": place.area})
