"""A commune's week through the interface: programmes as programs send them, and an almanac that works when asked."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.testclient import TestClient

from controller.programmes.almanac import Almanac
from tests.fakes.bench import Bench
from tests.fakes.desk import ApiDesk, Place, real_now

VIETNAM = timedelta(hours=7)


def programme(place: Place, **changes: Any) -> dict[str, Any]:
    """Every day at 05:00 in the commune, unless it is said otherwise; `times` and `days` go into the recurrence."""
    recurrence = {"days": {"kind": "daily"}, "times": ["05:00"], "first": "2026-01-01"}
    for name in ("times", "days", "first", "last", "only_on"):
        if name in changes:
            recurrence[name] = changes.pop(name)
    return {
        "title": "Bản tin sáng", "owner": place.area, "content": {"kind": "bulletin", "bulletin": place.bulletin},
        "targets": {"areas": [place.area]}, "recurrence": recurrence,
    } | changes  # fmt: skip


def keep(client: TestClient, place: Place, **changes: Any) -> str:
    """Save it; its id."""
    answer = client.post("programmes", json=programme(place, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def next_at(hour: int, minute: int = 0, days: int = 1) -> datetime:
    """That time in Vietnam, `days` days after today there, in UTC."""
    today = (datetime.now(UTC) + VIETNAM).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return today + timedelta(days=days) - VIETNAM


def first_at(hour: int, minute: int = 0) -> datetime:
    """When it is that time in Vietnam next, in UTC."""
    today = next_at(hour, minute, days=0)
    return today if today > datetime.now(UTC) else next_at(hour, minute)


def plan(desk: ApiDesk, now: int | None = None) -> Bench:
    """The almanac makes its timetable and the controller says its plans."""
    bench = Bench(desk.office, now or real_now())
    almanac = Almanac(bench.controller.leadership, bench.controller.plans, desk.office.new_id)
    while almanac.do_once(bench.now):
        pass
    for _ in range(3):
        bench.step()
    return bench
