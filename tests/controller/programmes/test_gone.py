"""What is recalled is called gone in the plans of those whom an order of it was for, until they have erased it."""

from collections.abc import Iterable

import pytest
from sqlmodel import select

from controller.broadcast.erasing import MOST_GONE, NAMED_FOR, erased_at, gone_at, gone_sounds, keep_erased
from controller.broadcast.ordering import BroadcastRequest, create_broadcast
from controller.broadcast.recalling import proofs, recall_bulletin
from controller.library.models import Blob, Bulletin
from controller.programmes.plan_message import content
from devices.models import DevicePlan, Erasure
from devices.protocol.messages.speaker import PlanAck
from devices.protocol.units import HOUR, SECOND
from firmware_sim.village.office import Office
from scheduler.air.timeline import FREE
from tests.controller.programmes.commune import Commune
from tests.controller.programmes.test_plan_message import END, START, every


@pytest.fixture
def commune(office: Office) -> Commune:
    return Commune(office)


def sound_of(commune: Commune, bulletin: str) -> str:
    with commune.office.database.read() as session:
        return str(session.get_one(Bulletin, bulletin).sha256)


def order(commune: Commune, bulletin: str, devices: Iterable[str]) -> None:
    """A single one, that no plan carries."""
    request = BroadcastRequest(bulletin, (), tuple(devices), on_clash="append")
    with commune.office.database.write() as session:
        create_broadcast(session, request, commune.office.act(), commune.office.new_id, 3_000)


def recall(commune: Commune, *bulletins: str) -> None:
    with commune.office.database.write() as session:
        for bulletin in bulletins:
            recall_bulletin(session, bulletin, commune.office.act(commune.bench.now))


def gone(commune: Commune) -> dict[str, tuple[str, ...]]:
    """What the plans that leave now call gone, by speaker."""
    commune.plan()
    return {device: plan.gone for device, plan in commune.said().items()}


def erase(commune: Commune, device: str, sounds: tuple[str, ...]) -> None:
    with commune.office.database.read() as session:
        seq = session.get_one(DevicePlan, device).seq
    said = PlanAck(
        tenant=commune.office.keyring.tenant, to="controller", issued_at=commune.bench.now, seq=seq, missing=(),
        gone=sounds, free=0, clock_error=0,
    )  # fmt: skip
    commune.bench.hear(device, "ack", said)


def test_a_speaker_that_needs_no_plan_gets_one_for_what_is_gone(commune: Commune) -> None:
    near, far, _ = commune.speakers
    order(commune, commune.bulletin, [near, far])
    assert gone(commune) == {}, "a single order makes no plan"
    recall(commune, commune.bulletin)
    assert gone(commune) == dict.fromkeys((near, far), (sound_of(commune, commune.bulletin),))
    commune.plan_anew()
    assert commune.said() == {}, "said once"


def test_those_with_programmes_keep_them(commune: Commune) -> None:
    commune.keep()
    wrong = commune.office.bulletin(3.0)
    commune.keep(content={"kind": "bulletin", "bulletin": wrong}, times=["06:00"])
    commune.plan()
    before = commune.said()
    recall(commune, wrong)
    commune.plan()
    after = commune.said()
    for device in commune.speakers:
        assert after[device].gone == (sound_of(commune, wrong),) and before[device].gone == ()
        assert {one.sha256 for one in after[device].pieces} == {sound_of(commune, commune.bulletin)}
        assert after[device].seq > before[device].seq


def test_a_sound_that_another_bulletin_has_stays_until_that_is_recalled_too(commune: Commune) -> None:
    same = commune.office.bulletin(2.0)
    order(commune, commune.bulletin, commune.speakers[:1])
    recall(commune, commune.bulletin)
    assert gone(commune) == {}
    recall(commune, same)
    assert set(gone(commune)) == set(commune.speakers[:1])
    commune.office.bulletin(2.0)
    commune.plan_anew()
    assert [plan.gone for plan in commune.said().values()] == [()], "it may air again"


def test_a_clip_is_never_gone(commune: Commune) -> None:
    order(commune, commune.bulletin, commune.speakers)
    with commune.office.database.write() as session:
        session.get_one(Blob, sound_of(commune, commune.bulletin)).clip = "tone"
    recall(commune, commune.bulletin)
    assert gone(commune) == {}


