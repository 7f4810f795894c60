"""The calendar over the interface: what the library knows, and what the office makes of it."""

import pytest
from starlette.testclient import TestClient

from scheduler.calendars.holidays import public_holidays, source
from tests.fakes.desk import ApiDesk


def days(client: TestClient, year: int = 2026) -> dict[str, tuple[str, bool, str]]:
    items = client.get("special-days", params={"year": year}).json()["items"]
    return {one["day"]: (one["name"], one["off"], one["source"]) for one in items}


def test_a_year_is_the_librarys_until_the_office_says_otherwise(client: TestClient, desk: ApiDesk) -> None:
    known = days(client)
    assert known == {f"{day}": (name, True, source()) for day, name in sorted(public_holidays([2026]).items())}
    made = client.put("special-days/2026-08-22", json={"name": "Làm bù", "off": False}).json()
    assert made == {"day": "2026-08-22", "name": "Làm bù", "off": False, "source": "office",
                    "changed_by": "administrator"}  # fmt: skip
    assert client.delete("special-days/2026-09-02").status_code == 204
    expected = known | {"2026-08-22": ("Làm bù", False, "office")}
    del expected["2026-09-02"]
    assert days(client) == expected
    refilled = client.post("special-days/refill", json={"years": [2026]})
    assert refilled.status_code == 200 and days(client) == expected, "what the office said outlives a refill"
    assert desk.audit()[-3:] == [("administrator", "calendar.edit")] * 3


def test_a_refill_is_carried_out_once(client: TestClient, desk: ApiDesk) -> None:
    before = len(desk.audit())
    answers = [
        client.post("special-days/refill", json={"years": [2026]}, headers={"Idempotency-Key": "r"}) for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json() and len(desk.audit()) == before + 1


def test_an_ordinary_day_cannot_be_cleared(client: TestClient) -> None:
    refused = client.delete("special-days/2026-11-18", headers={"Accept-Language": "en"})
    assert (refused.status_code, refused.json()["code"]) == (404, "special_day_unknown")
    assert "2026-11-18" in refused.json()["detail"]


@pytest.mark.parametrize("day", ["2026-02-29", "18-11-2026", "1795000000", "1999-12-31", "2026-1-1"])
def test_a_day_is_written_in_one_way(client: TestClient, day: str) -> None:
    refused = client.put(f"special-days/{day}", json={"name": "x"})
    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "not_a_day"


@pytest.mark.parametrize("years", [[], [1999], [2100], ["2026"], [2026] * 21])
def test_years_to_ask_for(client: TestClient, years: list[object]) -> None:
    assert client.post("special-days/refill", json={"years": years}).status_code == 422
