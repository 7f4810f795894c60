"""A line so slow that a chunk takes many seconds: nothing is asked for twice, and an alert does not wait long."""

from collections import Counter
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.units import SECOND
from firmware_sim.pace import AHEAD, LONGEST, QUIET, TRUSTED, Pace
from firmware_sim.transfer import Want, start_delay
from tests.firmware_sim.headquarters import after
from tests.firmware_sim.street import Street
from tests.firmware_sim.test_fetching import asked, noise, order

CHUNK = 16_384


@dataclass
class NarrowStreet(Street):
    """What comes down queues behind what came before it, as in a broker's socket; bytes trickle out all the time."""

    rate: int = 2_800
    """Bytes a second."""
    came_bytes: int = 0
    _free_at: int = 0

    def deliver(self, topic: str, payload: bytes, after: int | None = None) -> None:
        begin = max(self._free_at, self.now)
        self._free_at = begin + len(payload) * SECOND // self.rate
        self.came_bytes += len(payload) * topic.rsplit("/", 1)[1].isdigit()
        for at in range(begin, self._free_at, SECOND // 2):
            self.later(at - self.now, self._trickle)
        super().deliver(topic, payload, self._free_at - self.now + self.way)

    def _trickle(self) -> None:
        if self.speaker and self.connected:
            self.speaker.on_bytes(self.mono)


def narrow(rate: int = 2_800) -> NarrowStreet:
    street = NarrowStreet().joined()
    street.rate = rate
    return street


def test_every_chunk_is_asked_for_once_however_long_it_takes() -> None:
    street = narrow()
    blob = street.blob(noise(8 * CHUNK), 4_000, CHUNK)
    order(street, blob, start_at=after(80))
    street.run(120)
    assert street.flash.has(blob)
    assert max(Counter(asked(street)).values()) == 1 and street.came_bytes == 8 * CHUNK


def test_even_a_chunk_that_takes_half_a_minute() -> None:
    street = narrow(2_000)
    blob = street.blob(noise(3 * 65_536), 4_000, 65_536)
    order(street, blob, start_at=after(14))
    street.run(130)
    assert street.flash.has(blob) and street.came_bytes == 3 * 65_536


def test_the_line_does_not_idle_for_a_round_trip_between_chunks() -> None:
    street = narrow()
    street.way = 700_000
    blob = street.blob(noise(16 * CHUNK), 4_000, CHUNK)
    order(street, blob)
    begin = street.now
    while not street.flash.has(blob):
        street.run(0.5)
    assert street.now - begin < 16 * CHUNK * SECOND // 2_800 + 9 * SECOND, "15 trips of 0.7 s are saved, but the first"
    assert street.came_bytes == 16 * CHUNK


def test_an_alert_waits_for_one_chunk_at_most() -> None:
    street = NarrowStreet()
    tone = street.tone(2)
    street.joined({"tone": tone}).run(5)
    street.rate = 2_800
    order(street, street.blob(noise(14 * CHUNK), 4_000, CHUNK))
    street.run(30)
    asked_at = street.now
    street.say(street.hq.alert("flood", 1, tone))
    street.run(15)
    (started,) = street.started("tone")
    assert started["true"] - asked_at < 2 * CHUNK * SECOND // 2_800


def test_a_line_that_becomes_fast_is_used() -> None:
    street = narrow(5_000)
    blob = street.blob(noise(14 * CHUNK), 4_000, CHUNK)
    order(street, blob)
    street.run(20)
    assert street.came_bytes < 9 * CHUNK
    street.rate = 1_000_000
    street.run(5)
    assert street.flash.has(blob) and street.came_bytes == 14 * CHUNK


def test_a_piece_is_given_up_in_the_end_though_other_things_come() -> None:
    street = narrow(1_000_000)
    blob = street.blob(noise(3 * CHUNK), 4_000, CHUNK)
    lost = street.hq.topics.chunk(blob, 1)
    street.loses = lambda topic: topic == lost and street.now < after(40)
    order(street, blob, start_at=after(20), max_late=500_000)
    for _ in range(120):
        street.run(1)
        street.speaker.on_bytes(street.mono)
    assert street.flash.has(blob)


@given(st.lists(st.tuples(st.integers(1, 65_536), st.integers(0, 100 * SECOND)), max_size=20), st.integers(1, 65_536))
def test_pace_is_never_impatient_never_blocked_and_never_for_ever(came: list[tuple[int, int]], size: int) -> None:
    pace = Pace()
    for one, took in came:
        pace.came(one, took)
    assert pace.allows(0, size), "one piece always may be asked for"
    assert pace.patience(size) >= QUIET and pace.limit(size) >= LONGEST
    assert pace.patience(size) >= 2 * pace.time_for(size) >= 2 * size * SECOND // TRUSTED
    if came and pace.allows(size, size) and pace.time_for(size) > size * SECOND / TRUSTED + 1:
        assert 2 * pace.time_for(size) <= AHEAD + 2


def test_pace_follows_what_came() -> None:
    pace = Pace()
    assert not pace.allows(1, 1), "nothing is known yet"
    pace.came(28_000, 10 * SECOND)
    assert pace.time_for(2_800) == SECOND and not pace.allows(CHUNK, CHUNK) and pace.allows(6_000, 8_000)
    for _ in range(20):
        pace.came(CHUNK, SECOND // 100)
    assert pace.allows(3 * 65_536, 65_536) and pace.patience(65_536) == QUIET


def test_a_start_is_put_off_by_less_on_a_slow_line() -> None:
    class Latest:
        def uniform(self, _low: float, high: float) -> float:
            return high

    want, slow = Want("b", after(600)), Pace()
    slow.came(28_000, 10 * SECOND)
    fast_delay = start_delay(want, 2 * Pace().time_for(500_000), after(0), Latest())
    slow_delay = start_delay(want, 2 * slow.time_for(500_000), after(0), Latest())
    assert fast_delay > 580 * SECOND and slow_delay < 240 * SECOND
