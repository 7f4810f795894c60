"""What is remembered of a client between two connections: messages to be delivered again, and cuts of transfers."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.chaos.framing import Publish, read_publish
from firmware_sim.chaos.pipe import FULL, Pipe
from firmware_sim.chaos.redelivery import MOST, Redelivery
from firmware_sim.chaos.transfers import Transfers
from tests.devices.protocol.samples import MAKERS, PLACES, TOPICS, signed
from tests.firmware_sim.chaos.test_framing import publish


def numbers(redelivery: Redelivery) -> list[bytes]:
    return [read_publish(packet).payload for packet in redelivery.begin()]


@given(st.lists(st.tuples(st.integers(1, 30), st.booleans()), max_size=60), st.booleans())
def test_what_was_not_acknowledged_comes_again_once_in_order(passed: list[tuple[int, bool]], loses: bool) -> None:
    redelivery = Redelivery(lambda: loses)
    waiting: dict[int, bytes] = {}
    lost: list[bytes] = []
    for place, (number, answered) in enumerate(passed):
        payload = str(place).encode()
        redelivery.passes(publish("t", number, payload), number)
        waiting.pop(number, None)
        waiting[number] = payload
        if answered:
            assert not redelivery.answered(number)
            lost += [waiting.pop(number)]
    assert numbers(redelivery) == [*(lost if loses else []), *waiting.values()]
    assert redelivery.begin() == []


def test_only_the_acknowledgement_of_what_came_again_is_kept_from_the_sender() -> None:
    redelivery = Redelivery(lambda: False)
    redelivery.passes(publish("t", 5, b"x"), 5)
    (packet,) = redelivery.begin()
    number = read_publish(packet).number
    assert packet.raw[0] & 8, "DUP"
    redelivery.passes(publish("t", 5, b"y"), 5)
    assert redelivery.answered(number) and not redelivery.answered(number) and not redelivery.answered(5)


def test_without_a_share_nothing_is_kept_and_with_one_not_everything() -> None:
    silent, full = Redelivery(), Redelivery(lambda: True)
    for number in range(1, MOST + 100):
        silent.passes(publish("t", number, b""), number)
        full.passes(publish("t", number, str(number).encode()), number)
        full.answered(number)
    assert silent.begin() == []
    assert numbers(full) == [str(number).encode() for number in range(100, MOST + 100)]


def chunk(index: int, size: int) -> Publish:
    sha256 = TOPICS.parse(PLACES["manifest"]).subject
    return Publish(TOPICS.chunk(sha256, index), 0, bytes(size))


def test_a_transfer_is_cut_where_it_was_asked_and_once_for_each_client() -> None:
    manifest = MAKERS["manifest"]()
    size, step = manifest.size, manifest.chunk_bytes  # type: ignore[attr-defined]
    transfers = Transfers((0, 100))
    for client in ("a", "b"):
        assert transfers.cut_within(client, chunk(0, step)) is None, "nobody knows its size yet"
        assert transfers.cut_within(client, Publish(PLACES["manifest"], 0, signed(manifest))) is None
        assert transfers.cut_within(client, chunk(0, step)) == 0
        last = -(-size // step) - 1
        for index in range(last):
            assert transfers.cut_within(client, chunk(index, step)) is None
        rest = size - last * step
        assert transfers.cut_within(client, chunk(last, rest)) == rest
        assert transfers.cut_within(client, chunk(last, rest)) is None
        assert transfers.cut_within(client, chunk(last, rest)) is None


@given(st.text(max_size=60), st.binary(max_size=60))
def test_strange_topics_and_payloads_are_let_through(topic: str, payload: bytes) -> None:
    assert Transfers((50,)).cut_within("a", Publish(topic, 0, payload)) is None
    assert Transfers((50,)).cut_within("a", Publish(PLACES["manifest"], 0, payload)) is None


def test_a_full_pipe_stops_the_reading_until_what_is_under_way_has_left_or_vanished() -> None:
    reading: list[bool] = []
    written: list[bytes] = []

    class Slow:
        wait = 3_600_000_000

        def arrival(self, now: int, _size: int) -> int:
            return now + self.wait

    async def play() -> None:
        lane = Slow()
        pipe = Pipe(lane, written.append, reading.append)
        pipe.put(bytes(FULL))
        pipe.send()
        assert reading == [False]
        pipe.drop()
        assert reading == [False, True], "a link that falls silent swallows what still comes"
        lane.wait = 0
        pipe = Pipe(lane, written.append, reading.append)
        pipe.put(bytes(FULL))
        pipe.then(lambda: written.append(b"end"))
        await asyncio.sleep(0.05)

    asyncio.run(play())
    assert reading == [False, True, False, True]
    assert b"".join(written) == bytes(FULL) + b"end" and written[-1] == b"end"
