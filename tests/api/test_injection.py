"""Hostile names stay words: no formula in any table, no level of a topic, no path on the disk (G9, G15, G16)."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from io import SEEK_END, BytesIO, StringIO
from typing import Any
from urllib.parse import quote

import pytest
from fastapi.routing import APIRoute
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.app import PREFIX, ROOMS
from controller.programmes.almanac import Almanac
from controller.sheets.guard import MARK, is_dangerous, unguarded
from devices.protocol.keys import SigningKey
from devices.protocol.units import SECOND
from tests.fakes.bench import Bench
from tests.fakes.desk import ApiDesk, Place, real_now

NAMES = (
    '=HYPERLINK("http://evil.vn","x")', "+1", "-2+3", "@SUM(A1)", "＝1+1", "'=1", "=cmd|'/C calc'!A0", "loa/1/#",
    "+/+/#", "$SYS/#", "../../etc/passwd", "..\\x", "'; DROP TABLE area;--", "<script>alert(1)</script>",
    "Tin;=cmd|'/C calc'!A0;x", "Tin,=cmd|'/C calc'!A0,x",
)  # fmt: skip
TODAY = datetime.now(UTC).date().isoformat()
EXPORTS = {
    "/reports/airings": {"from": TODAY, "to": TODAY, "zone": "UTC", "per": "speaker"}, "/programmes/export": {},
    "/audit/export": {},
}  # fmt: skip
"""Every route that gives a table, with what it must be asked."""
CRATE = "/devices/import"
TABLES = [*EXPORTS, CRATE]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiDesk]:
    """An office all of whose things have hostile names; on air, planned and alarmed."""
    with ApiDesk(tmp_path_factory.mktemp("hostile")) as desk:
        fill(desk.client())
        yield desk


@pytest.fixture(scope="module")
def client(desk: ApiDesk) -> TestClient:
    return desk.client()


def post(client: TestClient, path: str, **body: Any) -> str:
    answer = client.post(path, json=body)
    assert answer.status_code in {200, 201, 202}, answer.text
    return str(answer.json()["id"])


def fill(client: TestClient) -> None:
    place = Place(client)
    for number, name in enumerate(NAMES):
        area = post(client, "areas", name=name, parent=place.area)
        key = SigningKey(bytes([number + 10]) * 32).verify_key.public
        device = post(client, "devices", name=name, area=area, public_key=key)
        bulletin = post(client, "bulletins", title=name, text=f"Mời bà con {number}")
        post(client, "groups", name=name, devices=[device])
        daily = {"days": {"kind": "daily"}, "times": ["10:00"], "first": TODAY}
        content, targets = {"kind": "bulletin", "bulletin": bulletin}, {"areas": [area]}
        post(client, "programmes", title=name, owner=area, content=content, targets=targets, recurrence=daily)
        post(client, "broadcasts", bulletin=bulletin, areas=[area])
        post(client, "air-rules", name=name, area=area, rules={"budget_minutes": 600})
    post(client, "alerts", text=NAMES[0], areas=[place.area], expires_in_s=600)


def tables() -> set[str]:
    """Routes whose description gives a spreadsheet."""
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    return {route.path for route in routes if "spreadsheetml" in str(route.responses.get(200))}


def crate(client: TestClient, form: str) -> bytes:
    """The table that comes back for a crate of speakers with such names."""
    said = StringIO("sep=,\r\n")
    said.seek(0, SEEK_END)
    csv.writer(said).writerows([["Tên"], *([name] for name in NAMES)])
    area = client.get("areas").json()["items"][0]["id"]
    file = {"file": ("crate.csv", said.getvalue().encode())}
    answer = client.post("devices/import", params={"area": area, "format": form}, files=file)
    assert answer.status_code == 200, answer.text
    return answer.content


def fetched(client: TestClient, path: str, form: str) -> bytes:
    if path == CRATE:
        return crate(client, form)
    return client.get(path.lstrip("/"), params=EXPORTS[path] | {"format": form}).content


def test_every_export_is_looked_at() -> None:
    assert tables() == set(TABLES)


@pytest.mark.parametrize("path", TABLES)
def test_no_cell_of_a_csv_is_a_formula(client: TestClient, path: str) -> None:
    text = fetched(client, path, "csv").decode("utf-8-sig")
    for separator in "\t;,":  # whichever the spreadsheet of whoever opens it takes
        cells = [cell for row in csv.reader(StringIO(text), delimiter=separator) for cell in row]
        assert not [cell for cell in cells if is_dangerous(cell) and not cell.startswith(MARK)]
    known = {unguarded(name) if path == CRATE else name for name in NAMES}  # a file is read as we write it
    assert {unguarded(cell) for cell in cells} >= {name for name in known if is_dangerous(name)}


@pytest.mark.parametrize("path", TABLES)
def test_no_cell_of_a_workbook_is_a_formula(client: TestClient, path: str) -> None:
    content = fetched(client, path, "xlsx")
    cells = [cell for page in load_workbook(BytesIO(content)) for row in page.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    dangerous = [cell for cell in cells if isinstance(cell.value, str) and is_dangerous(cell.value)]
    assert dangerous and all(cell.quotePrefix for cell in dangerous)


def test_no_name_reaches_a_topic(desk: ApiDesk) -> None:
    """All that leaves for all of these: every topic is one of the wire's own shapes, made of numbers alone."""
    bench = Bench(desk.office, now=real_now())
    almanac = Almanac(bench.controller.leadership, bench.controller.plans, desk.office.new_id)
    while almanac.do_once(bench.now):
        pass
    for _ in range(60):
        bench.step(1)
    topics = {topic for topic, _payload, _qos, _retain in bench.link.sent}
    kinds = {bench.topics.parse(topic).kind for topic in topics}
    assert kinds >= {"trust", "manifest", "chunk", "area_order", "alert", "down"} and len(topics) > 3 * len(NAMES)
    assert bench.now - real_now() < 120 * SECOND and not [topic for topic in topics if set(topic) & set("+#$ \\.'<{%")]


CLIMBS = (
    "../../../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "..\\..\\x",
    "/etc/passwd",
    "....//",
    "\x00",
    "a\u202e",
)


def addresses() -> list[str]:
    """Every GET that has a parameter in its address."""
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    return sorted(route.path for route in routes if "GET" in (route.methods or ()) and "{" in route.path)


@pytest.mark.parametrize("climb", CLIMBS)
def test_no_address_climbs_out(client: TestClient, climb: str) -> None:
    for path in addresses():
        parts = [quote(climb, safe="") if "{" in part else part for part in path.split("/")]
        for said in ("/".join(parts), "/".join(climb if "{" in part else part for part in path.split("/"))):
            answer = client.get(f"http://loa.test{PREFIX}{quote(said, safe='/%')}")
            assert answer.status_code in {404, 405, 422}, (path, answer.status_code)
            assert "root:" not in answer.text


def test_what_is_served_has_a_type_of_ours() -> None:
    """None that a browser would run, but the labels that are printed for speakers."""
    routes = [route for room in ROOMS for route in room.router.routes if isinstance(route, APIRoute)]
    kinds = {(kind, route.path) for route in routes for kind in route.responses.get(200, {}).get("content", {})}
    run = {path for kind, path in kinds if kind.startswith(("text/html", "image/svg", "application/xhtml", "text/xml"))}
    assert run == {CRATE}
