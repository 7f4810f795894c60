"""What keeps two communes apart, case by case: words, zones, owners, refusals, and what waits for something hidden."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from api.errors import MOST_FIELDS
from controller.broadcast.models import Broadcast
from controller.library.models import Bulletin
from controller.people.models import ApiKey, AuditLine
from controller.programmes.trial import try_programme
from devices.models import Device
from scheduler.programmes.programme import Programme
from tests.api.described import description
from tests.api.district import EVERY_MORNING, District, body_of
from tests.api.week import first_at
from tests.fakes.desk import ApiDesk

HIDDEN = "another programme at that time"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with ApiDesk(tmp_path_factory.mktemp("apart")) as desk:
        yield District(desk)


@pytest.fixture(scope="module")
def south(district: District) -> TestClient:
    return district.key("administrator", district.south.area)


def test_what_waits_for_something_of_others_waits_for_another_programme(desk: ApiDesk) -> None:
    """Speakers with the same programmes are planned for as one, so an order next door is in the way here too."""
    district, admin = District(desk, empty=True), desk.client()
    above = district.made("areas", name="Huyện")
    homes = [district.made("areas", name=name, parent=above) for name in ("Bắc", "Nam")]
    horns = [district.made("devices", name="Loa", area=home, public_key=district.new_key()) for home in homes]
    bulletin = district.made("bulletins", title="Tin", text="Bà con", owner=above)
    content = {"kind": "bulletin", "bulletin": bulletin}
    district.made("programmes", title="Sáng", owner=above, content=content, targets={"areas": [above]},
                   recurrence=EVERY_MORNING)  # fmt: skip
    at = first_at(5)
    order = district.made("broadcasts", bulletin=bulletin, areas=[homes[0]], at=at.isoformat(), repeats=3)
    span = {"from": (at - timedelta(hours=1)).isoformat(), "to": (at + timedelta(hours=1)).isoformat()}
    viewer = district.key("viewer", homes[1])
    viewer.headers.update(ENGLISH)
    (slot,) = viewer.get("preview", params=span | {"speakers": "true"}).json()["slots"]
    assert slot["start_at"] > slot["turn_at"] and slot["after"] is None and slot["devices"] == [horns[1]]
    (conflict,) = viewer.get("conflicts", params=span).json()["items"]
    assert (conflict["first"], conflict["first_title"], conflict["speakers"]) == (None, HIDDEN, 1)
    assert HIDDEN in conflict["said"]
    why = viewer.get("why", params={"device": horns[1], "at": at.isoformat()})
    assert f"Planned after {HIDDEN}" in why.text and order not in why.text
    for path in ("preview", "conflicts"):
        assert order not in viewer.get(path, params=span).text
        assert order in admin.get(path, params=span).text


def test_a_key_of_a_neighbours_horn_is_taken_and_no_more_is_said(district: District, south: TestClient) -> None:
    with district.desk.office.database.read() as session:
        taken = session.get_one(Device, district.north.ids["device"]).public_key
    body = {"name": "Loa", "area": district.south.area, "public_key": taken}
    refused = south.post("devices", json=body)
    assert refused.status_code == 409 and refused.json()["code"] == "public_key_taken"
    assert "device" not in refused.json() and "detail" not in refused.json()
    assert district.client.post("devices", json=body).json()["device"] == district.north.ids["device"]


def test_words_hold_where_they_were_said_and_within(district: District, south: TestClient) -> None:
    place, admin = district.south.area, district.client
    assert admin.put("glossary", json={"entries": {"UB": "ủy ban", "VP": "văn phòng"}}).status_code == 200
    assert (
        admin.put("glossary", params={"area": district.above}, json={"entries": {"UB": "của huyện"}}).status_code == 200
    )
    assert south.put("glossary", json={"entries": {"VP": "của xã"}}).json() == {
        "area": place, "entries": {"VP": "của xã"}, "around": {"UB": "của huyện"}
    }  # fmt: skip
    assert admin.get("glossary").json()["entries"] == {"UB": "ủy ban", "VP": "văn phòng"}

    def read(client: TestClient, **owner: str) -> str:
        return str(client.post("bulletins/preview", json={"text": "UB VP"} | owner).json()["read_as"])

    assert read(south) == read(admin, owner=place) == "của huyện của xã"
    assert read(admin) == "ủy ban văn phòng" and read(admin, owner=district.north.area) == "của huyện văn phòng"
    alert = {"text": "UB VP", "areas": [place], "expires_in_s": 60}
    assert admin.post("alerts", json=alert).json()["read_as"] == "của huyện của xã"
    both = alert | {"areas": [place, district.north.area]}
    assert admin.post("alerts", json=both).json()["read_as"] == "của huyện văn phòng"
    made = south.post("bulletins", json={"title": "x", "text": "UB VP"}).json()
    assert (made["owner"], made["read_as"]) == (place, "của huyện của xã")


def test_whose_it_is_follows_from_the_one_place_or_has_to_be_said(district: District, south: TestClient) -> None:
    text = {"title": "x", "text": "Bà con"}
    zone = {"name": "Chùa", "kind": "temple", "latitude": 1.0, "longitude": 1.0, "radius_m": 20}
    assert district.client.post("bulletins", json=text).json()["owner"] is None
    mine = south.post("zones", json=zone).json()
    assert mine["area"] == district.south.area
    assert district.client.put(f"zones/{mine['id']}", json=zone).json()["area"] == district.south.area
    several = district.key("administrator", district.south.area, district.north.area)
    for path, body in (("bulletins", text), ("zones", zone)):
        assert several.post(path, json=body).json()["code"] == "owner_needed"
    assert several.post("bulletins", json=text | {"owner": district.north.area}).json()["owner"] == district.north.area
    recording = {"data": {"title": "x", "owner": district.north.area}, "files": {"file": ("x.wav", b"RIFF----WAVE")}}
    assert several.post("bulletins", **recording).json()["owner"] == district.north.area
    version = {"version_of": district.north.ids["bulletin"], "language": "tyz"}
    assert several.post("bulletins", json=text | version).json()["owner"] == district.north.area


def test_only_who_holds_the_installation_changes_what_is_all_of_it(district: District, south: TestClient) -> None:
    assert south.post("areas", json={"name": "Tỉnh mới"}).status_code == 403
    assert south.post("groups", json={"name": "Rỗng", "devices": []}).status_code == 403
    assert south.put("special-days/2026-02-03", json={"name": "x"}).status_code == 403
    assert south.get("special-days", params={"year": 2026}).json()["items"]


def test_what_is_above_is_seen_and_not_changed(district: District, south: TestClient) -> None:
    for operation in (
        f"broadcasts/{district.broadcast}/stop", f"alerts/{district.alert}/cancel",
        f"bulletins/{district.bulletin}/recall", f"programmes/{district.programme_above}/pause",
    ):  # fmt: skip
        assert south.post(operation).status_code == 403
    assert (
        south.post("broadcasts", json={"bulletin": district.bulletin, "areas": [district.south.area]}).status_code
        == 201
    )
    pair = {"first": district.programme_above, "second": district.south.ids["programme"]}
    assert south.post("conflicts/decisions", json=pair).status_code == 201, "the order in its own village is its own"
    assert district.key("editor", district.above).post("conflicts/decisions", json=pair).status_code == 201


def test_a_file_names_only_what_its_sender_sees(district: District, south: TestClient) -> None:
    def line(area: str) -> Any:
        table = f"tên;nội dung;địa bàn;ngày;giờ\nTối;Tin Nam Ninh;{area};hằng ngày;22h\n".encode()
        answer = south.post("programmes/import", files={"file": ("tuan.csv", table)})
        return answer.json()["lines"][0]

    assert line("Xã Nam Ninh")["faults"] == []
    (theirs,), (nobodys,) = line("Xã Bắc Hà")["faults"], line("Xã Bắc Ha Ha")["faults"]
    assert theirs["code"] == nobodys["code"] and theirs["said"].replace("Bắc Hà", "Bắc Ha Ha") == nobodys["said"]
    (above,) = line(district.above)["faults"]
    assert above["code"] in ("unknown", "unknown_commas")


def test_the_newest_of_a_category_is_never_a_neighbours(desk: ApiDesk) -> None:
    district = District(desk)
    for place in (district.south, district.north):  # the north's is the newer one
        district.made("bulletins", title=f"Chung {place.name}", owner=place.area, category="chung", text=place.name)
    wish = district.programme(district.south, "Chung", content={"kind": "newest", "category": "chung"})
    slots = _slots(desk, wish)
    with desk.office.database.read() as session:
        sounds = {row.title: row.sha256 for row in session.exec(select(Bulletin))}
    assert slots == {sounds["Chung Nam Ninh"]} != {sounds["Chung Bắc Hà"]}
    district.made("bulletins", title="Chung huyện", owner=district.above, category="chung", text="Cả huyện họp")
    district.made("bulletins", title="Chung xã khác", owner=district.north.area, category="chung", text="Không phải")
    with desk.office.database.read() as session:
        above = {row.title: row.sha256 for row in session.exec(select(Bulletin))}["Chung huyện"]
    assert _slots(desk, wish) == {above}, "what is newer and comes from above is theirs to say"


def _slots(desk: ApiDesk, wish: dict[str, Any]) -> set[str]:
    with desk.office.database.read() as session:
        tried = try_programme(session, "new", Programme.model_validate(wish), desk.services.now(), "append")
    return {slot.sha256 for slot in tried.slots}


def test_a_neighbours_version_is_not_heard_here(desk: ApiDesk) -> None:
    district = District(desk)
    wish = {"title": "v", "language": "tyz", "version_of": district.bulletin}
    theirs = district.made("bulletins", text="Bản Bắc", owner=district.north.area, **wish)
    assert district.client.put(f"areas/{district.above}/languages", json={"languages": ["tyz"]}).status_code == 200
    content = {"kind": "bulletin", "bulletin": district.bulletin}
    with desk.office.database.read() as session:
        own, others = (session.get_one(Bulletin, one).sha256 for one in (district.bulletin, theirs))
    assert _slots(desk, district.programme(district.south, "x", content=content)) == {own}
    assert _slots(desk, district.programme(district.north, "x", content=content)) == {others}


def test_a_key_that_may_only_raise_alerts_raises_them(district: District) -> None:
    sensor = district.key("emergency", district.south.area, actions=["alert.create"])
    alert = {"text": "Lũ", "areas": [district.south.area], "expires_in_s": 60}
    raised = sensor.post("alerts", json=alert)
    assert raised.status_code == 201 and raised.json()["deliveries"] == []
    assert sensor.post("alerts", json=alert | {"areas": [district.north.area]}).json()["code"] == "area_unknown"
    assert sensor.get("alerts").status_code == 403


def test_every_line_of_the_record_says_where(district: District) -> None:
    with district.desk.office.database.read() as session:
        lines = session.exec(select(AuditLine)).all()
    where = {(line.action, line.area_id) for line in lines}
    for action in ("area.create", "device.register", "bulletin.create", "broadcast.create", "alert.create",
                   "programme.edit", "air.edit", "glossary.edit"):  # fmt: skip
        assert (action, district.north.area) in where, action
    assert ("broadcast.create", district.above) in where, "both communes lie in it"


SCHEMA = description()
WRITES = [
    f"{method.upper()} {path.removeprefix('/api/v1')}"
    for path, item in SCHEMA["paths"].items()
    for method, said in item.items()
    if "application/json" in said.get("requestBody", {}).get("content", {})
]


@pytest.mark.parametrize("operation", WRITES)
def test_nothing_is_taken_that_was_not_asked_for(district: District, operation: str) -> None:
    """Columns of the tables, sent along, are refused by name."""
    method, path = operation.split(" ")
    for name, value in district.north.ids.items():
        path = path.replace(f"{{{name}}}", value)
    body = body_of(operation, district.north, district)
    assert body is not None
    columns = {*Bulletin.model_fields, *Broadcast.model_fields, *Device.model_fields, *ApiKey.model_fields}
    extra = dict.fromkeys(sorted(columns - {"id", *_taken(operation)})[:MOST_FIELDS], "x")
    answer = district.client.request(method, path.replace("{day}", "2026-01-01").removeprefix("/"), json=body | extra)
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {f"body.{name}" for name in extra}
    assert {one["code"] for one in answer.json()["errors"]} == {"extra_forbidden"}


def _taken(operation: str) -> set[str]:
    """Fields that it does take."""
    method, path = operation.split(" ")
    said = SCHEMA["paths"][f"/api/v1{path}"][method.lower()]["requestBody"]["content"]["application/json"]["schema"]
    return set(SCHEMA["components"]["schemas"][said["$ref"].rpartition("/")[2]]["properties"])
