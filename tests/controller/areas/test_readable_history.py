"""Reports and calendars of before a change read as they did before it."""

from datetime import date, timedelta

import pytest

from controller.exchange.on_air import ordered, read_changes
from controller.reports.counting import Asked, count, names
from controller.reports.figures import Per, lines
from devices.protocol.units import DAY, HOUR
from firmware_sim.village.office import Office
from firmware_sim.village.virtual_time import START
from scheduler.recurrence.period import period
from tests.controller.areas.test_moving_on_the_wire import MERGE, Street

FIRST = date(2026, 11, 17)
BEFORE, LATER = (
    period(FIRST + timedelta(days=add), FIRST + timedelta(days=add + 1), "Asia/Ho_Chi_Minh") for add in (0, 60)
)


@pytest.fixture
def street(office: Office) -> Street:
    return Street(office)


def report(street: Street, asked: Asked, per: Per = "area") -> dict[str, int]:
    """Name to airings."""
    with street.office.database.read() as session:
        called = names(session, per, asked.period.end - 1)
        found = lines(count(session, asked, per), asked.period, "day", called)
    return {line.name: line.figures.planned for line in found}


def test_a_report_of_before_says_the_old_names_and_places(street: Street) -> None:
    assert BEFORE.begin <= START < BEFORE.end
    street.order(street.first)
    told = report(street, Asked(BEFORE)), report(street, Asked(BEFORE, area=street.first))
    street.bench.now += 30 * DAY
    street.change(**MERGE, areas=[street.first, street.second])
    street.change(kind="rename", area=street.province, name="Tỉnh Đồng Tháp")
    assert (report(street, Asked(BEFORE)), report(street, Asked(BEFORE, area=street.first))) == told
    assert told[0] == {"Tỉnh Tiền Giang / Xã Tân Đông": 2, "Tỉnh Tiền Giang / Xã Tân Đông / Ấp 1": 2}
    new = street.areas()[street.first].merged_into
    assert report(street, Asked(BEFORE, area=new)) == {}


def test_a_report_of_after_says_the_new_ones(street: Street) -> None:
    street.bench.now = LATER.begin + HOUR
    street.change(**MERGE, areas=[street.first, street.second])
    new = str(street.areas()[street.first].merged_into)
    street.bench.now += HOUR
    street.order(new)
    assert report(street, Asked(LATER, area=new)) == {
        "Tỉnh Tiền Giang / Xã Gò Công": 4,
        "Tỉnh Tiền Giang / Xã Gò Công / Ấp 1": 2, "Tỉnh Tiền Giang / Xã Gò Công / Ấp 2": 2,
    }  # fmt: skip
    assert report(street, Asked(LATER, area=street.first)) == {}


def test_the_feed_of_an_area_that_is_no_more_shows_what_it_heard(street: Street) -> None:
    street.order(street.first)
    street.bench.now += DAY
    street.change(**MERGE, areas=[street.first, street.second])
    street.order(str(street.areas()[street.first].merged_into))
    with street.office.database.read() as session:
        window = START - DAY, START + 3 * DAY, street.bench.now
        counts = {
            area: [event.speakers for event in ordered(session, area, *window, read_changes(session))]
            for area in (street.first, str(street.areas()[street.first].merged_into))
        }
    assert list(counts.values()) == [[4], [8]]
