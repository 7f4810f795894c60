"""A flash that misbehaves, and a speaker that neither plays wrong bytes nor plays twice because of it."""

import random
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from firmware_sim.errors import NoSpace
from firmware_sim.flash import Shape, free
from firmware_sim.folder_flash import FolderFlash
from firmware_sim.hardware.faulty_flash import FaultyFlash, PowerDied, write_time
from firmware_sim.journal import Journal
from firmware_sim.memory_flash import MemoryFlash
from tests.firmware_sim.headquarters import after, name_of
from tests.firmware_sim.street import Street

A, B = "a" * 64, "b" * 64
NEWS = name_of("news-1")


@pytest.fixture
def flash() -> FaultyFlash:
    return FaultyFlash(MemoryFlash(4 * 1024 * 1024))


def store(flash: FaultyFlash, sha256: str, content: bytes) -> None:
    flash.reserve(sha256, Shape(len(content), 100))
    for index in range(-(-len(content) // 100)):
        flash.write_chunk(sha256, index, content[index * 100 : index * 100 + 100])
    flash.seal(sha256)


# The faults


def test_a_flash_that_is_filled_twice_is_full() -> None:
    flash = FaultyFlash(MemoryFlash(4_096))
    flash.fill()
    flash.fill()
    assert flash.capacity == 0
    flash.lose_room(0)
    assert flash.capacity == 4_096


def test_lost_room_is_no_space_and_comes_back(flash: FaultyFlash) -> None:
    flash.lose_room(4 * 1024 * 1024 - 500)
    assert free(flash) == 500
    with pytest.raises(NoSpace):
        flash.reserve(A, Shape(501, 100))
    flash.lose_room(0)
    flash.reserve(A, Shape(501, 100))


def test_writes_take_the_time_of_their_pages_and_blocks(flash: FaultyFlash) -> None:
    assert write_time(2_048) == 2_250 and write_time(65_536) == 32 * 250 + 2_000
    store(flash, A, bytes(300))
    assert flash.take_delay() == 0
    flash.slow_down(10)
    assert flash.put("a", b"x" * 2_047)
    assert (flash.take_delay(), flash.take_delay()) == (22_500, 0)


def test_a_turned_bit_is_read_until_the_blob_is_dropped(flash: FaultyFlash) -> None:
    store(flash, A, bytes(300))
    flash.rot(A, 8 * 299 + 7)
    assert flash.read(A) == bytes(299) + b"\x80"
    flash.rot(A, 8 * 299 + 7)
    assert flash.read(A) == bytes(300)
    flash.rot(A, 0)
    flash.drop(A)
    store(flash, A, bytes(300))
    assert flash.read(A) == bytes(300)


def test_a_rotten_item_is_gone_until_written_again(flash: FaultyFlash) -> None:
    flash.put("a", b"1")
    flash.rot_item("a")
    assert flash.get("a") is None
    flash.put("a", b"2")
    assert flash.get("a") == b"2"


def test_power_dies_at_a_byte_and_that_write_never_was(flash: FaultyFlash) -> None:
    flash.put("a", b"old")
    flash.die_in(3)
    with pytest.raises(PowerDied):
        flash.put("a", b"new")
    assert flash.get("a") == b"old"
    assert flash.put("a", b"new")


# A true disk, cut at every byte


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: a write that would is cut there."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_item_is_the_old_or_the_new_one_wherever_the_power_goes(tmp_path: Path) -> None:
    path = tmp_path / "flash" / "items.journal"
    FolderFlash(tmp_path / "flash", 1_000).put("floor", b"old")
    begin, length = path.stat().st_size, 14 + len("floor") + len("brand new")
    seen = set()
    for cut in range(length + 1):
        path.write_bytes(path.read_bytes()[:begin])
        with files_end_at(begin + cut):
            said = FolderFlash(tmp_path / "flash", 1_000).put("floor", b"brand new")
        found = FolderFlash(tmp_path / "flash", 1_000).get("floor")
        assert found == (b"brand new" if said else b"old")
        seen.add(found)
    assert seen == {b"old", b"brand new"}


def test_a_chunk_is_here_whole_or_missing_wherever_the_power_goes(tmp_path: Path) -> None:
    for cut in range(101):
        home = tmp_path / str(cut)
        FolderFlash(home, 1_000).reserve(A, Shape(200, 100))
        with files_end_at(100 + cut):
            try:
                FolderFlash(home, 1_000).write_chunk(A, 1, b"x" * 100)
            except NoSpace:
                assert FolderFlash(home, 1_000).missing(A) == [0, 1]
        again = FolderFlash(home, 1_000)
        assert again.missing(A) == [0, 1]
        again.write_chunk(A, 1, b"y" * 100)
        assert again.missing(A) == [0] and again.read(A)[100:] == b"y" * 100


def test_a_bit_that_turns_in_the_journal_costs_its_own_record_only(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    ends = []
    for key, value in (("a", b"1"), ("b", b"1"), ("b", b"2"), ("c", b"1")):
        journal.put(key, value)
        ends.append(path.stat().st_size)
    whole = path.read_bytes()
    for bit in range(ends[1] * 8, ends[2] * 8):
        raw = bytearray(whole)
        raw[bit // 8] ^= 1 << bit % 8
        path.write_bytes(raw)
        found = Journal(path)
        assert [found.get(key) for key in "abc"] == [b"1", b"1", b"1"], bit
        assert found.put("d", b"more") and Journal(path).get("d") == b"more"
        assert Journal(path).get("c") == b"1"


def test_a_spoiled_stretch_of_the_journal_is_skipped_in_good_time(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.put("a", b"1")
    begin = path.stat().st_size
    journal.put("b", bytes(300_000))
    journal.put("c", b"3")
    raw = bytearray(path.read_bytes())
    raw[begin : begin + 200_000] = random.Random(1).randbytes(200_000)
    path.write_bytes(raw)
    found = Journal(path)
    assert found.keys("") == ["a", "c"] and not found.put("k" * 256, b"")


# A speaker on it


def street_with(flash: FaultyFlash) -> Street:
    return Street(flash=flash).joined()


def hold(street: Street, blob: str) -> None:
    """Live until the blob is in flash, before it is made ready for the air."""
    while not street.flash.has(blob):
        street.run(0.1)
    assert street.now < after(80)


LATER = {"start_at": after(90), "expires_at": after(300)}


def test_audio_that_rots_before_its_time_is_fetched_again_and_plays(flash: FaultyFlash) -> None:
    street = street_with(flash)
    blob = street.tone(3)
    street.say(street.hq.play("news", blob, 3_000, **LATER))
    hold(street, blob)
    flash.rot(blob, 4_000)
    street.run(90)
    assert [report.code for report in street.reports] == ["spoiled"] and street.reports[0].about == blob
    assert street.end(NEWS).state == "played" and len(street.started()) == 1


def test_audio_that_rots_and_cannot_be_had_again_is_silence(flash: FaultyFlash) -> None:
    street = street_with(flash)
    blob = street.tone(3)
    street.say(street.hq.play("news", blob, 3_000, **LATER))
    hold(street, blob)
    flash.rot(blob, 4_000)
    street.loses = lambda topic: "/blob/" in topic
    street.run(240)
    assert street.started() == [] and (street.end(NEWS).state, street.end(NEWS).reason) == ("expired", "no_content")


def test_a_speaker_sees_its_own_rot_though_others_have_decoded_the_sound(flash: FaultyFlash) -> None:
    """The decoded sound is shared in one process; a real speaker has only its own flash."""
    first = Street().joined()
    tone = first.tone(3, 777)
    first.say(first.hq.play("news", tone, 3_000)).run(60)
    assert first.end(NEWS).state == "played"
    street = street_with(flash)
    street.tone(3, 777)
    street.say(street.hq.play("news", tone, 3_000, **LATER))
    hold(street, tone)
    street.loses = lambda topic: "/blob/" in topic
    flash.rot(tone, 1)
    street.run(120)
    assert street.started() == []


def test_a_spoiled_siren_is_fetched_again_before_it_sounds(flash: FaultyFlash) -> None:
    street = Street(flash=flash)
    siren = street.tone(2, 900)
    street.joined(clips={"tone": siren})
    flash.rot(siren, 99)
    street.say(street.hq.alert("flood", 1, siren), retain=True).run(60)
    assert "spoiled" in [report.code for report in street.reports]
    assert [line["sha256"] for line in street.started("tone")] == [siren] and flash.read(siren) != b""


def test_clips_are_looked_over_in_turn_and_mended_before_they_are_needed(flash: FaultyFlash) -> None:
    street = Street(flash=flash)
    clips = {name: street.tone(1, pitch) for name, pitch in (("tone", 500), ("siren", 600), ("bell", 700))}
    street.joined(clips=clips, heartbeat=600)
    for blob in clips.values():
        flash.rot(blob, 77)
    street.run(3 * 3 * 3_600 + 1_900)
    assert sorted(report.about for report in street.reports) == sorted(clips.values())
    assert all(flash.has(blob) and flash.read(blob) != b"" for blob in clips.values())
    assert {report.code for report in street.reports} == {"spoiled"}


def test_a_full_flash_refuses_and_says_why(flash: FaultyFlash) -> None:
    street = street_with(flash)
    flash.lose_room(4 * 1024 * 1024)
    street.say(street.hq.play("news", street.tone(3), 3_000)).run(60)
    assert (street.end(NEWS).state, street.end(NEWS).reason) == ("refused", "no_space")


class Counting(FaultyFlash):
    """Counts what is written."""

    written = 0

    def _write(self, size: int) -> None:
        self.written += size
        super()._write(size)


def bulletin_on(flash: FaultyFlash) -> Street:
    street = street_with(flash)
    return street.say(street.hq.play("news", street.tone(8), 8_000, max_late=60_000), retain=True)


@pytest.fixture(scope="module")
def writes() -> int:
    """Bytes that an undisturbed bulletin writes, from its order to its last receipt."""
    flash = Counting(MemoryFlash(4 * 1024 * 1024))
    street = street_with(flash)
    before = flash.written
    street.say(street.hq.play("news", street.tone(8), 8_000), retain=True).run(60)
    assert street.end(NEWS).state == "played"
    return flash.written - before


@pytest.mark.parametrize("moment", range(50))
def test_power_that_dies_at_50_moments_spoils_no_audio_and_repeats_nothing(moment: int, writes: int) -> None:
    flash = FaultyFlash(MemoryFlash(4 * 1024 * 1024))
    street = bulletin_on(flash)
    flash.die_in(writes * moment // 50)
    with pytest.raises(PowerDied):
        street.run(60)
    street.power_cut()
    street.run(1 + moment % 3).power_on().connect().run(150)
    heard = heard_of(street)
    assert sum(heard.values()) <= 8_050 and len(heard) <= 2
    assert street.end(NEWS).state in {"played", "failed"}
    assert all(sha256(flash.read(blob)).hexdigest() == blob for blob in flash.whole())


def heard_of(street: Street) -> dict[int, int]:
    """ms heard of each stretch that sounded, by its start (0.1 s): an end that is written twice counts once."""
    heard: dict[int, int] = {}
    for line in street.ended():
        if line["heard_ms"]:
            heard.setdefault(round(line["mono"] / 100_000 - line["heard_ms"] / 100), line["heard_ms"])
    return heard
