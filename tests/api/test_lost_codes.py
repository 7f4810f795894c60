"""Codes that nobody has any more are made anew; labels lead where a speaker on a pole can go."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from controller.settings import ApiSettings
from controller.sheets.workbook import xlsx_bytes
from tests.api.test_crates import kept, send, sheet
from tests.api.test_joining import TWO, join
from tests.fakes.desk import ApiDesk, Place

ROWS = xlsx_bytes([sheet([("Loa A", *[None] * 6), ("Loa B", *[None] * 6)])])


def test_a_crate_again_has_new_codes_in_place_of_the_lost_ones(client: TestClient, desk: ApiDesk, place: Place) -> None:
    lost = [line["code"] for line in send(client, place, ROWS, dry_run=False).json()["lines"]]
    assert join(desk.client("nobody"), lost[1]).status_code == 201
    looked = send(client, place, ROWS, again=True).json()
    assert (looked["good"], looked["unchanged"], kept(desk)) == (1, 1, (1, 2)), "who has joined stays"
    made = send(client, place, ROWS, dry_run=False, again=True).json()
    assert [bool(line["code"]) for line in made["lines"]] == [True, False] and made["unchanged"] == 1
    assert join(desk.client("nobody"), lost[0]).json()["code"] == "claim_refused"
    assert len(client.get("claim-codes?open=true").json()["items"]) == 1
    assert desk.audit().count(("administrator", "device.enrol")) == 4, "two made, one withdrawn, one made"
    assert join(desk.client("nobody"), made["lines"][0]["code"], TWO).json()["name"] == "Loa A"


def test_a_code_for_the_box_that_replaces_one_stays(client: TestClient, desk: ApiDesk, place: Place) -> None:
    code = client.post("claim-codes", json={"replaces": place.device}).json()["items"][0]["code"]
    client.put(f"devices/{place.device}/status", json={"status": "lost"})
    crate = xlsx_bytes([sheet([("Loa 1", *[None] * 6)])])
    assert send(client, place, crate, dry_run=False, again=True).json()["unchanged"] == 1
    assert join(desk.client("nobody"), code).status_code == 201


@pytest.mark.parametrize(
    "at", ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080", "http://0.0.0.0:8080"]
)
def test_no_label_leads_to_the_machine_that_reads_it(client: TestClient, desk: ApiDesk, place: Place, at: str) -> None:
    client.base_url = f"{at}/api/v1/"  # type: ignore[assignment]
    wish = {"area": place.area, "name": "Loa"}
    for query in ("format=labels", "printed=true"):
        answer = client.post(f"claim-codes?{query}", json=wish)
        assert (answer.status_code, answer.json()["code"]) == (409, "address_not_set")
        assert at in answer.json()["detail"] and "LOA_API__PUBLIC_URL" in answer.json()["detail"]
    refused = send(client, place, ROWS, dry_run=False, format="labels")
    assert refused.json()["code"] == "address_not_set" and kept(desk) == (0, 0), "no code is made and lost"
    assert client.post("claim-codes", json=wish).status_code == 201, "typed, it works on this machine"


def test_whoever_sets_this_machine_as_the_address_means_it(tmp_path: Path) -> None:
    with ApiDesk(tmp_path, api=ApiSettings(public_url="http://127.0.0.1:8080")) as desk:
        client = desk.client()
        place = Place(client)
        answer = client.post("claim-codes?printed=true", json={"area": place.area, "name": "Loa"})
        assert "at=http%3A%2F%2F127.0.0.1%3A8080" in answer.json()["items"][0]["text"]


def test_what_stands_beside_a_code_is_told_with_it(client: TestClient, place: Place) -> None:
    made = client.post("claim-codes", json={"area": place.area, "name": "Loa"}).json()["items"][0]
    assert made["place"] == "Tỉnh Tiền Giang / Xã Tân Đông"
    page = client.post("claim-codes?format=labels", json={"area": place.area, "name": "Loa"}).text
    assert made["until"][:10] in page and re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", made["until"])
