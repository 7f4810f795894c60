"""How audio comes to a speaker over a line that may lose, refuse, delay and lie."""

import itertools
import random
from collections import Counter

import pytest

from devices.protocol.units import MINUTE, SECOND
from firmware_sim.memory_flash import MemoryFlash
from firmware_sim.transfer import Want, start_delay
from tests.firmware_sim.headquarters import after, name_of
from tests.firmware_sim.street import Street

NEWS = name_of("news-1")


@pytest.fixture
def street() -> Street:
    return Street().joined()


def noise(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def order(street: Street, blob: str, word: str = "news", **changes: object) -> None:
    """Due so soon that the transfer begins at once."""
    changes = {"start_at": after(12), "max_late": 500_000} | changes
    street.say(street.hq.play(word, blob, 4_000, **changes))


def asked(street: Street) -> list[str]:
    """Leaves of the blob topics that were subscribed, in order."""
    return [topic.rsplit("/", 1)[1] for verb, topic in street.wire if verb == "subscribe" and "/blob/" in topic]


def test_the_manifest_comes_first_then_every_chunk_once(street: Street) -> None:
    blob = street.blob(noise(40_000), 4_000)
    order(street, blob)
    street.run(5)
    assert asked(street) == ["m", *map(str, range(10))]
    assert street.flash.has(blob) and street.words(NEWS)[0] == "have"


def test_never_more_than_four_topics_at_a_time_and_none_left_behind(street: Street) -> None:
    order(street, street.blob(noise(80_000), 4_000))
    street.run(5)
    up, most = set(), 0
    for verb, topic in street.wire:
        if "/blob/" in topic:
            (up.add if verb == "subscribe" else up.discard)(topic)
            most = max(most, len(up))
    assert most == 4 and not up


def test_chunks_are_asked_for_at_qos_0(street: Street) -> None:
    seen = {}

    class Listening(Street):
        def subscribe(self, topic: str, qos: int) -> None:
            seen[topic] = qos
            super().subscribe(topic, qos)

    street = Listening()
    blob = street.blob(noise(9_000), 4_000)
    order(street.joined(), blob)
    street.run(5)
    topics = street.hq.topics
    assert {seen[topics.manifest(blob)], seen[topics.chunk(blob, 0)]} == {0}
    assert seen[topics.down_all(street.device)] == seen[topics.trust] == seen[topics.area_all(name_of("area"))] == 1
    assert seen[topics.time_answer(street.device)] == 0


def test_silence_means_unsubscribe_and_ask_again_later_each_time(street: Street) -> None:
    blob = street.blob(noise(3_000), 4_000)
    chunk = street.hq.topics.chunk(blob, 0)
    moments = []
    street.loses = lambda topic: topic == chunk and (moments.append(street.now) or True)
    order(street, blob)
    street.run(240)
    assert [verb for verb, topic in street.wire if topic == chunk] == ["subscribe", "unsubscribe"] * len(moments)
    pauses = [(later - earlier) / SECOND - 4 for earlier, later in itertools.pairwise(moments)]
    assert 0.5 <= pauses[0] <= 1.1 and all(pause <= 60 for pause in pauses)
    assert pauses[4] > 4 * pauses[0] and 5 <= len(moments) <= 14
    street.loses = lambda topic: False
    street.run(80)
    assert street.flash.has(blob)


def test_a_slow_line_is_not_asked_again_while_something_comes(street: Street) -> None:
    blob = street.blob(noise(16_000), 4_000)
    street.loses = lambda topic: topic.rsplit("/", 1)[1].isdigit()
    order(street, blob)
    for index in range(4):
        street.run(3.5)
        street.loses = lambda topic: False
        street.deliver(street.hq.topics.chunk(blob, index), noise(16_000)[index * 4096 : (index + 1) * 4096])
        street.loses = lambda topic: topic.rsplit("/", 1)[1].isdigit()
    street.run(1)
    assert street.flash.has(blob) and max(Counter(asked(street)).values()) == 1


def test_a_refused_subscription_is_asked_for_again(street: Street) -> None:
    blob = street.blob(noise(3_000), 4_000)
    street.refuses = lambda topic: "/blob/" in topic and street.now < after(15)
    order(street, blob)
    street.run(20)
    assert street.flash.has(blob)
    manifest = [verb for verb, topic in street.wire if topic == street.hq.topics.manifest(blob)]
    assert manifest[:4] == ["subscribe", "unsubscribe", "subscribe", "unsubscribe"]


def test_a_refused_area_is_asked_for_again() -> None:
    street = Street()
    area = street.hq.topics.area_all(name_of("area"))
    street.refuses = lambda topic: topic == area and street.now < after(8)
    street.joined().run(15).say(street.hq.play("news", street.tone(3), 3_000)).run(60)
    assert street.end(NEWS).state == "played"


def test_a_flipped_bit_is_thrown_away_reported_and_fetched_again(street: Street) -> None:
    blob = street.tone(4)
    chunk = street.hq.topics.chunk(blob, 0)
    spoiled = []

    def flip(topic: str, payload: bytes) -> bytes:
        if topic == chunk and len(spoiled) < 2:
            spoiled.append(topic)
            return bytes([payload[0] ^ 1]) + payload[1:]
        return payload

    street.changes = flip
    street.say(street.hq.play("news", blob, 4_000)).run(60)
    assert {report.code for report in street.reports} == {"bad_chunk"}
    assert street.end(NEWS).state == "played"


def test_always_wrong_bytes_are_silence(street: Street) -> None:
    blob = street.tone(4)
    street.changes = lambda topic, payload: payload[:-1] + b"?" if topic == street.hq.topics.chunk(blob, 1) else payload
    street.say(street.hq.play("news", blob, 4_000)).run(90)
    assert not street.started() and street.words(NEWS) == ["expired"]


def test_a_manifest_that_promises_other_bytes_than_the_blob_is_no_blob(street: Street) -> None:
    """Chunks fit the manifest, the whole does not fit its name."""
    blob = street.blob(noise(3_000), 4_000)
    liar = Street(hq=street.hq)
    liar.blob(noise(3_000, seed=2), 4_000)
    wrong = street.hq.blob_named(blob, noise(3_000, seed=2), 4_000)
    street.retained |= wrong
    order(street, blob)
    street.run(20)
    assert not street.flash.has(blob) and not street.words(NEWS)
    assert {report.code for report in street.reports} == {"bad_chunk"}


def test_a_manifest_in_an_unknown_codec_refuses_the_order(street: Street) -> None:
    blob = street.blob(noise(3_000), 4_000)
    street.retained |= street.hq.manifest_of_codec(blob, "mp3")
    order(street, blob)
    street.run(5)
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("refused", "unknown_codec")


def test_a_cut_costs_no_more_than_the_window(street: Street) -> None:
    blob = street.blob(noise(200_000), 4_000)
    order(street, blob)
    for _ in range(5):
        street.run(0.08).disconnect()
        street.run(1).connect()
    street.run(10)
    assert street.flash.has(blob)
    assert len(asked(street)) <= 50 + 5 * 4


def test_urgent_blobs_go_before_others() -> None:
    street = Street()
    later, soon = street.blob(noise(60_000, 1), 4_000), street.blob(noise(60_000, 2), 4_000)
    clip = street.blob(noise(30_000, 3), 4_000)
    street.joined()
    street.loses = lambda topic: "/blob/" in topic
    order(street, later, "later", start_at=after(19))
    order(street, soon, "soon", start_at=after(17))
    street.say(street.hq.config(street.device, 2, clips={"tone": clip})).run(1).disconnect()
    street.loses = lambda topic: False
    street.wire.clear()
    street.connect().run(15)
    arrived = [receipt.order for receipt in street.receipts if receipt.state == "have"]
    assert arrived == [name_of("soon"), name_of("later")]
    chunks = [topic for verb, topic in street.wire if verb == "subscribe" and topic.rsplit("/", 1)[1].isdigit()]
    assert clip in chunks[0] and clip in chunks[7]


def test_when_an_order_is_stopped_its_transfer_ends(street: Street) -> None:
    blob = street.blob(noise(200_000), 4_000)
    order(street, blob)
    street.run(0.1).say(street.hq.stop("news")).run(1)
    count = len(street.wire)
    street.run(30)
    assert len(street.wire) == count and not street.flash.has(blob)
    verbs = Counter(verb for verb, topic in street.wire if blob in topic)
    assert verbs["subscribe"] == verbs["unsubscribe"]


def test_the_start_is_put_off_by_a_random_share_of_the_time_to_air() -> None:
    chance = random.Random(1)
    now, takes = after(0), SECOND
    draw = [start_delay(Want("b", now + 2 * MINUTE), takes, now, chance) for _ in range(2_000)]
    slack = 2 * MINUTE - 5 * SECOND - SECOND
    assert 0 <= min(draw) < slack // 50 and slack * 49 // 50 < max(draw) <= slack
    assert abs(sum(draw) / len(draw) - slack / 2) < slack / 20
    far = [start_delay(Want("b", now + 100 * MINUTE), takes, now, chance) for _ in range(500)]
    assert max(far) <= 10 * MINUTE


@pytest.mark.parametrize(
    "want",
    [Want("b", after(6)), Want("b", None), Want("b", after(900), urgent=True), Want("b", after(-60))],
)
def test_no_delay_for_what_is_urgent_or_due(want: Want) -> None:
    assert start_delay(want, SECOND, after(0), random.Random(1)) == 0
    assert start_delay(Want("b", after(900)), SECOND, None, random.Random(1)) == 0


def test_an_order_for_much_later_is_fetched_within_its_share(street: Street) -> None:
    blob = street.blob(noise(20_000), 4_000)
    order(street, blob, start_at=after(500), max_late=10_000)
    street.run(1)
    assert asked(street) == ["m"]
    street.run_until(after(496))
    assert street.flash.has(blob)


def test_the_blob_played_longest_ago_makes_room_and_a_clip_never() -> None:
    street = Street(flash=MemoryFlash(40_000))
    clip = street.blob(noise(6_000, 9), 4_000)
    street.joined(clips={"tone": clip})
    played = [street.tone(3, pitch) for pitch in (300, 310)]
    sizes = []
    for number, blob in enumerate(played):
        start = after(30 + 20 * number)
        street.say(street.hq.play(f"o{number}", blob, 3_000, start_at=start)).run_until(start + 10 * SECOND)
        sizes.append(sum(street.flash.held().values()))
    assert set(street.flash.whole()) == {clip, *played}
    third = street.blob(noise(40_000 - max(sizes) + 100, 5), 4_000)
    order(street, third, "third", start_at=after(75), expires_at=after(700))
    street.run(20)
    assert set(street.flash.whole()) == {clip, played[1], third}


def test_an_emergency_always_fits() -> None:
    street = Street(flash=MemoryFlash(40_000))
    siren, speech = street.tone(2, 900), street.tone(5, 300)
    street.joined(clips={"tone": siren})
    waiting = street.blob(noise(25_000), 4_000)
    order(street, waiting, start_at=after(300), expires_at=after(900))
    street.run_until(after(299))
    assert street.flash.has(waiting)
    street.say(street.hq.alert("flood", 1, siren, start_at=after(299), speech=speech, speech_duration=5_000)).run(30)
    assert street.end(name_of("flood")).state == "played"
    assert street.flash.has(siren)


def test_an_emergency_takes_the_room_of_a_transfer_under_way() -> None:
    street, waiting, siren, speech = under_way()
    street.say(street.hq.alert("flood", 1, siren, start_at=after(12), speech=speech, speech_duration=5_000))
    street.run(1).deliver(street.hq.topics.chunk(waiting, 5), noise(25_000)[5 * 4096 : 6 * 4096])
    street.loses = lambda topic: False
    street.run(30)
    assert street.end(name_of("flood")).state == "played"
    assert street.flash.has(speech) and "no_space" in street.end(NEWS).reason


def test_a_flash_that_has_shrunk_gives_no_place_away_in_vain() -> None:
    street, waiting, siren, speech = under_way()
    street.flash.capacity = 5_000
    street.say(street.hq.alert("flood", 1, siren, start_at=after(12), speech=speech, speech_duration=5_000))
    street.run(1)
    street.loses = lambda topic: False
    street.run(8)
    assert street.flash.has(waiting)


def under_way() -> tuple[Street, str, str, str]:
    """A speaker that lacks one piece of an order's sound; a siren that it holds, and a speech that it does not."""
    street = Street(flash=MemoryFlash(40_000))
    siren, speech = street.tone(2, 900), street.tone(5, 300)
    street.joined(clips={"tone": siren})
    waiting = street.blob(noise(25_000), 4_000)
    street.loses = lambda topic: topic.endswith("/5")
    order(street, waiting, start_at=after(15))
    street.run(2)
    assert street.flash.missing(waiting) == [5]
    return street, waiting, siren, speech
