"""An echo plan in the village: it reaches speakers that are connected, and moves when they sound."""

from pathlib import Path

from controller.echo import apply_echo_plan, survey
from devices.models import Device
from devices.protocol.units import MILLI
from firmware_sim.village.pole import Pole
from firmware_sim.village.village import Village
from tests.devices.echo.streets import street


def hang(village: Village) -> None:
    """All speakers in one street that faces east."""
    with village.office.database.write() as session:
        for pole, at in zip(village.poles, street(len(village.poles), 80, 90.0), strict=True):
            row = session.get_one(Device, pole.identity.device)
            row.latitude, row.longitude, row.bearing = at.latitude, at.longitude, at.bearing


def apply(village: Village) -> dict[str, int]:
    """The trims (us) by speaker."""
    with village.office.database.read() as session:
        found = survey(session, village.province)
    plan = found.plan(27)
    with village.office.database.write() as session:
        apply_echo_plan(session, village.province, plan, village.office.act(village.time.now))
    village.desk.ring()
    return dict(plan.trims_us)


def began(village: Village, pole: Pole, occurrence: str) -> int:
    """When this order began to sound there by the true clock, us."""
    [line] = [line for line in village.sounds_of(pole) if line["occurrence"] == occurrence]
    return pole.quartz.true(int(str(line["mono"])))


def test_the_starts_of_connected_speakers_are_shifted_by_their_trims(tmp_path: Path) -> None:
    village = Village(tmp_path / "village", speakers=4).settle()
    hang(village)
    connections = [pole.client.generation for pole in village.poles]
    trims = apply(village)
    village.run(60)
    assert [pole.client.generation for pole in village.poles] == connections, "nobody had to reconnect"
    order = village.broadcast(seconds=4)
    village.run(20)
    assert len(set(trims.values())) == 4
    for pole in village.poles:
        late = began(village, pole, order.occurrence) - order.start_at
        assert abs(late - trims[pole.identity.device]) < 5 * MILLI
    assert village.judged().verdict == "clean"
