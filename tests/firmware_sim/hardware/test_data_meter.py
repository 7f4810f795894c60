"""What a SIM card has carried."""

from datetime import datetime

import pytest

from firmware_sim.hardware.data_meter import DataMeter, MeteredLine, carried, month_of


def instant(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * 1_000_000


def test_a_small_message_is_one_segment_and_its_acknowledgement() -> None:
    assert carried("a" * 94, 300) == (440, 40)


def test_a_chunk_is_many_segments() -> None:
    there, back = carried("t", 65_536)
    assert (there, back) == (65_543 + 49 * 40, 49 * 40)


@pytest.mark.parametrize(
    ("before", "later", "reset_day", "is_new"),
    [
        ("2026-01-31T16:59:59+00:00", "2026-01-31T17:00:00+00:00", 1, True),
        ("2026-01-31T23:59:59+07:00", "2026-02-14T23:59:59+07:00", 15, False),
        ("2026-02-14T23:59:59+07:00", "2026-02-15T00:00:00+07:00", 15, True),
        ("2026-12-31T23:59:59+07:00", "2027-01-01T00:00:00+07:00", 1, True),
    ],
    ids=["local midnight", "another day of reset", "that day", "new year"],
)
def test_a_month_begins_on_its_day_at_local_midnight(before: str, later: str, reset_day: int, is_new: bool) -> None:
    meter = DataMeter()
    meter.turn_to(instant(before), reset_day)
    meter.received("t", 1_000)
    meter.turn_to(instant(later), reset_day)
    assert (meter.used == 0) is is_new
    assert month_of(instant(later), reset_day) - month_of(instant(before), reset_day) == is_new


def test_time_that_goes_back_gives_nothing_back() -> None:
    meter = DataMeter()
    meter.turn_to(instant("2026-03-01T12:00:00+07:00"), 1)
    meter.sent("t", 10)
    meter.turn_to(instant("2026-02-01T12:00:00+07:00"), 1)
    assert meter.used > 0


def test_all_that_goes_up_is_counted_and_goes_on() -> None:
    class Line:
        def __init__(self) -> None:
            self.seen: list[tuple[object, ...]] = []

        def publish(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
            self.seen.append((topic, payload, qos, retain))

        def subscribe(self, topic: str, qos: int) -> None:
            self.seen.append((topic, qos))

        def unsubscribe(self, topic: str) -> None:
            self.seen.append((topic,))

    inner, meter = Line(), DataMeter()
    line = MeteredLine(inner, meter)
    line.publish("a", b"xyz", 1, True)
    line.subscribe("b", 0)
    line.unsubscribe("b")
    assert inner.seen == [("a", b"xyz", 1, True), ("b", 0), ("b",)]
    assert meter.up == sum(carried(topic, size)[0] for topic, size in (("a", 3), ("b", 0), ("b", 0)))
    assert meter.down == 3 * 40
