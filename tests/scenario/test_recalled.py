"""A bulletin that should never have gone out: recalled, it sounds nowhere, leaves every flash, and each signs it."""

from pathlib import Path

import pytest
from sqlmodel import select

from controller.broadcast.recalling import Proof, Recalled, proofs, recall_bulletin, recalled_at
from controller.library.models import Bulletin
from devices.protocol.units import DAY, HOUR
from firmware_sim.settings import SpeakerSettings
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village
from tests.scenario.test_week import at_wall, heard

DAILY: dict[str, object] = {"kind": "daily"}


@pytest.fixture
def village(tmp_path: Path) -> Village:
    thinned = SpeakerSettings(probe_thinning=144)
    return Village(tmp_path, 6, heartbeat_s=21_600, settings=thinned, chunk_bytes=65_536).settle()


def recall(village: Village, bulletin: str) -> None:
    with village.office.database.write() as session:
        recall_bulletin(session, bulletin, village.office.act(village.time.now))
    village.ring()


def proven(village: Village, bulletin: str) -> dict[str, Recalled]:
    with village.office.database.read() as session:
        return {one.device: one for one in proofs(session, bulletin, recalled_at(session, bulletin) or 0)[1]}


def holders(village: Village, bulletin: str) -> list[Pole]:
    with village.office.database.read() as session:
        sha256 = session.get_one(Bulletin, bulletin).sha256
    return [pole for pole in village.poles if sha256 in pole.flash.held()]


def test_a_recalled_bulletin_goes_from_every_speaker_and_each_signs_it(village: Village) -> None:
    right, wrong = village.office.bulletin(20.0, 300), village.office.bulletin(30.0, 500)
    kept = village.schedule.programme(dict(DAILY), "05:00", bulletin=right)
    village.schedule.programme(dict(DAILY), "06:00", bulletin=wrong)
    village.run(900)
    assert holders(village, wrong) == village.poles
    away = village.poles[0]
    away.lose_network()
    village.run((at_wall(village, "06:00") - village.time.now) / 1e6 + 10)
    recall(village, wrong)
    village.run(60)
    assert holders(village, wrong) == [away], "the others were in the middle of it"
    for device, one in proven(village, wrong).items():
        told = device != away.identity.device
        assert (one.erased_at is not None) is told and (one.proof == Proof.STOPPED) is told
    before = {one for one in heard(village) if one[0] != kept}
    assert len(before) == len(village.poles)
    village.run(9 * HOUR / 1e6)
    away.find_network()
    village.run(60)
    assert holders(village, wrong) == []
    assert {pole.identity.device for pole in village.poles} == proven(village, wrong).keys()
    assert all(one.erased_at and one.proof == Proof.STOPPED for one in proven(village, wrong).values())
    village.run(2 * DAY / 1e6)
    assert {one for one in heard(village) if one[0] != kept} == before, "nothing of it sounds any more"
    assert len({start for programme, start, _ in heard(village) if programme == kept}) == 3
    assert holders(village, right) == village.poles and holders(village, wrong) == []
    assert village.judged().verdict == "clean", village.judged().as_json()


def test_after_a_single_order_a_plan_comes_for_it_alone(village: Village) -> None:
    order = village.broadcast(3.0)
    village.run(60)
    with village.office.database.read() as session:
        wrong = session.exec(select(Bulletin.id).where(Bulletin.sha256 == order.parts["body"][0])).one()
    assert holders(village, wrong) == village.poles
    cut = village.poles[0]
    cut.power_cut()
    recall(village, wrong)
    village.run(60)
    assert holders(village, wrong) == [cut]
    cut.power_up()
    village.run(60)
    found = proven(village, wrong)
    assert holders(village, wrong) == [] and {one.proof for one in found.values()} == {Proof.OVER}
    assert all(one.erased_at for one in found.values())
    assert village.judged().verdict == "clean", village.judged().as_json()
