"""One suite for both stores: what is kept stays, what is full says so, and a cut leaves the old or the new."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from firmware_sim.errors import NoSpace
from firmware_sim.flash import Flash, Shape, free, make_room
from firmware_sim.folder_flash import FolderFlash
from firmware_sim.journal import Journal
from firmware_sim.memory_flash import MemoryFlash

A, B, C, D = ("a" * 64, "b" * 64, "c" * 64, "d" * 64)


@pytest.fixture(params=["memory", "folder"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Flash]:
    """Makes a store of 1,000 bytes; a second call is the same store after a reboot."""
    kept = MemoryFlash(1_000)
    return lambda: kept if request.param == "memory" else FolderFlash(tmp_path / "flash", 1_000)


@pytest.fixture
def flash(make: Callable[[], Flash]) -> Flash:
    return make()


def store(flash: Flash, sha256: str, size: int = 300) -> None:
    flash.reserve(sha256, Shape(size, 100))
    for index in range(-(-size // 100)):
        flash.write_chunk(sha256, index, bytes([index]) * min(100, size - index * 100))
    flash.seal(sha256)


def test_items_are_kept_and_listed_by_folder(make: Callable[[], Flash]) -> None:
    flash = make()
    for key in ("memory/b", "memory/a", "receipts/0001", "floor"):
        assert flash.put(key, key.encode())
    assert flash.put("floor", b"42")
    flash.delete("memory/b")
    flash.delete("never there")
    again = make()
    assert again.keys("memory/") == ["memory/a"]
    assert (again.get("floor"), again.get("memory/b")) == (b"42", None)


def test_a_blob_grows_chunk_by_chunk_in_any_order(make: Callable[[], Flash]) -> None:
    flash = make()
    flash.reserve(A, Shape(250, 100))
    assert flash.missing(A) == [0, 1, 2]
    flash.write_chunk(A, 2, b"z" * 50)
    flash.write_chunk(A, 0, b"x" * 100)
    again = make()
    assert again.missing(A) == [1] and not again.has(A)
    again.write_chunk(A, 1, b"y" * 100)
    assert again.read(A) == b"x" * 100 + b"y" * 100 + b"z" * 50
    again.seal(A)
    assert make().has(A) and make().missing(A) == []


def test_a_partial_blob_takes_its_whole_room(flash: Flash) -> None:
    flash.reserve(A, Shape(700, 100))
    assert flash.held() == {A: 700} and free(flash) == 300
    flash.reserve(A, Shape(700, 100))
    with pytest.raises(NoSpace):
        flash.reserve(B, Shape(301, 100))
    flash.drop(A)
    assert flash.held() == {} and flash.read(A) == b""


def test_the_blob_played_longest_ago_goes_first(make: Callable[[], Flash]) -> None:
    flash = make()
    for blob in (A, B, C):
        store(flash, blob)
    for blob in (B, A):
        flash.touch(blob)
    again = make()
    assert again.whole() == [B, A, C]
    make_room(again, 400, keep=[])
    assert set(again.held()) == {A, C}


def test_what_must_stay_stays_and_full_is_an_answer(flash: Flash) -> None:
    for blob in (A, B, C):
        store(flash, blob)
    make_room(flash, 300, keep=[A, C])
    assert set(flash.held()) == {A, C}
    with pytest.raises(NoSpace):
        make_room(flash, 500, keep=[A, C])
    assert set(flash.held()) == {A, C}


def test_nothing_is_given_away_in_vain_by_a_flash_that_has_shrunk(flash: Flash) -> None:
    """It holds more than it should: what goes makes less room than it takes up."""
    for blob in (A, B, C):
        store(flash, blob)
    flash.capacity = 500
    with pytest.raises(NoSpace):
        make_room(flash, 300, keep=[A, C])
    assert set(flash.held()) == {A, B, C}


def test_partial_blobs_go_before_whole_ones(flash: Flash) -> None:
    store(flash, A)
    flash.reserve(B, Shape(600, 100))
    make_room(flash, 300, keep=[])
    assert set(flash.held()) == {A}


def test_items_have_room_of_their_own_and_an_end_to_it() -> None:
    flash = MemoryFlash(1_000, item_bytes=10)
    assert flash.put("a", b"12345") and flash.put("b", b"12345")
    assert not flash.put("c", b"1") and not flash.put("a", b"123456")
    assert flash.get("a") == b"12345"
    flash.delete("b")
    assert flash.put("c", b"1")


# The journal


def test_a_torn_record_is_as_if_never_written(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.put("a", b"old")
    whole = path.stat().st_size
    journal.put("a", b"new")
    complete = path.read_bytes()
    for length in range(whole, len(complete)):
        path.write_bytes(complete[:length])
        torn = Journal(path)
        assert torn.get("a") == b"old"
        assert torn.put("b", b"more")
        assert Journal(path).get("b") == b"more"


def test_a_flipped_bit_ends_the_reading_there(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.put("a", b"one")
    whole = path.stat().st_size
    journal.put("b", b"two")
    raw = bytearray(path.read_bytes())
    raw[whole + 8] ^= 1
    path.write_bytes(raw)
    assert Journal(path).keys("") == ["a"]


def test_history_is_cleaned_up_and_nothing_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    journal = Journal(path)
    journal.put("kept", b"for ever")
    for number in range(3_000):
        journal.put("busy", b"%06d" % number * 40)
    journal.put("last", b"word")
    assert path.stat().st_size < 400_000
    again = Journal(path)
    assert (again.get("kept"), again.get("busy"), again.get("last")) == (b"for ever", b"002999" * 40, b"word")


def test_a_full_journal_says_so(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", room=100)
    assert journal.put("a", b"x" * 90)
    assert not journal.put("b", b"x" * 20)
    assert journal.put("a", b"x" * 95)
    journal.delete("a")
    assert journal.put("b", b"x" * 20)


def test_a_disk_that_refuses_is_an_answer(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.put("a", b"1")
    with full_disk():
        assert not journal.put("a", b"2" * 10_000)
        journal.delete("a")
        journal.put("a", b"1")
    assert journal.put("b", b"3")
    again = Journal(tmp_path / "journal")
    assert (again.get("a"), again.get("b")) == (b"1", b"3")


def test_a_disk_that_takes_no_chunk_is_no_space(tmp_path: Path) -> None:
    flash = FolderFlash(tmp_path / "flash", 1_000_000)
    flash.reserve(A, Shape(200_000, 100_000))
    with full_disk(), pytest.raises(NoSpace):
        flash.write_chunk(A, 1, bytes(100_000))
    assert flash.missing(A) == [0, 1]


def test_speakers_that_share_a_shelf_do_not_take_each_other_s_blobs(tmp_path: Path) -> None:
    one, other = (FolderFlash(tmp_path / name, 1_000, shelf=tmp_path / "shelf") for name in ("one", "other"))
    store(one, A)
    assert not other.has(A) and other.held() == {}
    other.reserve(A, Shape(300, 100))
    assert other.missing(A) == [0, 1, 2]
    store(other, A)
    whole = other.read(A)
    one.drop(A)
    assert not one.has(A) and other.has(A) and other.read(A) == whole


def test_nothing_stays_open(tmp_path: Path) -> None:
    before = open_files()
    flashes = [FolderFlash(tmp_path / str(number), 1_000) for number in range(20)]
    for flash in flashes:
        store(flash, A)
        assert flash.put("floor", b"1")
    assert open_files() == before


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process may grow beyond 4 KiB."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
