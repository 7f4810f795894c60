"""A5: somebody has an online key of the office. The root takes it back; nobody climbs a pole."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from devices.protocol.messages.trust import Role
from devices.protocol.units import DAY, HOUR, SECOND
from firmware_sim.judge.verdict import Verdict
from firmware_sim.settings import SpeakerSettings
from firmware_sim.village.desk import Killed
from firmware_sim.village.thief import Thief
from firmware_sim.village.village import Village

DAILY: Mapping[str, object] = {"kind": "daily"}


@pytest.fixture
def village(tmp_path: Path) -> Village:
    thinned = SpeakerSettings(probe_thinning=144)
    return Village(tmp_path, 6, heartbeat_s=21_600, settings=thinned, chunk_bytes=65_536).settle()


def heard(village: Village, orders: list[str]) -> int:
    """Starts of these orders, at all speakers."""
    return sum(line["order"] in orders for pole in village.poles for line in village.sounds_of(pole))


def told(thief: Thief, role: Role, village: Village, sound: str) -> list[str]:
    """What the thief says to everybody now."""
    before = len(thief.said)
    say = thief.play if role == "content" else thief.alert
    say(f"area/{village.province}", sound)
    return thief.said[before:]


def only_the_thief(verdict: Verdict, thief: Thief, speakers: int) -> None:
    """All sets are empty but for what he was let say."""
    counts = dict(verdict.counts)
    assert counts.pop("unexpected") == speakers and not any(counts.values()), verdict.as_json()
    assert all(any(name in str(one) for name in thief.said) for one in verdict.sets["unexpected"])


@pytest.mark.parametrize("role", ["content", "alert"])
def test_a_leaked_key_is_recovered_while_the_commune_speaks(village: Village, role: Role) -> None:
    thief, sound = Thief(village), village.office.blob(2.0, 900)
    programme = village.schedule.programme(dict(DAILY), "05:00", bulletin=village.office.bulletin(20.0, 300))
    village.run(10)
    thief.steal(role)
    forged = told(thief, role, village, sound)
    village.run(20)
    assert heard(village, forged) == 6, "the attack is real"

    sounding = village.broadcast(seconds=60) if role == "content" else village.alert(minutes=5)
    village.run(10)
    later = village.broadcast(seconds=5, start_at=village.time.now + HOUR)
    village.run(3)
    village.rotate(role, overlap=0)
    village.run(1)
    forged = told(thief, role, village, sound)
    village.run(15)
    assert heard(village, forged) == 0
    unknown = {incident.device_id for incident in village.incidents("unknown_key")}
    assert unknown == {pole.identity.device for pole in village.poles}

    village.run(DAY / SECOND)
    for order in (sounding, later):
        assert set(village.states(order.occurrence).values()) == {"played"}
    aired = [one for one in village.schedule.accepted() if one.start_at < village.time.now]
    assert aired and all(set(village.states(one.occurrence).values()) == {"played"} for one in aired), programme
    only_the_thief(village.judged(), thief, 6)


def test_who_was_away_follows_and_drops_what_the_thief_left_in_its_flash(village: Village) -> None:
    thief, sound = Thief(village), village.office.blob(2.0, 900)
    village.schedule.programme(dict(DAILY), "05:00", "19:00", bulletin=village.office.bulletin(20.0, 300))
    village.run(60)
    thief.steal("content")
    thief.play(f"area/{village.province}", sound, ahead=3 * HOUR / SECOND)
    village.run(60)
    away = village.poles[::2]
    for pole in away:
        pole.power_cut()
    village.run(60)
    village.rotate("content", "control", overlap=0)
    village.rotate("content", overlap=0)
    village.new_root()
    village.run(2 * HOUR / SECOND)
    for pole in away:
        pole.power_up()
    village.run(DAY / SECOND)
    assert heard(village, thief.said) == 0, "not at those who stayed, nor at those who came back"
    newest = village.office.keyring.said.seq
    assert {pole.speaker.trust_seq for pole in village.poles if pole.speaker} == {newest}
    assert village.judged().verdict == "clean", village.judged().as_json()
    later = village.broadcast(seconds=3)
    village.run(60)
    assert set(village.states(later.occurrence).values()) == {"played"}


@pytest.mark.parametrize("overlap", [0, 8 * DAY])
def test_a_rotation_of_all_keys_is_not_heard(village: Village, overlap: int) -> None:
    bulletin, alert = village.broadcast(seconds=40), village.alert(minutes=5)
    stopped = village.broadcast(seconds=5, start_at=village.time.now + HOUR)
    later = village.broadcast(seconds=5, start_at=village.time.now + 2 * HOUR)
    village.run(20)
    village.stop(stopped)
    village.run(10)
    everything: tuple[Role, ...] = ("content", "alert", "control", "time", "drill", "firmware")
    village.rotate(*everything, overlap=overlap)
    village.run(3 * HOUR / SECOND)
    assert set(village.states(later.occurrence).values()) == {"played"}
    assert set(village.states(stopped.occurrence).values()) == {"cancelled"}
    for order in (bulletin, alert):
        assert set(village.states(order.occurrence).values()) <= {"played", "failed"}
    assert village.judged().verdict == "clean", village.judged().as_json()


def test_messages_under_a_new_key_may_overtake_the_trust_set(village: Village) -> None:
    """The broker holds back the word about the new keys, for each speaker as long as it likes."""
    chance = village.chance

    def late(_client: str, topic: str, payload: bytes) -> list[tuple[int, bytes]]:
        return [(chance.randrange(30 * SECOND) if topic.endswith("/trust") else 0, payload)]

    village.broker.tamper = late
    orders = [village.broadcast(seconds=5, start_at=village.time.now + n * 300 * SECOND) for n in (1, 2, 3)]
    village.run(5)
    village.rotate("content", "alert", "control", overlap=0)
    alert = village.alert(minutes=5)
    village.run(1_200)
    for order in (*orders, alert):
        assert set(village.states(order.occurrence).values()) == {"played"}
    assert village.judged().verdict == "clean", village.judged().as_json()


@pytest.mark.parametrize("publish", [1, 3, *(pytest.param(one, marks=pytest.mark.full) for one in (2, 5, 9))])
def test_the_controller_dies_while_it_signs_everything_again(village: Village, publish: int) -> None:
    order = village.broadcast(seconds=5, start_at=village.time.now + 300 * SECOND)
    village.run(20)
    left = [publish]

    def die(_topic: str) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed

    village.desk.before_publish = die
    village.rotate("content", "alert", "control", "time", overlap=0)
    village.run(600)
    assert set(village.states(order.occurrence).values()) == {"played"}
    assert village.judged().verdict == "clean", village.judged().as_json()
