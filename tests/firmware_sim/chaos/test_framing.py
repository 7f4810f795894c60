"""Packets are cut out of any stream, in any pieces, and nothing that a stranger sends does harm."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.chaos import framing
from firmware_sim.chaos.errors import NotMqtt
from firmware_sim.chaos.framing import Framer, Packet, again, read_header, read_publish, write_header

PACKETS = st.lists(
    st.builds(
        lambda first, body: write_header(first, len(body)) + body, st.integers(0x10, 0xEF), st.binary(max_size=400)
    ),
    max_size=8,
)


def pieces_of(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(PACKETS, st.lists(st.integers(0, 10_000), max_size=12))
def test_packets_come_out_whole_however_the_stream_is_cut(packets: list[bytes], cuts: list[int]) -> None:
    framer, found = Framer(), []
    for piece in pieces_of(b"".join(packets), cuts):
        found += framer.feed(piece)
    assert [packet.raw for packet in found] == packets
    assert framer.held == 0


@given(st.lists(st.binary(max_size=64), max_size=20))
def test_hostile_bytes_are_packets_or_refused_and_never_held_without_bound(hostile: list[bytes]) -> None:
    framer, fed, found = Framer(most=256), 0, 0
    try:
        for data in hostile:
            fed += len(data)
            for packet in framer.feed(data):
                found += len(packet.raw)
                look_into(packet)
            assert framer.held <= 256
    except NotMqtt:
        return
    assert found + framer.held == fed


def look_into(packet: Packet) -> None:
    for read in (framing.client_id, read_publish, framing.acknowledged, framing.accepted):
        try:
            read(packet)  # type: ignore[operator]
        except NotMqtt:
            continue


@given(st.integers(0, 268_435_455), st.integers(0x10, 0xEF))
def test_every_length_is_read_as_it_was_written(length: int, first: int) -> None:
    header = write_header(first, length)
    assert read_header(header, 0) == (len(header), length) and len(header) <= 5
    assert all(read_header(header[:cut], 0) is None for cut in range(len(header)))


@pytest.mark.parametrize("bad", [b"\x00\x00", b"\xf0\x00", b"\x30\xff\xff\xff\xff\x01", b"GET / HTTP/1.1"])
def test_what_is_no_mqtt_is_refused(bad: bytes) -> None:
    with pytest.raises(NotMqtt):
        Framer().feed(bad + bytes(200))


def test_a_packet_longer_than_allowed_is_refused_before_it_is_here() -> None:
    with pytest.raises(NotMqtt):
        Framer().feed(write_header(0x30, 200 * 1024 * 1024))


def publish(topic: str, number: int, payload: bytes, qos: int = 1, dup: bool = False) -> Packet:
    """A PUBLISH by the letter of the standard, written here a second time."""
    head = len(topic.encode()).to_bytes(2, "big") + topic.encode() + (number.to_bytes(2, "big") if qos else b"")
    return Framer().feed(write_header(0x30 | qos << 1 | dup << 3, len(head + payload)) + head + payload)[0]


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), st.integers(1, 65_535), st.binary(max_size=500))
def test_a_message_delivered_again_differs_by_dup_and_number_alone(topic: str, number: int, payload: bytes) -> None:
    first = publish(topic, number, payload)
    assert read_publish(first) == framing.Publish(topic, number, payload)
    assert again(first, 65_535) == publish(topic, 65_535, payload, dup=True)


def test_the_name_of_a_client_is_read() -> None:
    body = b"\x00\x04MQTT\x04\x02\x00\x1e\x00\x05loa-7"
    packet = Framer().feed(write_header(0x10, len(body)) + body)[0]
    assert framing.client_id(packet) == "loa-7"
