"""A clock that is corrected while a bulletin sounds makes nothing of it sound twice."""

from hypothesis import given
from hypothesis import strategies as st

from devices.protocol.codec import parse
from devices.protocol.messages.orders import Play
from devices.protocol.signing import open_envelope
from devices.protocol.units import MILLI, SECOND
from firmware_sim import orders, progress
from firmware_sim.entries import PlayEntry, Sounding
from tests.firmware_sim.headquarters import T0, Headquarters, name_of

HQ = Headquarters()
DURATION = 10_000
MONO = 5 * SECOND


def play(repeats: int) -> PlayEntry:
    _, raw = HQ.play("news", "a" * 64, DURATION, start_at=T0, repeats=repeats, gap=2_000, max_late=60_000)
    message = parse(open_envelope(raw).payload, Play)
    return PlayEntry(
        order=name_of("news"), occurrence=name_of("news-1"), expires_at=message.expires_at, play=message, origin=T0
    )


def on_air(entry: PlayEntry, repeat: int, offset: int) -> PlayEntry:
    position = repeat * orders.period(entry.play) + offset
    stretch = Sounding(
        part="body", repeat=repeat, sha256="a" * 64, from_ms=offset // MILLI, position=position,
        length=DURATION * MILLI, mono=MONO, wall=T0 + position, true=None, resumed=offset > 0,
    )  # fmt: skip
    return progress.begun(progress.armed(entry, stretch, T0), MONO)


@given(
    st.integers(1, 3),
    st.data(),
    st.integers(0, 9_000 * MILLI),
    st.integers(-30 * SECOND, 30 * SECOND),
)
def test_nothing_on_air_is_proposed_again(repeats: int, data: st.DataObject, offset: int, correction: int) -> None:
    repeat = data.draw(st.integers(0, repeats - 1))
    entry = on_air(play(repeats), repeat, offset)
    free = T0 + repeat * orders.period(entry.play) + DURATION * MILLI + correction
    span = orders.next_span(entry, 0, free)
    if span is not None:
        assert span.repeat > repeat


def test_what_was_taken_off_the_air_goes_on_where_it_was_left() -> None:
    entry = progress.closed(on_air(play(1), 0, 2 * SECOND), MONO, 3 * SECOND, "preempted")
    span = orders.next_span(entry, 0, T0 + SECOND)
    assert span is not None and span.offset == 5 * SECOND