def test_after_a_month_no_plan_names_it_and_the_proof_stands(commune: Commune) -> None:
    near, far, _ = commune.speakers
    order(commune, commune.bulletin, [near, far])
    recall(commune, commune.bulletin)
    sounds = gone(commune)[near]
    erase(commune, near, sounds)
    recalled, commune.bench.now = commune.bench.now, commune.bench.now + NAMED_FOR - HOUR
    assert gone(commune)[near] == sounds
    commune.bench.now += HOUR
    commune.plan_anew()
    assert {device: plan.gone for device, plan in commune.said().items()} == {near: (), far: ()}
    with commune.office.database.read() as session:
        found = {one.device: one.erased_at for one in proofs(session, commune.bulletin, recalled)[1]}
    assert found == {near: recalled, far: None}


def test_only_the_word_on_the_plan_in_force_counts(commune: Commune) -> None:
    near = commune.speakers[0]
    order(commune, commune.bulletin, [near])
    recall(commune, commune.bulletin)
    sounds = gone(commune)[near]
    commune.confirm([near])
    with commune.office.database.write() as session:
        session.get_one(DevicePlan, near).seq += 1
    commune.confirm([near])
    with commune.office.database.read() as session:
        assert session.exec(select(Erasure)).all() == [], "it holds the plan, and has not said that it erased anything"
    erase(commune, near, sounds)
    with commune.office.database.read() as session:
        assert erased_at(session, {near: sounds}) == {near: commune.bench.now}


def test_of_versions_all_that_were_for_a_speaker_must_be_gone(commune: Commune) -> None:
    near, far, _ = commune.speakers
    version = commune.set_bulletin(commune.office.bulletin(3.0), original_id=commune.bulletin)
    order(commune, commune.bulletin, [near, far])
    order(commune, version, [near])
    recall(commune, commune.bulletin)
    told = gone(commune)
    first, second = sound_of(commune, commune.bulletin), sound_of(commune, version)
    assert told == {near: tuple(sorted((first, second))), far: (first,)}
    erase(commune, far, (first,))
    for sounds, proven in (((first,), None), ((first, second), commune.bench.now + SECOND)):
        commune.bench.now += SECOND // 2
        erase(commune, near, sounds)
        with commune.office.database.read() as session:
            found = {one.device: one.erased_at for one in proofs(session, commune.bulletin, commune.bench.now)[1]}
        assert found[near] == (None if proven is None else commune.bench.now) and found[far] is not None


def silent_bulletin(commune: Commune, number: int) -> str:
    """One whose sound nobody will ask for; its SHA-256 is its number."""
    sha256, made = f"{number:064x}", commune.office.new_id()
    with commune.office.database.write() as session:
        session.add(Blob(sha256=sha256, size=1, duration_ms=1_000, chunk_bytes=1_024, issued_at=START))
        session.add(
            Bulletin(id=made, title="", kind="text", state="ready", sha256=sha256, created_at=START, created_by="test")
        )
    return made


def test_more_than_one_plan_may_name_go_in_turn(commune: Commune) -> None:
    near, now = commune.speakers[0], commune.bench.now
    for number in range(MOST_GONE + 6):
        bulletin = silent_bulletin(commune, number)
        order(commune, bulletin, [near])
        commune.bench.now += SECOND
        recall(commune, bulletin)
    with commune.office.database.write() as session:
        sounds = gone_sounds(session, commune.bench.now)
        first = gone_at(session, commune.speakers, sounds)[near]
        assert first == tuple(f"{number:064x}" for number in range(6, MOST_GONE + 6)), "the latest"
        keep_erased(session, near, first, now)
        assert gone_at(session, commune.speakers, sounds)[near][:6] == tuple(f"{number:064x}" for number in range(6))


def test_what_is_planned_is_not_called_gone() -> None:
    week, other = every(30, 10), "f" * 64
    found = content(week, FREE, START, END, 0, (week[0].sha256, other))
    assert found.gone == (other,)
    assert found.digest != content(week, FREE, START, END, 0).digest
    assert found.size > content(week, FREE, START, END, 0).size
